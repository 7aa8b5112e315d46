"""Merge catalogues into the one that ships, sorted by message: merge_po.py [--prune] FILE...

With --prune, messages that the code no longer holds are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.pofile import read_po

from messages import CATALOGUE, messages, stands_in_code_or_data, trees

HEADER = """msgid ""
msgstr ""
"Project-Id-Version: ironriver\\n"
"Language: es_MX\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def read(path: Path) -> dict[str, str]:
    """Read a catalogue as English to Spanish."""
    with path.open("rb") as handle:
        entries = read_po(handle, locale="es")
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}


def quoted(text: str) -> str:
    """Write a text as gettext does, one line a string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    lines = [line.replace("\n", "\\n") for line in escaped.splitlines(keepends=True)]
    return "\n".join(f'"{line}"' for line in (lines if len(lines) == 1 else ["", *lines]))


def write(known: dict[str, str]) -> str:
    """Write a catalogue, sorted by message."""
    entries = (f"msgid {quoted(en)}\nmsgstr {quoted(es)}\n" for en, es in sorted(known.items()))
    return "\n".join([HEADER, *entries])


def merged(paths: list[Path]) -> dict[str, str]:
    """Put catalogues together; say which messages two of them translate differently."""
    known = read(CATALOGUE)
    for path in paths:
        for english, spanish in read(path).items():
            if spanish and known.get(english) not in (None, "", spanish):
                print(f"{path}: keeps {known[english]!r} for {english!r}, not {spanish!r}")
            elif spanish:
                known[english] = spanish
    return known


def main(arguments: list[str]) -> int:
    """Merge, and give 1 if a message still lacks its Spanish."""
    known = merged([Path(each) for each in arguments if each != "--prune"])
    held = messages()
    if "--prune" in arguments:
        kept = set(held) | stands_in_code_or_data(set(known), trees())
        known = {english: spanish for english, spanish in known.items() if english in kept}
    CATALOGUE.write_text(write(known), encoding="utf-8")
    missing = {english: place for english, place in held.items() if not known.get(english)}
    for english, place in sorted(missing.items(), key=lambda item: item[1]):
        print(f"{place}: no Spanish for {english!r}")
    print(f"{len(known)} messages, {len(missing)} without Spanish")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One-time codes are those of RFC 4226 and RFC 6238, and none is taken twice."""

from __future__ import annotations

import base64

import pytest

from ironriver.web import one_time
from ironriver.web.one_time import accepted, code_at, new_secret

KEY = b"12345678901234567890"
SECRET = base64.b32encode(KEY).decode()

# RFC 4226, appendix D.
HOTP = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]
# RFC 6238, appendix B: time, SHA-1, SHA-256, SHA-512.
TOTP = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]
SEEDS = {"sha1": 20, "sha256": 32, "sha512": 64}


def test_codes_of_counters_are_those_of_the_rfc() -> None:
    assert [code_at(KEY, counter) for counter in range(10)] == HOTP


@pytest.mark.parametrize(("at", "sha1", "sha256", "sha512"), TOTP)
def test_codes_of_times_are_those_of_the_rfc(at: int, sha1: str, sha256: str, sha512: str) -> None:
    for algorithm, expected in (("sha1", sha1), ("sha256", sha256), ("sha512", sha512)):
        key = (KEY * 4)[: SEEDS[algorithm]]
        assert code_at(key, at // one_time.STEP, 8, algorithm) == expected


@pytest.mark.parametrize(
    ("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_one_step_off_and_no_more(late: int, taken: bool) -> None:
    now = 1_700_000_000
    code = code_at(KEY, (now + late) // one_time.STEP)
    assert (accepted(SECRET, code, now, used=0) is not None) is taken


def test_a_code_is_taken_once() -> None:
    now = 1_700_000_000
    code = code_at(KEY, now // one_time.STEP)
    counter = accepted(SECRET, code, now, used=0)
    assert counter is not None
    assert accepted(SECRET, code, now, used=counter) is None


def test_secrets_are_long_and_differ() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(base64.b32decode(first)) == 20

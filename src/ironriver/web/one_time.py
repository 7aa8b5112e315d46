"""One-time codes of a second factor: TOTP (RFC 6238) over HOTP (RFC 4226).

code(K, t) = truncate(HMAC-SHA1(K, floor(t / 30))) mod 10^6
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

STEP = 30
"""Seconds for which a code holds."""

_BYTES = 20


def new_secret() -> str:
    """Draw a key of 160 bits, in base 32 as authenticator programs read it."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).decode()


def code_at(key: bytes, counter: int, digits: int = 6, algorithm: str = "sha1") -> str:
    """Give the code of a counter (RFC 4226, section 5.3).

    >>> code_at(b"12345678901234567890", 1)
    '287082'
    """
    mac = hmac.new(key, counter.to_bytes(8, "big"), getattr(hashlib, algorithm)).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def accepted(secret: str, code: str, at: float, used: int) -> int | None:
    """Give the counter that a code is of, one step of clock error allowed; None if of none.

    A counter up to `used` was used already and is not taken again (RFC 6238, section 5.2).
    """
    key, now = base64.b32decode(secret), int(at) // STEP
    for counter in (now, now - 1, now + 1):
        if counter > used and hmac.compare_digest(code_at(key, counter), code):
            return counter
    return None


def enrolment(secret: str, name: str) -> str:
    """Give the address that an authenticator program reads, as text or as a picture."""
    label = quote(f"Iron River:{name}")
    return f"otpauth://totp/{label}?secret={secret}&issuer=Iron%20River&period={STEP}"

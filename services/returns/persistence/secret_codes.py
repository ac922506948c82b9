"""Codes that open something without an account: easy to read out, impossible to guess, kept as digests."""

from __future__ import annotations

import hashlib
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, which leaves out letters that look like others."""
LENGTH, GROUP = 20, 4
"""Twenty of thirty-two signs are 100 random bits."""
ALIKE = str.maketrans("OIL", "011")
FORM = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """A fresh code in groups: `7KQ2-M0F4-...`; shown once and never kept."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(signs[place : place + GROUP] for place in range(0, LENGTH, GROUP))


def code_digest(code: str, *, purpose: str) -> bytes:
    """What is kept of a code, however it was typed; of something that is no code, a digest that nothing has."""
    signs = re.sub(r"[\s-]", "", code).upper().translate(ALIKE)
    known = signs if FORM.fullmatch(signs) else f"no code {len(code)}"
    return hashlib.sha256(f"wayhome|{purpose}|{known}".encode()).digest()

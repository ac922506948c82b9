"""A blind index: short keyed hashes by which sealed records that may be alike are found without opening any.

Truncated on purpose (Paragonie, CipherSweet: blind index planning): several records share a token by chance, so that
equal tokens alone tell little to whoever sees the table. Values are compound (a name with a year of birth), never a
field of few values by itself, which anybody could guess from how often each token stands there.
"""

from __future__ import annotations

import hmac


class BlindIndex:
    """Tokens under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, value: str, *, bits: int) -> int:
        """The first bits (at most 31, for a PostgreSQL integer) of HMAC-SHA256."""
        if not 1 <= bits <= 31:
            raise ValueError("a token has 1 to 31 bits")
        digest = hmac.digest(self._key, value.encode(), "sha256")
        return int.from_bytes(digest[:4], "big") >> (32 - bits)

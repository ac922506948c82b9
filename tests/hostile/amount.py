"""How much hostility a run takes: a share by default, everything with WAYHOME_HOSTILE=full.

A full run may be divided among processes: WAYHOME_HOSTILE_PARTS says into how many, WAYHOME_HOSTILE_PART which one it is.
"""

from __future__ import annotations

import os

FULL = os.environ.get("WAYHOME_HOSTILE", "") == "full"
PARTS = int(os.environ.get("WAYHOME_HOSTILE_PARTS", "1"))
PART = int(os.environ.get("WAYHOME_HOSTILE_PART", "0"))
"""From 0; a part of its own draws from a seed of its own."""


def amount(share: int, full: int) -> int:
    """The number of cases of this run."""
    return -(-full // PARTS) if FULL else share

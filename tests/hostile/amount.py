"""How much hostility a run takes: a share by default, everything with WAYHOME_HOSTILE=full."""

from __future__ import annotations

import os

FULL = os.environ.get("WAYHOME_HOSTILE", "") == "full"


def amount(share: int, full: int) -> int:
    """The number of cases of this run."""
    return full if FULL else share

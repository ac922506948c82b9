"""What a process makes while it starts stays for good: the collector looks through it once and never again.

Otherwise every full collection goes through all modules, tables and schemas, in the middle of somebody's request: 0.13
seconds were measured in returns, which is most of what its slowest answers took (`make bench ARGS="--only worklist"`).
"""

from __future__ import annotations

import gc


def settle_memory() -> None:
    """To be called once, when everything is imported and the app is made."""
    gc.collect()
    gc.freeze()

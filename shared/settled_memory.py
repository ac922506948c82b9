"""What a process makes while it starts stays for good: the collector looks through it once and never again.

Otherwise every full collection goes through all modules, tables and schemas, in the middle of somebody's request: 0.13
seconds were measured in returns, which is most of what its slowest answers took (`make bench ARGS="--only worklist"`).
"""

from __future__ import annotations

import gc

NEW_OBJECTS_BEFORE_A_LOOK = 20_000
"""A request makes some thousands and drops nearly all of them by counting; the default of 700 looks in vain several
times in each."""


def settle_memory() -> None:
    """To be called once, when everything is imported and the app is made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_BEFORE_A_LOOK, *gc.get_threshold()[1:])

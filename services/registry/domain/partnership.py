"""Life cycles of partnerships and components, as tables; each component is optional and stands on its own."""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Missing, TransitionRefused

PARTNERSHIP: Mapping[str, tuple[str, ...]] = {
    "exploratory": ("negotiating", "ended"),
    "negotiating": ("signed", "ended"),
    "signed": ("in_force", "ended"),
    "in_force": ("suspended", "ended"),
    "suspended": ("in_force", "ended"),
    "ended": (),
}
COMPONENT: Mapping[str, tuple[str, ...]] = {
    "proposed": ("agreed", "declined"),
    "agreed": ("in_force", "declined"),
    "in_force": ("suspended", "ended"),
    "suspended": ("in_force", "ended"),
    "declined": ("proposed",),
    "ended": (),
}


def check_move(table: Mapping[str, tuple[str, ...]], before: str, after: str) -> None:
    """Raise TransitionRefused unless the table allows the step."""
    if after not in table[before]:
        open_now = table[before]
        names = ", ".join(open_now) or "nothing"
        raise TransitionRefused(
            transition=f"to {after if after in table else 'an unknown status'}",
            state=before,
            missing=[Missing("status", f"From {before} only {names} is possible.")],
            open_transitions=open_now,
        )

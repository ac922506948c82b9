"""What one side owes the other: proposed, agreed by both, due, reported by its owner, judged by the other side.

Nobody settles their own commitment, and nobody can report for the other side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.registry.domain.steps import TIMER, Steps, step

COMMITMENT: Steps = {
    "agree": step("proposed", "agreed", "addressee"),
    "decline": step("proposed", "declined", "addressee"),
    "withdraw": step("proposed", "withdrawn", "proposer"),
    "fall_due": step("agreed", "due", TIMER),
    "report": step("agreed due disputed", "reported", "owner"),
    "confirm": step("reported", "confirmed", "counterpart"),
    "dispute": step("reported", "disputed", "counterpart"),
    "reconsider": step("confirmed", "reported", "counterpart"),
    "waive": step("agreed due reported disputed", "waived", "counterpart"),
}
SETTLED = frozenset({"confirmed", "waived"})
OVER = SETTLED | {"declined", "withdrawn"}
STANDING = frozenset({"agreed", "due", "reported", "disputed", "confirmed"})
"""States in which it counts as agreed between the sides."""


def capacities(side: str, *, owner_side: str, proposed_by: str) -> set[str]:
    """In which capacities a side acts on a commitment."""
    return {
        "owner" if side == owner_side else "counterpart",
        "proposer" if side == proposed_by else "addressee",
    }


def last_word_on(steps: list[dict[str, Any]]) -> str:
    """The day of the last act of a side, as ISO 8601; what a timer did is nobody's act."""
    return max((str(entry["on"]) for entry in steps if entry["step"] != "fall_due"), default="")


def words_of(side: str, *, owner_side: str, steps: list[dict[str, Any]]) -> Mapping[str, Any]:
    """The last word of one side: what the owner reports, or what the other says to it; nothing is computed, and a word
    that was taken back is none."""
    own = {"report"} if side == owner_side else {"confirm", "dispute", "waive", "reconsider"}
    last: Mapping[str, Any] = next(
        (entry for entry in reversed(steps) if entry["step"] in own and entry["side"] == side), {}
    )
    return {} if last.get("step") == "reconsider" else last

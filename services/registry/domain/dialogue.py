"""Rounds of dialogue: an agenda that both sides propose and approve, joint minutes that both approve."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from services.registry.domain.sides import SIDES
from services.registry.domain.steps import Steps, step
from shared.errors import Missing

ROUND: Steps = {
    "hold": step("planned", "held"),
    "call_off": step("planned", "called_off"),
    "conclude": step("held", "concluded"),
}
ACTION_ITEM: Steps = {
    "complete": step("open", "done", "owner"),
    "reopen": step("done", "open", "counterpart"),
    "drop": step("open", "dropped", "counterpart"),
}
QUESTION: Steps = {
    "answer": step("asked", "answered", "addressee"),
    "withdraw": step("asked", "withdrawn", "proposer"),
}
QUESTION_CLAUSE = "dialogue_question"
"""Code of the clause that starts the clock of a question between rounds."""


def missing_to_hold(
    agenda: Sequence[Mapping[str, Any]], approved_by: Collection[str], on: date, today: date
) -> list[Missing]:
    """What a round lacks before it can count as held."""
    found = [] if agenda else [Missing("agenda", "Nothing stands on the agenda.")]
    found += [
        Missing(f"agenda-approval-{side}", f"The {side} side has not approved the agenda.")
        for side in SIDES
        if side not in approved_by
    ]
    return [*found, *([Missing("day", "The day is still to come.")] if on > today else [])]


def with_approval(approved_by: Collection[str], side: str) -> list[str]:
    """The approvals once this side has given its own."""
    return sorted({*approved_by, side})


def both_approve(approved_by: Collection[str]) -> bool:
    """Whether no side is missing."""
    return set(SIDES) <= set(approved_by)

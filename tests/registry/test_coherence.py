"""Laws of the coherence warnings: what contradicts what, and what a decision settles."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.coherence import STANCES, Owed, Position, contradictions

COMPONENT, OTHER = UUID(int=1), UUID(int=2)
RUNNING = {COMPONENT: "in_force", OTHER: "in_force"}


def said(order: int, department: str | None, stance: str, component: UUID = COMPONENT) -> Position:
    return Position(order=order, department=department, component_id=component, stance=stance)


def owed(department: str | None, component: UUID = COMPONENT) -> Owed:
    return Owed(commitment_id=uuid4(), component_id=component, department=department)


def codes(positions: list[Position], commitments: list[Owed], statuses: dict[UUID, str] | None = None) -> list[str]:
    return [found.code for found in contradictions(positions, commitments, statuses or RUNNING)]


@pytest.mark.parametrize(
    ("positions", "commitments", "wanted"),
    [
        ([], [], []),
        ([said(1, "a", "support"), said(2, "b", "support_with_conditions")], [], []),
        ([said(1, "a", "support"), said(2, "b", "suspend")], [], ["positions_contradict"]),
        ([said(1, "a", "support"), said(2, "b", "suspend", OTHER)], [], []),
        ([said(1, "a", "support"), said(2, "b", "suspend"), said(3, "b", "support")], [], []),
        ([said(1, "a", "support"), said(2, "b", "suspend"), said(3, None, "support")], [], []),
        (
            [said(1, "a", "support"), said(2, None, "support"), said(3, "b", "oppose")],
            [],
            ["positions_contradict"],
        ),
        ([said(1, "b", "suspend")], [owed("a")], ["owed_and_opposed"]),
        ([said(1, "a", "suspend")], [owed("a")], []),
        ([said(1, "b", "suspend"), said(2, None, "support")], [owed("a")], []),
        ([said(1, None, "suspend")], [owed("a")], ["decided_against_what_is_owed"]),
    ],
)
def test_what_contradicts(positions: list[Position], commitments: list[Owed], wanted: list[str]) -> None:
    assert codes(positions, commitments) == wanted


def test_a_commitment_under_a_suspended_component_is_named() -> None:
    found = contradictions([], [owed("a")], {COMPONENT: "suspended"})
    assert [(entry.code, len(entry.commitments)) for entry in found] == [("owed_under_resting_component", 1)]


POSITIONS = st.lists(
    st.builds(said, st.integers(0, 50), st.sampled_from(["a", "b", "c", None]), st.sampled_from(sorted(STANCES))),
    max_size=8,
)


@given(POSITIONS)
def test_one_voice_never_contradicts_itself_and_a_last_decision_settles(positions: list[Position]) -> None:
    only = [position for position in positions if position.department in ("a", None)]
    assert "positions_contradict" not in codes(only, [])
    settled = [*positions, said(99, None, "support")]
    assert codes(settled, [owed("a")]) == []

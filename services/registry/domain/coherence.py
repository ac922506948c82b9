"""Whether the departments of one side say the same: who wants what, what was decided, what contradicts what is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

FOR = frozenset({"support", "support_with_conditions"})
AGAINST = frozenset({"oppose", "suspend"})
STANCES = FOR | AGAINST | {"neutral"}
RUNNING = frozenset({"agreed", "in_force"})
RESTING = frozenset({"suspended", "ended", "declined"})


@dataclass(frozen=True, kw_only=True)
class Position:
    """What a department, or the group as a whole when it decides (no department), wants; a later one counts."""

    order: int
    department: str | None
    component_id: UUID
    stance: str


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A commitment of this side that still binds it."""

    commitment_id: UUID
    component_id: UUID | None
    department: str | None


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """One contradiction, with the departments and commitments that make it."""

    code: str
    component_id: UUID
    departments: tuple[str, ...] = ()
    commitments: tuple[UUID, ...] = ()


def latest(positions: Iterable[Position]) -> dict[tuple[str | None, UUID], Position]:
    """The last word of every department, and of the group, on every component."""
    return {(p.department, p.component_id): p for p in sorted(positions, key=lambda position: position.order)}


def contradictions(
    positions: Iterable[Position],
    owed: Iterable[Owed],
    statuses: Mapping[UUID, str],
    red_lines: Collection[UUID] = (),
) -> list[Contradiction]:
    """Everything that two departments, a department and a commitment, or what was agreed and a red line of this side
    (components of whose kind it will not go beyond) say contrary to each other."""
    by_component: dict[UUID, list[Position]] = defaultdict(list)
    for position in latest(positions).values():
        by_component[position.component_id].append(position)
    due: dict[UUID, list[Owed]] = defaultdict(list)
    for commitment in owed:
        if commitment.component_id is not None:
            due[commitment.component_id].append(commitment)
    found: list[Contradiction] = []
    for component_id in sorted({*by_component, *due, *red_lines}, key=str):
        status = statuses.get(component_id)
        found += _of_component(component_id, by_component[component_id], due[component_id], status)
        if component_id in red_lines and (status in RUNNING or due[component_id]):
            commitments = tuple(commitment.commitment_id for commitment in due[component_id])
            found.append(Contradiction(code="red_line_crossed", component_id=component_id, commitments=commitments))
    return found


def _of_component(
    component_id: UUID, said: list[Position], owed: list[Owed], status: str | None
) -> list[Contradiction]:
    decision = next((position for position in said if position.department is None), None)
    voices = [position for position in said if position.department is not None]
    after = -1 if decision is None else decision.order
    open_voices = [position for position in voices if position.order > after]
    commitments = tuple(commitment.commitment_id for commitment in owed)
    found = []
    if _split(voices) and open_voices:
        departments = _names(position for position in voices if position.stance in FOR | AGAINST)
        found.append(Contradiction(code="positions_contradict", component_id=component_id, departments=departments))
    against = [position for position in open_voices if position.stance in AGAINST]
    if decision is not None and decision.stance in AGAINST and commitments:
        found.append(
            Contradiction(code="decided_against_what_is_owed", component_id=component_id, commitments=commitments)
        )
    contrary = tuple(c.commitment_id for c in owed if any(p.department != c.department for p in against))
    if contrary:
        names = _names(against)
        found.append(
            Contradiction(code="owed_and_opposed", component_id=component_id, departments=names, commitments=contrary)
        )
    if commitments and status in RESTING:
        found.append(
            Contradiction(code="owed_under_resting_component", component_id=component_id, commitments=commitments)
        )
    return found


def _split(voices: list[Position]) -> bool:
    stances = {position.stance for position in voices}
    return bool(stances & FOR) and bool(stances & AGAINST)


def _names(positions: Iterable[Position]) -> tuple[str, ...]:
    return tuple(sorted({position.department for position in positions if position.department is not None}))

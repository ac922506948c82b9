"""Let the departments of one side work out one position: who wants what for a component, and what the group decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registry.persistence.confidential import seal_words
from services.registry.persistence.dialogue_tables import DialogueRoundRow, PositionRow, WorkingGroupRow
from services.registry.persistence.partnerships import component_in, part_of_partnership, partnership, side_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound


class DepartmentNotInGroup(Conflict):
    """Only a department that belongs to the group has a position in it."""

    slug = "department-not-in-group"
    title = "This department does not belong to the working group"


@dataclass(frozen=True, kw_only=True)
class FormGroup:
    """Departments of the caller's side, one of them leading."""

    partnership_id: UUID
    name: str
    departments: list[dict[str, Any]]


async def form(command: FormGroup, *, uow: UnitOfWork) -> WorkingGroupRow:
    """Raises NotFound."""
    parent = await partnership(uow, command.partnership_id)
    row = WorkingGroupRow(
        partnership_id=parent.id,
        side=side_of(uow.actor),
        name=command.name,
        departments=command.departments,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("working-group.formed", subject=row.id, side=row.side)
    return row


async def amend(group_id: UUID, departments: list[dict[str, Any]], *, uow: UnitOfWork) -> WorkingGroupRow:
    """Other departments take part from now on; what was said stays. Raises NotFound."""
    row = await own_group(uow, group_id, lock=True)
    uow.match(row.version)
    row.departments = departments
    touch(row, now=uow.now)
    uow.record("working-group.amended", subject=row.id)
    return row


@dataclass(frozen=True, kw_only=True)
class StatePosition:
    """What a department wants for a component, perhaps in a round; without a department the group decides."""

    group_id: UUID
    component_id: UUID
    stance: str
    reasoning: str
    department: str | None = None
    round_id: UUID | None = None


async def state(command: StatePosition, *, uow: UnitOfWork) -> PositionRow:
    """A later position of the same department replaces it, earlier ones stay. Raises NotFound, DepartmentNotInGroup."""
    group = await own_group(uow, command.group_id)
    await component_in(uow, command.component_id, group.partnership_id)
    await _check_round(command.round_id, group, uow=uow)
    if command.department is not None and command.department not in {entry["code"] for entry in group.departments}:
        raise DepartmentNotInGroup
    row = PositionRow(
        group_id=group.id,
        department=command.department,
        component_id=command.component_id,
        round_id=command.round_id,
        stance=command.stance,
        sealed_reasoning=seal_words(uow, command.reasoning),
        stated_on=uow.now.date(),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("position.stated" if command.department else "position.decided", subject=group.id, stance=row.stance)
    return row


async def own_group(uow: UnitOfWork, group_id: UUID, *, lock: bool = False) -> WorkingGroupRow:
    """A group of the caller's own side; the other side's looks absent. Raises NotFound."""
    row = await part_of_partnership(uow, WorkingGroupRow, group_id, lock=lock)
    if row.side != side_of(uow.actor):
        raise NotFound
    return row


async def _check_round(round_id: UUID | None, group: WorkingGroupRow, *, uow: UnitOfWork) -> None:
    if round_id is None:
        return
    if (await part_of_partnership(uow, DialogueRoundRow, round_id)).partnership_id != group.partnership_id:
        raise NotFound

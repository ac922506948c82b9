"""Working groups: departments of one side, their positions, decisions, and warnings where they contradict."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.partnership_schemas import Body, Code, Paging, Short, Speaker, Words
from services.registry.commands import coordinate_departments as commands
from services.registry.persistence.confidential import reasoning_of
from services.registry.persistence.dialogue_tables import PositionRow, WorkingGroupRow
from services.registry.persistence.partnerships import partnership, side_of
from services.registry.persistence.rows import get_row
from services.registry.queries.coherence import contradictions_of
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Stance = Literal["support", "support_with_conditions", "neutral", "oppose", "suspend"]


class DepartmentIn(Body):
    """A department of your side and what it does in the group."""

    code: Code = Field(examples=["economy"])
    name: Short
    part: Literal["lead", "member", "consulted"] = Field(description="What the department does in the group.")


class DepartmentsIn(Body):
    """The departments that take part from now on."""

    departments: Annotated[list[DepartmentIn], Field(min_length=1, max_length=30)] = Field(
        description="Departments of your side."
    )


class GroupIn(DepartmentsIn):
    """A working group of your side; the other side does not see it."""

    name: Short


class DecisionIn(Body):
    """What the group as a whole wants for a component."""

    component_id: UUID
    stance: Stance = Field(description="What is wanted, as a code.")
    reasoning: Words = Field(description="Why, sealed at rest.")
    round_id: UUID | None = Field(default=None, description="The round for which it is meant.")


class PositionIn(DecisionIn):
    """What one department wants for a component."""

    department: Code = Field(description="The department, by its code.")


class GroupOut(BaseModel):
    """A working group."""

    id: UUID
    version: int
    partnership_id: UUID
    side: str
    name: str
    departments: list[DepartmentIn]


class PositionOut(BaseModel):
    """A position, or the group's decision when it names no department."""

    id: UUID
    group_id: UUID
    department: str | None
    component_id: UUID | None
    round_id: UUID | None
    stance: str
    reasoning: str
    stated_on: date


class ContradictionOut(BaseModel):
    """Where your side contradicts itself."""

    code: Literal[
        "positions_contradict",
        "decided_against_what_is_owed",
        "owed_and_opposed",
        "owed_under_resting_component",
        "red_line_crossed",
    ]
    component_id: UUID
    departments: list[str]
    commitments: list[UUID]


def _group(_uow: UnitOfWork, row: WorkingGroupRow) -> GroupOut:
    return GroupOut.model_validate(row, from_attributes=True)


def _position(uow: UnitOfWork, row: PositionRow) -> PositionOut:
    values = {name: getattr(row, name) for name in PositionOut.model_fields if name != "reasoning"}
    return PositionOut(**values, reasoning=reasoning_of(uow, row))


async def _reload_position(uow: UnitOfWork, row_id: UUID) -> PositionRow:
    row = await get_row(uow, PositionRow, row_id)
    await commands.own_group(uow, row.group_id)
    return row


@router.post(
    "/partnerships/{partnership_id}/working-groups",
    operation_id="formWorkingGroup",
    summary="Form a working group of departments",
    status_code=201,
    response_model=GroupOut,
    responses=problems(NotFound),
)
async def form(call: Speaker, partnership_id: UUID, body: GroupIn) -> Response:
    """Of your own side, so that it speaks with one voice."""
    command = commands.FormGroup(partnership_id=partnership_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.form(command, uow=uow),
        _group,
        status=201,
        location="/registry/v1/working-groups/{id}",
        reload=commands.own_group,
    )


@router.get(
    "/partnerships/{partnership_id}/working-groups",
    operation_id="listWorkingGroups",
    summary="Working groups of your side",
    responses=problems(NotFound),
)
async def groups(call: Speaker, partnership_id: UUID, page: Paging) -> Page[GroupOut]:
    """In the order in which they were formed."""
    own = (col(WorkingGroupRow.partnership_id) == partnership_id, col(WorkingGroupRow.side) == side_of(call.actor))
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, WorkingGroupRow, page, *own)
    return Page(items=[_group(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/working-groups/{group_id}", operation_id="getWorkingGroup", summary="One group", responses=problems(NotFound)
)
async def get_group(call: Speaker, group_id: UUID, response: Response) -> GroupOut:
    """Of your own side."""
    async with call.reading() as uow:
        row = await commands.own_group(uow, group_id)
    call.etag(response, row.version)
    return _group(uow, row)


@router.patch(
    "/working-groups/{group_id}",
    operation_id="amendWorkingGroup",
    summary="Change who takes part",
    response_model=GroupOut,
    responses=problems(NotFound, PreconditionFailed, PreconditionRequired),
)
async def amend(call: Speaker, group_id: UUID, body: DepartmentsIn) -> Response:
    """What was said before stays."""
    departments = [entry.model_dump() for entry in body.departments]
    return await call.command(
        lambda uow: commands.amend(group_id, departments, uow=uow), _group, reload=commands.own_group, match="required"
    )


@router.post(
    "/working-groups/{group_id}/positions",
    operation_id="statePosition",
    summary="State a department's position",
    status_code=201,
    response_model=PositionOut,
    responses=problems(NotFound, commands.DepartmentNotInGroup),
)
async def state(call: Speaker, group_id: UUID, body: PositionIn) -> Response:
    """On one component, perhaps for one round; the department's latest position counts."""
    command = commands.StatePosition(group_id=group_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.state(command, uow=uow), _position, status=201, reload=_reload_position, match="none"
    )


@router.post(
    "/working-groups/{group_id}/decisions",
    operation_id="decidePosition",
    summary="Decide for the whole group",
    status_code=201,
    response_model=PositionOut,
    responses=problems(NotFound),
)
async def decide(call: Speaker, group_id: UUID, body: DecisionIn) -> Response:
    """Settles what the departments said before; a position stated later opens it again."""
    command = commands.StatePosition(group_id=group_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.state(command, uow=uow), _position, status=201, reload=_reload_position, match="none"
    )


@router.get(
    "/working-groups/{group_id}/positions",
    operation_id="listPositions",
    summary="Positions and decisions",
    responses=problems(NotFound),
)
async def positions(call: Speaker, group_id: UUID, page: Paging) -> Page[PositionOut]:
    """All of them, oldest first."""
    async with call.reading() as uow:
        await commands.own_group(uow, group_id)
        rows, cursor = await page_of(uow, PositionRow, page, col(PositionRow.group_id) == group_id)
        return Page(items=[_position(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/partnerships/{partnership_id}/coherence",
    operation_id="getCoherence",
    summary="Where your side contradicts itself",
    responses=problems(NotFound),
)
async def coherence(call: Speaker, partnership_id: UUID) -> list[ContradictionOut]:
    """Two departments that want contrary things, one that opposes what another owes, or something agreed beyond a red
    line of your side. Empty when all agree; the other side does not see it."""
    async with call.reading() as uow:
        found = await contradictions_of(uow, partnership_id)
    return [ContradictionOut.model_validate(entry, from_attributes=True) for entry in found]

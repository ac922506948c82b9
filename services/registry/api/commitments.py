"""Commitments: what one side owes the other, agreed by both, reported by the owner, judged by the other."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import col

from services.registry.api.partnership_schemas import (
    Body,
    Code,
    Paging,
    Reader,
    Short,
    Side,
    Speaker,
)
from services.registry.commands import propose_commitment
from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.domain.commitment import COMMITMENT, capacities
from services.registry.domain.steps import open_steps
from services.registry.persistence.partnership_tables import CommitmentRow
from services.registry.persistence.partnerships import part_of_partnership, partnership, side_of
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Status = Literal["proposed", "agreed", "due", "reported", "confirmed", "disputed", "declined", "withdrawn", "waived"]


class CommitmentIn(Body):
    """What a side will do by a day, and by what both will see that it was kept."""

    title: Short = Field(examples=["Open 150 trainee places a year"])
    indicator: Short = Field(description="By what both sides will see that it was kept.", examples=["Permits granted"])
    owner_side: Side = Field(description="The side that owes it.")
    due_on: date = Field(description="Day by which it is to be done.")
    component_id: UUID | None = None
    counter_to: UUID | None = Field(default=None, description="Commitment of the other side that this one answers.")
    department: Code | None = Field(default=None, description="Department of the owner that answers for it.")


class CommitmentOut(BaseModel):
    """A commitment with its history; `open_steps` is what your side can do now."""

    id: UUID
    version: int
    partnership_id: UUID
    component_id: UUID | None
    counter_to: UUID | None
    title: str
    indicator: str
    owner_side: str
    proposed_by: str
    department: str | None
    due_on: date
    status: str
    reported_on: date | None
    steps: list[dict[str, Any]]
    open_steps: list[str]


def shown_commitment(uow: UnitOfWork, row: CommitmentRow) -> CommitmentOut:
    """The commitment as the caller's side sees it."""
    acting = capacities(side_of(uow.actor), owner_side=row.owner_side, proposed_by=row.proposed_by)
    own = CommitmentOut.model_fields.keys() - {"steps", "open_steps"}
    values = {name: getattr(row, name) for name in own}
    steps = [{name: value for name, value in entry.items() if name != "actor"} for entry in row.steps]
    return CommitmentOut(**values, steps=steps, open_steps=open_steps(COMMITMENT, row.status, acting))


async def reload_commitment(uow: UnitOfWork, row_id: UUID) -> CommitmentRow:
    """Raises NotFound for an unknown or foreign one."""
    return await part_of_partnership(uow, CommitmentRow, row_id)


@router.post(
    "/partnerships/{partnership_id}/commitments",
    operation_id="proposeCommitment",
    summary="Propose a commitment",
    status_code=201,
    response_model=CommitmentOut,
    responses=problems(
        NotFound,
        PartnershipHasEnded,
        propose_commitment.CounterCommitmentDoesNotFit,
        propose_commitment.DueDayIsPast,
    ),
)
async def propose(call: Speaker, partnership_id: UUID, body: CommitmentIn) -> Response:
    """Of your own side or asked of the other; it counts once the other side agrees."""
    command = propose_commitment.ProposeCommitment(partnership_id=partnership_id, **body.model_dump())
    return await call.command(
        lambda uow: propose_commitment.handle(command, uow=uow),
        shown_commitment,
        status=201,
        location="/registry/v1/commitments/{id}",
        reload=reload_commitment,
    )


@router.get(
    "/partnerships/{partnership_id}/commitments",
    operation_id="listCommitments",
    summary="Commitments",
    responses=problems(NotFound),
)
async def list_(
    call: Reader,
    partnership_id: UUID,
    page: Paging,
    status: Annotated[Status | None, Query(description="Only those in this status.")] = None,
    owner_side: Annotated[Side | None, Query(description="Only what this side owes.")] = None,
    component_id: Annotated[UUID | None, Query(description="Only those under this component.")] = None,
    counter_to: Annotated[UUID | None, Query(description="Only those that answer this commitment.")] = None,
    due_until: Annotated[date | None, Query(description="Only those due by this day.")] = None,
) -> Page[CommitmentOut]:
    """In the order in which they were proposed."""
    wanted = {"status": status, "owner_side": owner_side, "component_id": component_id, "counter_to": counter_to}
    conditions: list[ColumnElement[bool]] = [col(CommitmentRow.partnership_id) == partnership_id]
    conditions += [getattr(CommitmentRow, name) == value for name, value in wanted.items() if value is not None]
    conditions += [col(CommitmentRow.due_on) <= due_until] if due_until else []
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, CommitmentRow, page, *conditions)
        return Page(items=[shown_commitment(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/commitments/{commitment_id}", operation_id="getCommitment", summary="One commitment", responses=problems(NotFound)
)
async def get(call: Reader, commitment_id: UUID, response: Response) -> CommitmentOut:
    """With everything both sides said to it."""
    async with call.reading() as uow:
        row = await reload_commitment(uow, commitment_id)
        shown = shown_commitment(uow, row)
    call.etag(response, row.version)
    return shown

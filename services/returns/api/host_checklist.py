"""The host-side checklist of a departure: papers, registers, and what is still theirs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Code, Short
from services.returns.commands import record_host_item
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.queries.host_checklist import HostItem, host_checklist
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])
WORKERS = ("caseworker", "travel_officer", "case_officer")
Worker = Annotated[Call, caller(*WORKERS)]
Reader = Annotated[Call, caller(*WORKERS, "office_lead")]


class HostItemIn(Body):
    """What became of one item."""

    item: Code = Field(description="Code of the item.", examples=["papers_released"])
    status: Literal["done", "not_needed", "open"] = Field(description="`open` takes an earlier entry back.")
    person_ref: Short | None = None
    evidence: Code | None = Field(
        default=None, description="What shows it, as a code.", examples=["stamped_certificate"]
    )
    on: date | None = None


@router.get(
    "/host-checklist",
    operation_id="getHostChecklist",
    summary="What the host side still has to do",
    responses=problems(NotFound),
)
async def list_(call: Reader, case_id: UUID) -> list[HostItem]:
    """Overdue first. Items that count from the departure wait for it."""
    async with call.reading() as uow:
        return await host_checklist(uow, await load_file(uow, case_id, may_read), on=uow.now.date())


@router.post(
    "/host-checklist",
    operation_id="recordHostItem",
    summary="Record what became of an item",
    response_model=CaseOut,
    responses=problems(NotFound, record_host_item.ItemNotOnTheList),
)
async def record(call: Worker, case_id: UUID, body: HostItemIn) -> Response:
    """The newest entry counts; earlier ones stay in the history."""
    command = record_host_item.RecordHostItem(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: record_host_item.handle(command, uow=uow), match="none")

"""The kinds of clocks with their sources, and the periods a programme states for itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import set_clock_rule
from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.persistence.clock_kinds import kinds_on, rules_of_programme
from services.returns.persistence.deadline_tables import ClockRuleRow
from shared.database.unit_of_work import UnitOfWork
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(tags=["5 rules"])
Manager = Annotated[Call, caller("programme_manager")]
Reader = Annotated[Call, caller("programme_manager", "caseworker", "case_officer", "office_lead")]


class ClockOut(BaseModel):
    """One kind of clock, as it is in force today."""

    clock: str
    told: str = Field(description="What is due, as words.")
    owed_by: str
    acted_on_by: list[str] = Field(description="Roles that see it on their worklist.")
    days: int | None = Field(description="Null where a paper, a decision or a clause sets the day.")
    days_if_vulnerable: int | None = Field(description="Where somebody on the file is vulnerable.")
    unit: str = Field(description="calendar_days or working_days.")
    calendars: list[str] = Field(description="Whose working days count: host, origin.")
    counting: str = Field(description="after_start, before_travel, until_travel or as_recorded.")
    rests_while: list[str] = Field(description="What stops it.")
    extended_by_roles: list[str] = Field(description="Roles that may extend it.")
    source: str
    rules_version: str


class ClockRuleIn(Body):
    """A programme's own days from a day on, in the clock's unit."""

    clock: Code = Field(examples=["partner_lead_time"], description="The kind of clock.")
    valid_from: date
    days: int = Field(ge=1, le=365, examples=[21], description="Days in the clock's unit.")
    source: Short = Field(examples=["Programme handbook 2026, section 4"])


class ClockRuleOut(ClockRuleIn):
    """A version of it."""

    id: UUID
    programme_id: UUID


@router.get("/clocks", operation_id="listClocks", summary="Kinds of clocks")
async def clocks(call: Reader) -> list[ClockOut]:
    """What is due when, by whom, and where each period comes from."""
    async with call.reading() as uow:
        kinds = kinds_on(uow.now.date()).values()
    shown = ("told", "days", "days_if_vulnerable", "unit", "counting", "source")
    return [
        ClockOut(
            **{name: getattr(kind, name) for name in shown},
            clock=kind.code,
            owed_by=kind.owes,
            acted_on_by=list(kind.acts),
            calendars=list(kind.calendars),
            rests_while=list(kind.pauses_while),
            extended_by_roles=list(kind.extended_by),
            rules_version=kind.version,
        )
        for kind in kinds
    ]


@router.post(
    "/programmes/{programme_id}/clock-rules",
    operation_id="publishClockRule",
    summary="Publish a programme's own period",
    status_code=201,
    response_model=ClockRuleOut,
    responses=problems(ProgrammeNotKnownYet, set_clock_rule.ClockHasNoPeriod),
)
async def publish(call: Manager, programme_id: UUID, body: ClockRuleIn) -> Response:
    """A new version with its source; clocks that run already keep their days."""
    command = set_clock_rule.SetClockRule(programme_id=programme_id, **body.model_dump())
    return await call.command(lambda uow: set_clock_rule.handle(command, uow=uow), _shown, status=201, match="none")


@router.get(
    "/programmes/{programme_id}/clock-rules", operation_id="listClockRules", summary="A programme's own periods"
)
async def rules(call: Reader, programme_id: UUID) -> list[ClockRuleOut]:
    """All versions, newest first; empty while the programme states none and the table holds."""
    async with call.reading() as uow:
        return [
            ClockRuleOut.model_validate(row, from_attributes=True)
            for row in await rules_of_programme(uow, programme_id)
        ]


def _shown(_uow: UnitOfWork, row: ClockRuleRow) -> ClockRuleOut:
    return ClockRuleOut.model_validate(row, from_attributes=True)

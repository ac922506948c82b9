"""Activities: what was done under a component, by whom, with which typed facts, outputs, spending and evidence."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import ColumnElement
from sqlmodel import col

from services.registry.api.activity_facts import Facts
from services.registry.api.partnership_schemas import (
    Body,
    Code,
    Country,
    EvidenceIn,
    MoneyIn,
    MoneyOut,
    Paging,
    Reader,
    Short,
    Speaker,
    Words,
    money,
)
from services.registry.commands import report_activity as commands
from services.registry.persistence.partnership_tables import ActivityRow
from services.registry.persistence.partnerships import part_of_partnership, partnership
from services.registry.persistence.tables import ComponentRow
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
UNFITTING = (
    commands.ActivityDoesNotBelong,
    commands.EndsBeforeItBegins,
    commands.ActivityStillToCome,
    commands.NotYourSidesOffer,
)
"""What a report cannot say, be it new or corrected."""


class ParticipantsIn(Body):
    """A group of participants, as a count."""

    sex: Literal[0, 1, 2, 9] = Field(default=0, description="ISO/IEC 5218: 0 not known, 1 male, 2 female.")
    age_group: Literal["all", "children", "young_adults", "adults"] = Field(
        default="all", description="Age group of the participants."
    )
    count: int = Field(ge=1, le=10**9, description="How many took part.")


class ActivityPatch(Body):
    """What is to be corrected; what is left out stays."""

    title: Short | None = None
    lead: Short | None = Field(default=None, description="Authority or organisation that leads it.")
    source: Short | None = None
    facts: Facts | None = None
    countries: list[Country] | None = Field(default=None, max_length=60)
    place: Short | None = Field(default=None, description="Where it was done.")
    from_on: date | None = None
    to_on: date | None = None
    taking_part: list[Short] | None = Field(
        default=None, max_length=40, description="Authorities and organisations taking part."
    )
    participants: list[ParticipantsIn] | None = Field(
        default=None, max_length=20, description="Participants, as counts."
    )
    outputs: list[Short] | None = Field(default=None, max_length=40, description="What came of it.")
    spent: MoneyIn | None = Field(default=None, description="Money spent.")
    evidence: list[EvidenceIn] | None = Field(default=None, max_length=20)
    evaluation: Words | None = Field(default=None, description="What an evaluation found; no names of persons.")

    @model_validator(mode="after")
    def _begins_first(self) -> ActivityPatch:
        if self.from_on is not None and self.to_on is not None and self.to_on < self.from_on:
            raise ValueError("ends before it begins")
        return self


class ActivityIn(ActivityPatch):
    """Something done under a component."""

    title: Short
    lead: Short = Field(description="Authority or organisation that leads it.")
    source: Short
    facts: Facts


class ActivityOut(BaseModel):
    """An activity."""

    id: UUID
    version: int
    partnership_id: UUID
    component_id: UUID
    activity_type: str
    title: str
    reported_by: str
    countries: list[str]
    place: str | None
    from_on: date | None
    to_on: date | None
    lead: str
    taking_part: list[str]
    participants: list[ParticipantsIn]
    outputs: list[str]
    spent: MoneyOut | None
    evidence: list[EvidenceIn]
    evaluation: str | None
    source: str
    facts: dict[str, Any]
    withdrawn_on: date | None


def _shown(_uow: UnitOfWork, row: ActivityRow) -> ActivityOut:
    values = {name: getattr(row, name) for name in ActivityOut.model_fields if name != "spent"}
    return ActivityOut(**values, spent=money(row.spent_minor, row.currency))


def _given(body: ActivityPatch) -> dict[str, Any]:
    """What the caller sent; the parts that are kept as JSON in JSON's own types."""
    parts = body.model_dump(mode="json", exclude_unset=True, include={"facts", "participants", "evidence"})
    if body.facts is not None:
        parts["facts"] = body.facts.model_dump(mode="json")
    sent = body.model_dump(exclude_unset=True, exclude={"facts", "participants", "evidence"})
    return {name: value for name, value in {**sent, **parts}.items() if value is not None}


async def _reload(uow: UnitOfWork, row_id: UUID) -> ActivityRow:
    return await part_of_partnership(uow, ActivityRow, row_id)


@router.post(
    "/components/{component_id}/activities",
    operation_id="reportActivity",
    summary="Report an activity",
    status_code=201,
    response_model=ActivityOut,
    responses=problems(NotFound, commands.ComponentNotAgreed, commands.SafeguardsNotNamed, *UNFITTING),
)
async def report(call: Speaker, component_id: UUID, body: ActivityIn) -> Response:
    """By either side. Facts are closed per kind; border management cannot be reported without safeguards."""
    command = commands.ReportActivity(component_id=component_id, **_given(body))
    return await call.command(
        lambda uow: commands.report(command, uow=uow),
        _shown,
        status=201,
        location="/registry/v1/activities/{id}",
        reload=_reload,
    )


@router.get(
    "/components/{component_id}/activities",
    operation_id="listActivities",
    summary="Activities of a component",
    responses=problems(NotFound),
)
async def of_component(call: Reader, component_id: UUID, page: Paging) -> Page[ActivityOut]:
    """In the order in which they were reported."""
    async with call.reading() as uow:
        await part_of_partnership(uow, ComponentRow, component_id)
        rows, cursor = await page_of(uow, ActivityRow, page, col(ActivityRow.component_id) == component_id)
    return Page(items=[_shown(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/partnerships/{partnership_id}/activities",
    operation_id="listPartnershipActivities",
    summary="Activities of a partnership",
    responses=problems(NotFound),
)
async def of_partnership(
    call: Reader,
    partnership_id: UUID,
    page: Paging,
    activity_type: Annotated[Code | None, Query(description="Only those of this kind.")] = None,
) -> Page[ActivityOut]:
    """A transfer cost, a scholarship, a visa and a meeting stand side by side."""
    conditions: list[ColumnElement[bool]] = [col(ActivityRow.partnership_id) == partnership_id]
    conditions += [col(ActivityRow.activity_type) == activity_type] if activity_type else []
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, ActivityRow, page, *conditions)
    return Page(items=[_shown(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/activities/{activity_id}", operation_id="getActivity", summary="One activity", responses=problems(NotFound)
)
async def get(call: Reader, activity_id: UUID, response: Response) -> ActivityOut:
    """With its facts and evidence."""
    async with call.reading() as uow:
        row = await _reload(uow, activity_id)
    call.etag(response, row.version)
    return _shown(uow, row)


@router.patch(
    "/activities/{activity_id}",
    operation_id="correctActivity",
    summary="Correct an activity",
    response_model=ActivityOut,
    responses=problems(NotFound, *UNFITTING, PreconditionFailed, PreconditionRequired),
)
async def correct(call: Speaker, activity_id: UUID, body: ActivityPatch) -> Response:
    """By the side that reported it; its kind stays. Readers get it again with the next revision."""
    changes = _given(body)
    return await call.command(
        lambda uow: commands.correct(activity_id, changes, uow=uow), _shown, reload=_reload, match="required"
    )


@router.post(
    "/activities/{activity_id}/withdrawal",
    operation_id="withdrawActivity",
    summary="Take a mistaken report back",
    response_model=ActivityOut,
    responses=problems(NotFound, PreconditionFailed),
)
async def withdraw(call: Speaker, activity_id: UUID) -> Response:
    """By the side that reported it. It stays to be read with its day, counts nowhere and offers nothing."""
    return await call.command(lambda uow: commands.withdraw(activity_id, uow=uow), _shown, reload=_reload)

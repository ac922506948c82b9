"""Trials of a rule version over earlier quotes: figures, and every quote that would come out differently."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.programmes import Manager, Paging, Reader
from services.registry.api.rule_versions import ONE
from services.registry.api.schemas import Body
from services.registry.commands import draft_rules, try_rules
from services.registry.persistence.programme_tables import RuleTrialRow, TrialDifferenceRow
from services.registry.persistence.programmes import require_view_of_cases
from services.registry.persistence.rows import get_row
from services.registry.persistence.rule_versions import version_of
from services.registry.queries.lists import page_of
from services.registry.queries.trials import differences_of, trial_of
from services.registry.settings import RegistrySettings
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.money import Money
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["3 programmes"])
TRIALS = f"{ONE}/trials"
Examiner = Annotated[Call, caller("programme_manager", "auditor")]


class TrialIn(Body):
    """Over how long a time back."""

    months: int = Field(default=12, ge=1, le=60, description="Quotes of the last so many months are tried.")


class TrialOut(BaseModel):
    """What a trial found; money is the sum over all tried quotes, before and after."""

    id: UUID
    version: int
    programme_id: UUID
    rule_version_id: UUID
    number: int = Field(description="Number of the tried version.")
    created_at: datetime
    since: date
    months: int
    status: str = Field(description="queued, running or done; the figures are those of the quotes tried so far.")
    to_try: int = Field(description="How many quotes there are to try; `quotes` of them are done.")
    finished_at: datetime | None = Field(description="When the last quote was tried.")
    quotes: int = Field(description="Tried: the newest quote of each case, and those without a case.")
    cut_off: bool = Field(description="There were more quotes than one trial takes; the oldest were left out.")
    unchanged: int
    higher: int
    lower: int
    newly_ineligible: int
    newly_eligible: int
    with_unknown_facts: int = Field(description="The tried version asks for a fact that was not kept with the quote.")
    total_before: Money
    total_after: Money


class TrialDifferenceOut(BaseModel):
    """One quote that would come out differently; amounts in minor units of the programme's currency."""

    id: UUID
    quote_id: UUID
    case_id: UUID | None
    rule_version_before: int
    before_minor: int
    after_minor: int
    eligibility_before: str | None
    eligibility_after: str
    newly_ineligible: bool
    codes: list[dict[str, Any]] = Field(description="Kinds of assistance and phases whose sums differ.")
    unknown: list[str]


def _trial(_uow: Any, row: RuleTrialRow) -> TrialOut:
    names = [name for name in TrialOut.model_fields if not name.startswith("total_")]
    before, after = Money(row.total_before_minor, row.currency), Money(row.total_after_minor, row.currency)
    return TrialOut(**{name: getattr(row, name) for name in names}, total_before=before, total_after=after)


def _difference(row: TrialDifferenceRow) -> TrialDifferenceOut:
    return TrialDifferenceOut(**{name: getattr(row, name) for name in TrialDifferenceOut.model_fields})


@router.post(
    TRIALS,
    operation_id="tryRules",
    summary="Try a version over earlier quotes",
    status_code=201,
    response_model=TrialOut,
    responses=problems(NotFound, draft_rules.DraftWithdrawn),
)
async def attempt(call: Manager, programme_id: UUID, rule_version_id: UUID, body: TrialIn) -> Response:
    """Changes nothing for anybody: what was quoted and granted stands. Over many quotes it goes on in the background:
    read it again until its `status` is `done`."""
    at_once = call.runtime.own_settings(RegistrySettings).trial_quotes_at_once
    return await call.command(
        lambda uow: try_rules.handle(programme_id, rule_version_id, body.months, at_once=at_once, uow=uow),
        _trial,
        status=201,
        reload=lambda uow, row_id: get_row(uow, RuleTrialRow, row_id),
    )


@router.get(TRIALS, operation_id="listTrials", summary="Trials of a version", responses=problems(NotFound))
async def trials(call: Reader, programme_id: UUID, rule_version_id: UUID, page: Paging) -> Page[TrialOut]:
    """In the order in which they were made; empty before the first."""
    async with call.reading() as uow:
        rules = await version_of(uow, programme_id, rule_version_id)
        rows, cursor = await page_of(uow, RuleTrialRow, page, col(RuleTrialRow.rule_version_id) == rules.id)
    return Page(items=[_trial(None, row) for row in rows], next_cursor=cursor)


@router.get(f"{TRIALS}/{{trial_id}}", operation_id="getTrial", summary="One trial", responses=problems(NotFound))
async def get(call: Reader, programme_id: UUID, rule_version_id: UUID, trial_id: UUID) -> TrialOut:
    """Its figures."""
    async with call.reading() as uow:
        row = await trial_of(uow, programme_id, rule_version_id, trial_id)
    return _trial(None, row)


@router.get(
    f"{TRIALS}/{{trial_id}}/differences",
    operation_id="listTrialDifferences",
    summary="What would come out differently",
    responses=problems(NotFound),
)
async def listed(
    call: Examiner,
    programme_id: UUID,
    rule_version_id: UUID,
    trial_id: UUID,
    page: Paging,
    newly_ineligible: Annotated[bool | None, Query(description="Only those who would no longer be helped.")] = None,
) -> Page[TrialDifferenceOut]:
    """Quote by quote, page by page, for who runs the programme: cases stand beside their amounts."""
    async with call.reading() as uow:
        await require_view_of_cases(uow, programme_id)
        trial = await trial_of(uow, programme_id, rule_version_id, trial_id)
        rows, cursor = await differences_of(uow, trial.id, page, newly_ineligible=newly_ineligible)
    return Page(items=[_difference(row) for row in rows], next_cursor=cursor)

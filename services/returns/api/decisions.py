"""From submission to the decision and its review."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.cases import Reader
from services.returns.api.schemas import Body, CaseOut, Code, Group, Short
from services.returns.commands import (
    check_quote,
    decide_case,
    determine_eligibility,
    note_vulnerability,
    review_decision,
    screen_case,
    submit_case,
)
from services.returns.commands.record_fact import FactOfAnotherDesk
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.eligibility_tables import rules_on
from services.returns.queries.eligibility_rules import EligibilityRule, eligibility_rules
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["2 decision"])


class SubmissionIn(Body):
    """The application is handed in."""

    on: date | None = None


class ScreenedPersonIn(Body):
    """What was found for one person; the codes are sealed."""

    person_ref: Short
    indicators: list[Code] = Field(default_factory=list, max_length=20)
    safeguards: list[Code] = Field(
        default_factory=list, max_length=20, description="Those that are in place already, if yours to say."
    )
    due_on: date | None = Field(default=None, description="Day a birth is due; with a pregnancy only.")
    multiple: bool = Field(default=False, description="Twins or more: the last day to fly is earlier.")
    best_interests_decided: bool = Field(default=False, description="True repeats what the panel has decided.")


class ScreeningIn(Body):
    """A screening of everybody on the file."""

    persons: list[ScreenedPersonIn] = Field(min_length=1, max_length=30)
    duplicates_checked: bool | None = Field(
        default=None, deprecated=True, description="Ignored: the search is made with every screening."
    )
    security_checked: bool
    on: date | None = None


class EligibilityIn(Body):
    """Whether the programme is open to this file."""

    outcome: Literal["eligible", "ineligible"]
    reason_code: Code | None = None
    reason_group: Group | None = None
    on: date | None = None


class DecisionIn(Body):
    """A grant on a calculation, or a refusal with reasons."""

    outcome: Literal["approved", "refused"]
    quote_id: UUID | None = None
    reason_code: Code | None = None
    reason_group: Group | None = None
    decided_on: date | None = None


class ReviewIn(Body):
    """Ask for a review, or end it."""

    step: Literal["requested", "granted", "confirmed"]
    on: date | None = None


def _screening(case_id: UUID, body: ScreeningIn) -> screen_case.ScreenCase:
    persons = [screen_case.ScreenedPerson(**person.model_dump()) for person in body.persons]
    more = body.model_dump(exclude={"persons", "duplicates_checked"})
    return screen_case.ScreenCase(case_id=case_id, persons=persons, **more)


@router.post(
    "/submission",
    operation_id="submitCase",
    summary="Submit the application",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def submit(call: Annotated[Call, caller("caseworker")], case_id: UUID, body: SubmissionIn) -> Response:
    """409 lists every missing consent, declaration or safeguard."""
    return await case_command(
        call,
        lambda uow: submit_case.handle(submit_case.SubmitCase(case_id=case_id, **body.model_dump()), uow=uow),
    )


@router.post(
    "/screening",
    operation_id="screenCase",
    summary="Record the vulnerability screening",
    response_model=CaseOut,
    responses=problems(
        NotFound,
        TransitionRefused,
        FactOfAnotherDesk,
        note_vulnerability.IndicatorNotKnown,
        note_vulnerability.DueDateNeeded,
        screen_case.SafeguardNotOpened,
    ),
)
async def screen(
    call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: ScreeningIn
) -> Response:
    """Can be repeated until the decision; searches for other files of these people. The event carries counts only."""
    return await case_command(
        call,
        lambda uow: screen_case.handle(_screening(case_id, body), uow=uow),
    )


@router.post(
    "/eligibility",
    operation_id="determineEligibility",
    summary="Record the eligibility",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def determine(
    call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: EligibilityIn
) -> Response:
    """Needs the screening and the checks."""
    return await case_command(
        call,
        lambda uow: determine_eligibility.handle(
            determine_eligibility.DetermineEligibility(case_id=case_id, **body.model_dump()), uow=uow
        ),
    )


@router.get(
    "/eligibility-rules",
    operation_id="listEligibilityRules",
    summary="What the programme asks before it helps",
    responses=problems(NotFound),
)
async def rules(call: Reader, case_id: UUID) -> list[EligibilityRule]:
    """The exclusions and limits in force on the day the case was opened, with their source; may be empty."""
    async with call.reading() as uow:
        case = (await load_file(uow, case_id, may_read)).case
        return eligibility_rules(await rules_on(uow, case.programme_id, case.opened_on))


@router.post(
    "/decision",
    operation_id="decideCase",
    summary="Grant or refuse assistance",
    response_model=CaseOut,
    responses=problems(
        NotFound,
        TransitionRefused,
        *check_quote.REFUSALS,
        decide_case.DecisionIncomplete,
        PreconditionRequired,
        PreconditionFailed,
    ),
)
async def decide(call: Annotated[Call, caller("case_officer")], case_id: UUID, body: DecisionIn) -> Response:
    """A case officer of the authority who did not prepare the file. 409 `quote-not-known-yet`: try again in a
    second."""
    return await case_command(
        call,
        lambda uow: decide_case.handle(decide_case.DecideCase(case_id=case_id, **body.model_dump()), uow=uow),
        match="required",
    )


@router.post(
    "/review",
    operation_id="reviewDecision",
    summary="Ask for or decide a review",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def review(
    call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: ReviewIn
) -> Response:
    """Another officer than the one who decided."""
    return await case_command(
        call,
        lambda uow: review_decision.handle(
            review_decision.ReviewDecision(case_id=case_id, **body.model_dump()), uow=uow
        ),
    )

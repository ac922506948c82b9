"""Recorded facts of a case, their correction, and the periods a programme demands."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Code, Short
from services.returns.commands import correct_case, record_fact, set_voluntariness_rules
from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.domain.access import may_read
from services.returns.domain.facts import EVERYBODY
from services.returns.persistence.cases import load_file
from services.returns.persistence.voluntariness_rules import versions_of
from services.returns.queries.facts import RecordedFact, recorded_facts
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["1 application"])
rules_router = APIRouter(prefix="/programmes/{programme_id}", tags=["5 rules"])
Worker = Annotated[Call, caller(*EVERYBODY)]


class FactIn(Body):
    """One fact, as codes."""

    kind: Literal[
        "independent_counselling",
        "capacity_doubt",
        "capacity_confirmed",
        "child_view",
        "guardian_view",
        "custody_settled",
        "best_interests_decision",
        "custody_established",
        "best_interests_assessment",
        "exit_ban",
        "age_disputed",
        "age_determined",
        "carer_confirmed",
        "carer_withdrew",
        "detention",
        "legal_advice_offered",
        "talk_without_guards",
        "no_effect_statement",
        "second_confirmation",
        "conditional_claim_withdrawal",
        "exit_clearance",
        "told_of_funding",
        "shelter_in_transit",
        "back_in_host",
        "remedy",
        "delay",
        "contact_restored",
        "admission_proven",
        "left_on_their_own",
        "claim_standing",
        "asks_consulate_themself",
        "common_file",
    ]
    value: Code | None = Field(
        default=None, examples=["professional_interpreter"], description="One of the kind's values, if it has any."
    )
    person_ref: Short | None = None
    valid_until: date | None = Field(default=None, description="Last day it holds; for `admission_proven` only.")
    on: date | None = None


class CorrectionIn(Body):
    """What was wrong; nothing is deleted."""

    fact: Literal["arrival", "departure", "recorded_fact"] = Field(description="What was wrong.")
    fact_id: UUID | None = Field(default=None, description="For a recorded fact.")
    reason_code: Code = Field(examples=["wrong_case"])
    on: date | None = None


class RulesIn(Body):
    """A programme's periods from a day on."""

    valid_from: date
    source: Short = Field(examples=["Programme handbook 2026, section 4"])
    cooling_off_days: int = Field(ge=0, le=90, description="Days between counselling and declaration.")
    reconfirmation_days: int | None = Field(default=None, ge=1, le=60, description="Days before travel.")
    child_heard_from_years: int = Field(default=12, ge=0, le=17, description="From this age in a talk of its own.")
    reopen_days: int = Field(ge=0, le=365, description="Days in which a withdrawal can be taken back.")
    booking_protects_days: int = Field(ge=0, le=90, description="A journey within these days bars a lapse.")
    second_confirmation_hours: int = Field(default=24, ge=24, le=168, description="In detention.")
    provisional_days: int | None = Field(
        default=None, ge=1, le=365, description="Days to complete who somebody is; an officer decides after that."
    )
    detention_decision_days: int | None = Field(
        default=None, ge=0, le=30, description="In detention: days between the counselling and a decision."
    )


class RulesOut(RulesIn):
    """A version of them."""

    id: UUID
    programme_id: UUID


@router.post(
    "/facts",
    operation_id="recordFact",
    summary="Record a fact",
    status_code=201,
    response_model=CaseOut,
    responses=problems(
        NotFound,
        record_fact.FactOfAnotherDesk,
        record_fact.FactIncomplete,
        record_fact.ConfirmedTooEarly,
        record_fact.NotHeardAlone,
    ),
)
async def record(call: Worker, case_id: UUID, body: FactIn) -> Response:
    """Counselling, doubts, views, safeguards. A ready case goes back to preparation when a gate no longer holds."""
    command = record_fact.RecordFact(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: record_fact.handle(command, uow=uow), status=201)


@router.get("/facts", operation_id="listFacts", summary="Recorded facts", responses=problems(NotFound))
async def facts(call: Worker, case_id: UUID) -> list[RecordedFact]:
    """In order, voided ones too; papers that are sealed until the departure are shown to the office only."""
    async with call.reading() as uow:
        return recorded_facts(await load_file(uow, case_id, may_read), uow.actor)


@router.post(
    "/corrections",
    operation_id="correctCase",
    summary="Correct a wrong fact",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, correct_case.CorrectionUnclear),
)
async def correct(
    call: Annotated[Call, caller("caseworker", "case_officer")], case_id: UUID, body: CorrectionIn
) -> Response:
    """Voids the fact and keeps it readable; a wrong arrival or departure takes the case back."""
    command = correct_case.CorrectCase(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: correct_case.handle(command, uow=uow))


@rules_router.post(
    "/voluntariness-rules",
    operation_id="publishVoluntarinessRules",
    summary="Publish a programme's periods",
    status_code=201,
    response_model=RulesOut,
    responses=problems(ProgrammeNotKnownYet),
)
async def publish(call: Annotated[Call, caller("programme_manager")], programme_id: UUID, body: RulesIn) -> Response:
    """Cooling-off, re-confirmation, reopening; a new version, with its source."""
    command = set_voluntariness_rules.SetVoluntarinessRules(programme_id=programme_id, **body.model_dump())
    return await call.command(
        lambda uow: set_voluntariness_rules.handle(command, uow=uow),
        lambda _uow, row: RulesOut.model_validate(row, from_attributes=True),
        status=201,
        match="none",
    )


@rules_router.get("/voluntariness-rules", operation_id="listVoluntarinessRules", summary="A programme's periods")
async def rules(
    call: Annotated[Call, caller("programme_manager", "caseworker", "case_officer")], programme_id: UUID
) -> list[RulesOut]:
    """All versions, newest first; empty while the programme states none and the defaults hold."""
    async with call.reading() as uow:
        found = await versions_of(uow, programme_id)
    return [RulesOut.model_validate(row, from_attributes=True) for row in found]

"""Events about a case that ends, or a fact that was wrong; reasons are told as groups only."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.returns.contracts.published import CASE, PERSON, ReasonGroup
from shared.events.contract import EventContract
from shared.events.persons import PersonFact

CorrectedFact = Literal["arrival", "departure", "recorded_fact", "travel_document"]


class CaseLapsedV1(EventContract):
    """Two officers recorded that the departure period is over; no timer does."""

    event_type: ClassVar[str] = "returns.case.lapsed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "reason_group": "authority",
        "stage_before": "PRE_DEPARTURE",
    }

    case_id: UUID
    on: date
    reason_group: ReasonGroup
    stage_before: str


class CaseRevokedV1(EventContract):
    """Two officers took the grant back after hearing the person; or a review set it aside to be decided anew."""

    event_type: ClassVar[str] = "returns.case.revoked.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "reason_group": "authority",
        "stage_before": "APPROVED",
    }

    case_id: UUID
    on: date
    reason_group: ReasonGroup
    stage_before: str


class CaseFactCorrectedV1(EventContract):
    """A recorded fact was wrong and is voided; whoever counted it counts anew."""

    event_type: ClassVar[str] = "returns.case.fact-corrected.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "fact": "arrival",
        "original_on": "2026-03-01",
        "persons": [PERSON],
    }

    case_id: UUID
    on: date
    fact: CorrectedFact = Field(
        description="What was wrong: an arrival, a departure, a recorded fact or a travel document."
    )
    original_on: date | None
    persons: list[PersonFact]


class PersonDeceasedV1(EventContract):
    """Somebody died before the departure; messages and surveys about them stop."""

    event_type: ClassVar[str] = "returns.person.deceased.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": CASE, "person_ref": PERSON["person_ref"], "on": "2026-03-02"}

    case_id: UUID
    person_ref: str
    on: date


class DeadlineMissedV1(EventContract):
    """A period is over; an officer looks at it, the case stays where it is."""

    event_type: ClassVar[str] = "returns.deadline.missed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "clock": "departure_period",
        "due_on": "2026-03-01",
        "delay_with": "consulate",
    }

    case_id: UUID
    on: date
    clock: str
    due_on: date
    delay_with: str


class CaseRequestsEndedV1(EventContract):
    """A case that had ended before everything asked for it was taken back with it: whoever was told and has not heard
    of an end hears it now. `closed`: the return was done, and help under a running plan goes on; else `over`."""

    event_type: ClassVar[str] = "returns.case.requests-ended.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": CASE, "on": "2026-03-02", "outcome": "over"}

    case_id: UUID
    on: date
    outcome: Literal["over", "closed"]


PUBLISHED: tuple[type[EventContract], ...] = (
    CaseLapsedV1,
    CaseRevokedV1,
    CaseFactCorrectedV1,
    PersonDeceasedV1,
    DeadlineMissedV1,
    CaseRequestsEndedV1,
)

"""The events this service owns; they carry codes and random references, never identities. Grown additively only."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.contract import EventContract
from shared.events.persons import PersonFact

CASE = "0199c0de-0000-7000-8000-000000000001"
PERSON: dict[str, Any] = {
    "person_ref": "person_3f1c5f0c0e5c4a0d9f5d2b7a6c1e8d9f0a1b2c3d",
    "relation": "main_applicant",
    "sex": 2,
    "age_band": "25-34",
    "citizenship": "GEO",
    "unaccompanied": False,
}
ReasonGroup = Literal["applicant", "authority", "third_party", "circumstances"]


class TravellerFact(PersonFact):
    """A person in a travel fact: whether they travelled."""

    travelled: bool


class Line(BaseModel):
    """One line of granted assistance, frozen at the decision; the explanation stays in registry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_id: str
    phase: Literal["pre_departure", "travel", "departure_cash", "post_arrival", "post_return", "community"]
    code: str
    amount_minor: int
    currency: str
    rule: str
    person_ref: str | None = None


class Total(BaseModel):
    """A sum in minor units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount_minor: int
    currency: str


LINE: dict[str, Any] = {
    "line_id": "0199c0de-0000-7000-8000-0000000000e1",
    "phase": "departure_cash",
    "code": "travel_money",
    "amount_minor": 10000,
    "currency": "CHF",
    "rule": "CHE-ASYLV2-74-travel",
    "person_ref": None,
}


class CaseOpenedV1(EventContract):
    """A case was opened."""

    event_type: ClassVar[str] = "returns.case.opened.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "case_kind": "avrr",
        "destination_basis": "citizenship",
        "programme_id": "0199c0de-0000-7000-8000-000000000002",
        "partnership_id": "0199c0de-0000-7000-8000-000000000003",
        "office_id": "ZRH",
        "authority_id": "SEM",
        "host": "CHE",
        "destination": "GEO",
        "opened_on": "2026-03-02",
        "persons": [PERSON],
    }

    case_id: UUID
    case_kind: str
    destination_basis: str
    programme_id: UUID
    partnership_id: UUID | None
    office_id: str
    authority_id: str | None = None
    host: str
    destination: str
    opened_on: date
    persons: list[PersonFact]


class PersonAddedV1(EventContract):
    """Somebody joined a case."""

    event_type: ClassVar[str] = "returns.person.added.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "person": PERSON,
    }

    case_id: UUID
    person: PersonFact


class PersonRemovedV1(EventContract):
    """Somebody left a case before anybody travelled."""

    event_type: ClassVar[str] = "returns.person.removed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "person_ref": PERSON["person_ref"],
    }

    case_id: UUID
    person_ref: str


class CaseSubmittedV1(EventContract):
    """The application was submitted."""

    event_type: ClassVar[str] = "returns.case.submitted.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "persons": [PERSON],
    }

    case_id: UUID
    on: date
    persons: list[PersonFact]


class CaseScreenedV1(EventContract):
    """Vulnerability was screened; counts only."""

    event_type: ClassVar[str] = "returns.case.screened.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "safeguards_count": 1,
        "vulnerable_count": 1,
    }

    case_id: UUID
    on: date
    safeguards_count: int
    vulnerable_count: int


class CaseEligibilityDeterminedV1(EventContract):
    """Eligibility was determined."""

    event_type: ClassVar[str] = "returns.case.eligibility-determined.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "outcome": "eligible",
        "reason_group": None,
    }

    case_id: UUID
    on: date
    outcome: Literal["eligible", "ineligible"]
    reason_group: ReasonGroup | None


class CaseApprovedV1(EventContract):
    """Assistance was granted; the lines are frozen."""

    event_type: ClassVar[str] = "returns.case.approved.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "programme_id": "0199c0de-0000-7000-8000-000000000002",
        "quote_id": "0199c0de-0000-7000-8000-000000000004",
        "rule_version": 1,
        "lines": [LINE],
        "total": {"amount_minor": 10000, "currency": "CHF"},
        "persons": [PERSON],
    }

    case_id: UUID
    on: date
    programme_id: UUID
    quote_id: UUID
    rule_version: int
    lines: list[Line]
    total: Total
    persons: list[PersonFact]


class CaseRefusedV1(EventContract):
    """Assistance was refused."""

    event_type: ClassVar[str] = "returns.case.refused.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "reason_group": "authority",
    }

    case_id: UUID
    on: date
    reason_group: ReasonGroup


class CaseReviewRequestedV1(EventContract):
    """A refusal is to be reviewed."""

    event_type: ClassVar[str] = "returns.case.review-requested.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
    }

    case_id: UUID
    on: date


class CasePreDepartureStartedV1(EventContract):
    """The journey is being prepared."""

    event_type: ClassVar[str] = "returns.case.pre-departure-started.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
    }

    case_id: UUID
    on: date


class CaseReadyV1(EventContract):
    """Everything needed for the journey is there."""

    event_type: ClassVar[str] = "returns.case.ready.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "travel_on": "2026-03-09",
    }

    case_id: UUID
    on: date
    travel_on: date


class CaseDepartedV1(EventContract):
    """Those who travel have left."""

    event_type: ClassVar[str] = "returns.case.departed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "destination": "GEO",
        "persons": [{**PERSON, "travelled": True}],
    }

    case_id: UUID
    on: date
    destination: str
    persons: list[TravellerFact]


class CaseArrivedV1(EventContract):
    """Those who travelled have arrived."""

    event_type: ClassVar[str] = "returns.case.arrived.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "destination": "GEO",
        "persons": [{**PERSON, "travelled": True}],
        "evidence": "partner_met",
    }

    case_id: UUID
    on: date
    destination: str
    persons: list[TravellerFact]
    evidence: Literal["partner_met", "carrier", "passport_stamp", "self_report", "agency_message"]


class CaseHandedOverV1(EventContract):
    """Reception is done, or none was needed."""

    event_type: ClassVar[str] = "returns.case.handed-over.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "required": False,
    }

    case_id: UUID
    on: date
    required: bool


class CaseClosedV1(EventContract):
    """The file is closed."""

    event_type: ClassVar[str] = "returns.case.closed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "outcome": "returned",
    }

    case_id: UUID
    on: date
    outcome: str


class CaseWithdrawnV1(EventContract):
    """The applicants changed their mind; always their right."""

    event_type: ClassVar[str] = "returns.case.withdrawn.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "stage_before": "SUBMITTED",
        "persons": [PERSON],
        "reason_group": "applicant",
    }

    case_id: UUID
    on: date
    stage_before: str
    persons: list[PersonFact]
    reason_group: ReasonGroup


class CaseDidNotBoardV1(EventContract):
    """Persons did not board."""

    event_type: ClassVar[str] = "returns.case.did-not-board.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "person_refs": [PERSON["person_ref"]],
    }

    case_id: UUID
    on: date
    person_refs: list[str]


class CaseCancelledV1(EventContract):
    """The authority ended the case."""

    event_type: ClassVar[str] = "returns.case.cancelled.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "reason_group": "circumstances",
        "stage_before": "APPROVED",
        "outcome": "cancelled",
    }

    case_id: UUID
    on: date
    reason_group: ReasonGroup
    stage_before: str
    outcome: Literal["cancelled", "departed_unassisted"] = "cancelled"


class CaseSuspendedV1(EventContract):
    """The case rests."""

    event_type: ClassVar[str] = "returns.case.suspended.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "reason_group": "circumstances",
    }

    case_id: UUID
    on: date
    reason_group: ReasonGroup


class CaseResumedV1(EventContract):
    """The case goes on."""

    event_type: ClassVar[str] = "returns.case.resumed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
    }

    case_id: UUID
    on: date


class CaseReturnFailedV1(EventContract):
    """The journey did not reach its end."""

    event_type: ClassVar[str] = "returns.case.return-failed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
        "reason_group": "applicant",
        "original_on": "2026-03-01",
        "persons": [{**PERSON, "travelled": False}],
    }

    case_id: UUID
    on: date
    reason_group: ReasonGroup
    costs_borne_by: str | None = Field(default=None, description="`programme`: return ticket and shelter; else open.")
    original_on: date | None = Field(default=None, description="Day of the departure that did not become a return.")
    persons: list[TravellerFact] = Field(
        default_factory=list, description="Who had left and has not returned: whoever counted them counts anew."
    )


class CaseSplitV1(EventContract):
    """Persons go on in a case of their own; published under both keys."""

    event_type: ClassVar[str] = "returns.case.split.v1"
    key_field: ClassVar[str] = "published_under"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "new_case_id": "0199c0de-0000-7000-8000-000000000005",
        "on": "2026-03-02",
        "persons": [PERSON],
        "published_under": CASE,
        "case_kind": "avrr",
        "programme_id": "0199c0de-0000-7000-8000-000000000002",
        "partnership_id": "0199c0de-0000-7000-8000-000000000003",
        "host": "CHE",
        "destination": "GEO",
    }

    case_id: UUID
    new_case_id: UUID
    on: date
    persons: list[PersonFact]
    published_under: UUID
    case_kind: str | None = None
    programme_id: UUID | None = None
    partnership_id: UUID | None = None
    host: str | None = None
    destination: str | None = None


class ConsentGivenV1(EventContract):
    """A person allowed named recipients to be told, for named purposes."""

    event_type: ClassVar[str] = "returns.consent.given.v1"
    example: ClassVar[dict[str, Any]] = {
        "consent_id": "0199c0de-0000-7000-8000-000000000006",
        "case_id": CASE,
        "person_ref": PERSON["person_ref"],
        "recipients": ["0199c0de-0000-7000-8000-000000000007"],
        "purposes": ["reintegration"],
        "data_classes": ["itinerary"],
        "text_version": "2026-01",
        "valid_until": None,
    }

    consent_id: UUID
    case_id: UUID
    person_ref: str
    recipients: list[UUID]
    purposes: list[str]
    data_classes: list[str]
    text_version: str
    valid_until: date | None


class ConsentWithdrawnV1(EventContract):
    """A person took a consent back."""

    event_type: ClassVar[str] = "returns.consent.withdrawn.v1"
    example: ClassVar[dict[str, Any]] = {
        "consent_id": "0199c0de-0000-7000-8000-000000000006",
        "case_id": CASE,
        "person_ref": PERSON["person_ref"],
        "on": "2026-03-02",
    }

    consent_id: UUID
    case_id: UUID
    person_ref: str
    on: date


class ItineraryConfirmedV1(EventContract):
    """The journey has a date."""

    event_type: ClassVar[str] = "returns.itinerary.confirmed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "travel_on": "2026-03-09",
        "destination": "GEO",
        "transit": ["TUR"],
        "party_size": 3,
        "person_refs": [PERSON["person_ref"]],
        "partner_id": None,
    }

    case_id: UUID
    travel_on: date
    destination: str
    transit: list[str]
    party_size: int
    person_refs: list[str]
    partner_id: UUID | None


class ItineraryChangedV1(EventContract):
    """The journey has another date or way."""

    event_type: ClassVar[str] = "returns.itinerary.changed.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "travel_on": "2026-03-09",
        "destination": "GEO",
        "transit": ["TUR"],
        "party_size": 3,
        "person_refs": [PERSON["person_ref"]],
        "partner_id": None,
    }

    case_id: UUID
    travel_on: date
    destination: str
    transit: list[str]
    party_size: int
    person_refs: list[str]
    partner_id: UUID | None


class PersonErasureOrderedV1(EventContract):
    """A person's identity is erased: every service destroys its own key for them."""

    event_type: ClassVar[str] = "returns.person.erasure-ordered.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": CASE, "person_ref": PERSON["person_ref"]}

    case_id: UUID
    person_ref: str


PUBLISHED: tuple[type[EventContract], ...] = (
    CaseOpenedV1,
    PersonAddedV1,
    PersonRemovedV1,
    CaseSubmittedV1,
    CaseScreenedV1,
    CaseEligibilityDeterminedV1,
    CaseApprovedV1,
    CaseRefusedV1,
    CaseReviewRequestedV1,
    CasePreDepartureStartedV1,
    CaseReadyV1,
    CaseDepartedV1,
    CaseArrivedV1,
    CaseHandedOverV1,
    CaseClosedV1,
    CaseWithdrawnV1,
    CaseDidNotBoardV1,
    CaseCancelledV1,
    CaseSuspendedV1,
    CaseResumedV1,
    CaseReturnFailedV1,
    CaseSplitV1,
    ConsentGivenV1,
    ConsentWithdrawnV1,
    ItineraryConfirmedV1,
    ItineraryChangedV1,
    PersonErasureOrderedV1,
)

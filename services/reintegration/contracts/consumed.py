"""What reintegration reads in other services' events: only these fields, tolerant of everything else."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventSeen


class PersonSeen(EventSeen):
    """One person in a fact; `travelled` is only known from departure on."""

    person_ref: str
    relation: str = "main_applicant"
    age_band: str = "unknown"
    travelled: bool | None = None


class LineSeen(EventSeen):
    """One frozen line of a decision."""

    line_id: UUID
    phase: str
    code: str
    amount_minor: int
    currency: str
    rule: str = ""
    person_ref: str | None = None


class TotalSeen(EventSeen):
    """A sum of money."""

    amount_minor: int
    currency: str


class CaseOpenedSeen(EventSeen):
    """A case was opened: the narrow copy that scopes are judged by."""

    case_id: UUID
    programme_id: UUID
    partnership_id: UUID | None = None
    office_id: str
    destination: str
    persons: list[PersonSeen] = Field(default_factory=list)


class CaseApprovedSeen(EventSeen):
    """Assistance was granted."""

    case_id: UUID
    on: date
    programme_id: UUID
    rule_version: int | str
    lines: list[LineSeen]
    total: TotalSeen
    persons: list[PersonSeen]


class CaseGrantExtendedSeen(EventSeen):
    """Lines for who joined after the decision."""

    case_id: UUID
    on: date
    lines: list[LineSeen]
    persons: list[PersonSeen]


class CaseBudgetNamedSeen(EventSeen):
    """An officer named another budget after a refusal."""

    case_id: UUID
    on: date
    budget_id: UUID


class CaseEndedSeen(EventSeen):
    """Withdrawal, cancellation, refusal or a failed return."""

    case_id: UUID
    on: date
    reason_group: str = "circumstances"


class CaseTravelSeen(EventSeen):
    """Departure or arrival."""

    case_id: UUID
    on: date
    persons: list[PersonSeen] = Field(default_factory=list)


class CaseClosedSeen(EventSeen):
    """The return case is done."""

    case_id: UUID
    on: date


class CaseFactCorrectedSeen(EventSeen):
    """A fact of a case was wrong and is void."""

    case_id: UUID
    on: date
    fact: str


class PersonDeceasedSeen(EventSeen):
    """Somebody died before the departure."""

    case_id: UUID
    on: date
    person_ref: str


class CaseDidNotBoardSeen(EventSeen):
    """Somebody was expected at the gate and did not fly."""

    case_id: UUID
    on: date
    person_refs: list[str]


class CaseMergedSeen(EventSeen):
    """Persons go on in another file; published under both keys."""

    case_id: UUID
    merged_case_id: UUID
    on: date
    persons: list[PersonSeen]
    published_under: UUID


class CaseSplitSeen(EventSeen):
    """Persons go on in a new case; published under both keys."""

    case_id: UUID
    new_case_id: UUID
    on: date
    persons: list[PersonSeen]
    published_under: UUID


class BasisApprovedSeen(EventSeen):
    """A legal basis for telling a recipient something for a purpose."""

    basis_id: UUID
    programme_id: UUID
    recipient_id: UUID
    purpose: str
    only_case_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None


class BasisEndedSeen(EventSeen):
    """A legal basis is over."""

    basis_id: UUID
    programme_id: UUID
    recipient_id: UUID
    purpose: str
    on: date


class ConsentGivenSeen(EventSeen):
    """Somebody allowed recipients to be told."""

    consent_id: UUID
    person_ref: str
    recipients: list[UUID]
    purposes: list[str]
    valid_until: date | None = None


class ConsentWithdrawnSeen(EventSeen):
    """Somebody took a consent back."""

    consent_id: UUID


class PersonErasureOrderedSeen(EventSeen):
    """A person is to be erased."""

    case_id: UUID
    person_ref: str


class PartnerEnrolledSeen(EventSeen):
    """A reintegration partner was enrolled."""

    partner_id: UUID
    kind: str
    countries: list[str] = Field(default_factory=list)


class PartnerSuspendedSeen(EventSeen):
    """A reintegration partner gets nothing new."""

    partner_id: UUID
    on: date


class ProviderEnrolledSeen(EventSeen):
    """A provider takes part, or takes part again."""

    provider_id: UUID


class ProviderSuspendedSeen(EventSeen):
    """A provider gets nothing new."""

    provider_id: UUID
    on: date

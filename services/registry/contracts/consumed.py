"""What registry reads in other services' events: enough to know who may be told which coded fact."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventSeen


class PersonSeen(EventSeen):
    """A person by reference."""

    person_ref: str
    travelled: bool = True
    age_band: str = "unknown"


class CaseOpenedSeen(EventSeen):
    """A case exists."""

    case_id: UUID
    programme_id: UUID
    office_id: str | None = None
    authority_id: str | None = None
    opened_on: date | None = None
    persons: list[PersonSeen]


class PersonAddedSeen(EventSeen):
    """Somebody joined a case."""

    case_id: UUID
    person: PersonSeen


class PersonGoneSeen(EventSeen):
    """Somebody is not on a case any more."""

    case_id: UUID
    person_ref: str


class PlanSeen(EventSeen):
    """A partner's help begins or ends."""

    case_id: UUID


class PlanAssignedSeen(EventSeen):
    """A partner helps from now on."""

    case_id: UUID
    partner_id: UUID


class PlanTransferredSeen(PlanAssignedSeen):
    """Another partner helps from now on."""

    from_partner_id: UUID


class CaseApprovedSeen(EventSeen):
    """Assistance was granted: partners may be told with consent."""

    case_id: UUID


class CaseOverSeen(EventSeen):
    """A case ended, rests or failed: told recipients get the neutral stop."""

    case_id: UUID


class CaseRequestsEndedSeen(EventSeen):
    """A case had ended before ends were followed; `closed` lets help under a plan go on."""

    case_id: UUID
    outcome: str


class CaseDepartedSeen(EventSeen):
    """Persons have left."""

    case_id: UUID
    on: date
    persons: list[PersonSeen]


class CaseMergedSeen(EventSeen):
    """Persons go on in another file of their family."""

    case_id: UUID
    merged_case_id: UUID
    persons: list[PersonSeen]
    published_under: UUID | None = None


class CaseSplitSeen(EventSeen):
    """Persons go on in a case of their own."""

    case_id: UUID
    new_case_id: UUID
    on: date | None = None
    persons: list[PersonSeen]
    published_under: UUID | None = None


class ConsentGivenSeen(EventSeen):
    """Somebody allowed recipients to be told."""

    consent_id: UUID
    case_id: UUID
    person_ref: str
    recipients: list[UUID]
    purposes: list[str]
    valid_until: date | None = None


class ConsentWithdrawnSeen(EventSeen):
    """Somebody took a consent back."""

    consent_id: UUID
    case_id: UUID


class DisclosureApprovedSeen(EventSeen):
    """A package for one recipient may be read."""

    disclosure_id: UUID
    case_id: UUID
    recipient_id: UUID
    purpose: str
    basis: str
    answer_by: date
    destroy_by: date
    expires_at: datetime | date
    person_refs: list[str]


class DisclosureMadeSeen(EventSeen):
    """A package was read."""

    disclosure_id: UUID
    case_id: UUID
    recipient_id: UUID
    data_classes: list[str]
    person_refs: list[str] = Field(default_factory=list)


class DisclosureAnsweredSeen(EventSeen):
    """A recipient has answered about everybody in a package."""

    disclosure_id: UUID
    occurred_at: datetime


class DisclosureRecalledSeen(EventSeen):
    """A package was taken back, for everybody or for these persons."""

    disclosure_id: UUID
    case_id: UUID
    recipient_id: UUID
    person_refs: list[str] | None = None


class BasisApprovedSeen(EventSeen):
    """A legal basis for telling a recipient something for a purpose."""

    basis_id: UUID
    programme_id: UUID
    recipient_id: UUID
    purpose: str
    basis: str
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


class FreezeSeen(EventSeen):
    """Disclosures of a case are stopped, or go on."""

    case_id: UUID


class ItinerarySeen(EventSeen):
    """A journey has a date."""

    case_id: UUID
    travel_on: date
    destination: str
    party_size: int
    person_refs: list[str]


class DidNotBoardSeen(EventSeen):
    """Persons did not take the journey that was booked."""

    case_id: UUID
    person_refs: list[str]


class PaymentSettledSeen(EventSeen):
    """Money reached its payee."""

    payment_id: UUID
    case_id: UUID
    line_id: str
    phase: str
    amount_minor: int
    currency: str
    on: date


class MessageNotAppliedSeen(EventSeen):
    """A message came at a state that does not allow it."""

    message_id: UUID
    case_id: UUID
    reason_code: str

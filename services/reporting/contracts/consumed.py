"""What reporting reads in other services' events: only these fields, tolerant of everything else."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from shared.events.contract import EventSeen


class PersonSeen(EventSeen):
    """One person in a fact."""

    person_ref: str
    relation: str = "main_applicant"
    sex: int = 0
    age_band: str = "unknown"
    citizenship: str = "XXX"
    unaccompanied: bool = False


class TravellerSeen(PersonSeen):
    """One person in a travel fact."""

    travelled: bool


class CaseOpenedSeen(EventSeen):
    """A case was opened."""

    case_id: UUID
    case_kind: str
    programme_id: UUID
    partnership_id: UUID | None = None
    host: str | None = None
    destination: str
    opened_on: date
    persons: list[PersonSeen]


class PersonAddedSeen(EventSeen):
    """A person joined a case."""

    case_id: UUID
    person: PersonSeen


class CaseStageSeen(EventSeen):
    """A case reached a stage on a day."""

    case_id: UUID
    on: date


class CaseCancelledSeen(CaseStageSeen):
    """A case ended, or its people left by themselves, without assistance."""

    outcome: str = "cancelled"


class CaseTravelSeen(EventSeen):
    """A departure or an arrival, with who travelled."""

    case_id: UUID
    on: date
    destination: str | None = None
    persons: list[TravellerSeen]


class CaseFactCorrectedSeen(EventSeen):
    """A recorded fact was wrong."""

    case_id: UUID
    fact: str


class CaseMergedSeen(EventSeen):
    """Persons went on in another file; published under both keys."""

    case_id: UUID
    merged_case_id: UUID
    on: date
    persons: list[PersonSeen]
    published_under: UUID


class CaseSplitSeen(EventSeen):
    """Persons went on in a new case; published under both keys."""

    case_id: UUID
    new_case_id: UUID
    on: date
    persons: list[PersonSeen]
    published_under: UUID
    case_kind: str | None = None
    programme_id: UUID | None = None
    partnership_id: UUID | None = None
    host: str | None = None
    destination: str | None = None


class FundsReservedSeen(EventSeen):
    """The money of a case was set aside; what comes on top of it later is no stage."""

    case_id: UUID
    occurred_at: datetime
    on_top: bool = False


class PlanOpenedSeen(EventSeen):
    """A reintegration file was opened."""

    case_id: UUID
    occurred_at: datetime


class PlanActivatedSeen(EventSeen):
    """A plan became active."""

    case_id: UUID
    on: date


class PaymentSettledSeen(EventSeen):
    """Money reached its payee."""

    payment_id: UUID
    case_id: UUID
    line_id: str
    phase: str
    budget_id: UUID | None = None
    amount_minor: int
    currency: str
    on: date


class PaymentReversedSeen(EventSeen):
    """A settled payment came back."""

    payment_id: UUID
    case_id: UUID


class SurveyCompletedSeen(EventSeen):
    """A survey was scored; scores are decimal strings or numbers between 0 and 1."""

    survey_id: UUID
    case_id: UUID
    person_ref: str
    wave: str
    model_version: str
    scores: dict[str, str | float | None]
    on: date


class PartyInPartnershipSeen(EventSeen):
    """A party of a partnership."""

    code: str


class PartnershipSignedSeen(EventSeen):
    """A partnership was signed."""

    partnership_id: UUID
    signed_on: date
    parties: list[PartyInPartnershipSeen]


class PartnershipStatusChangedSeen(EventSeen):
    """A partnership changed its status."""

    partnership_id: UUID
    status: str


class CommitmentSeen(EventSeen):
    """A step of a commitment, with the day of the step."""

    commitment_id: UUID
    partnership_id: UUID
    owner_side: str
    due_on: date
    on: date


class CommitmentSettledSeen(CommitmentSeen):
    """A commitment was confirmed or let go."""

    outcome: str
    reported_on: date | None = None


class ComponentStatusChangedSeen(EventSeen):
    """A component changed its status."""

    component_id: UUID
    partnership_id: UUID
    component_type: str
    status: str
    on: date


class ActivityReportedSeen(EventSeen):
    """Something was done under a component, or its report was corrected."""

    activity_id: UUID
    partnership_id: UUID
    component_type: str
    activity_type: str
    participants_count: int = 0
    spent_minor: int | None = None
    currency: str | None = None
    withdrawn: bool = False


class RoundHeldSeen(EventSeen):
    """The sides met."""

    round_id: UUID
    partnership_id: UUID
    round_level: str
    on: date


class DeliveryMadeSeen(EventSeen):
    """A recipient accepted a webhook."""

    delivery_id: UUID
    case_id: UUID
    recipient_id: UUID
    payload_type: str

"""What returns reads in other services' events: only these fields."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.events.contract import EventSeen


class RulesPublishedSeen(EventSeen):
    """A programme's rules are published: from now on cases of it can be opened."""

    programme_id: UUID
    partnership_id: UUID | None = None
    component_id: UUID | None = None
    host: str
    destinations: list[str]
    case_kinds: list[str]
    version: int
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    table: dict[str, Any] = Field(default_factory=dict)


class ProgrammeClosedSeen(EventSeen):
    """A programme takes no new cases."""

    programme_id: UUID


class ComponentStatusChangedSeen(EventSeen):
    """A component of a partnership changed; suspending one stops new cases only."""

    component_id: UUID
    partnership_id: UUID
    component_type: str
    status: str


class QuotedPersonSeen(EventSeen):
    """A person of the quoted composition."""

    person_ref: str
    assisted_count: int | None = None


class MoneySeen(EventSeen):
    """An amount."""

    amount_minor: int
    currency: str


class QuotedSeen(EventSeen):
    """A calculation of assistance for a composition."""

    quote_id: UUID
    case_id: UUID | None = None
    programme_id: UUID
    rule_version: int
    composition: list[QuotedPersonSeen]
    lines: list[dict[str, Any]]
    total: MoneySeen
    valid_until: date | datetime
    eligibility: str | None = None
    counted_elsewhere_minor: int | None = None


class RecipientEnrolledSeen(EventSeen):
    """An agency that may be told something on a case."""

    agency_id: UUID
    kind: str
    country: str
    roles: list[str]


class PartnerEnrolledSeen(EventSeen):
    """A reintegration partner."""

    partner_id: UUID
    kind: str
    countries: list[str]


class AgencySuspendedSeen(EventSeen):
    """An agency that may be told nothing."""

    agency_id: UUID


class PartnerSuspendedSeen(EventSeen):
    """A reintegration partner that may be told nothing."""

    partner_id: UUID


class FundsAnsweredSeen(EventSeen):
    """Reintegration answered about the money of a case."""

    case_id: UUID
    reservation_id: UUID | None = None
    partial: bool = False
    on_top: bool = False
    answers_grant: bool = True


class PlanOpenedSeen(EventSeen):
    """A reintegration file exists."""

    plan_id: UUID
    case_id: UUID


class PlanTransferredSeen(EventSeen):
    """Another partner accompanies the family."""

    plan_id: UUID
    case_id: UUID
    partner_id: UUID
    from_partner_id: UUID


class ClauseSeen(EventSeen):
    """One clause of an agreement."""

    clause_id: UUID
    code: str
    data_clause: bool = False
    reply_days: int | None = None
    longest_reply_days: int | None = None
    deemed_agreement: bool = False
    deemed_for: list[str] = Field(default_factory=list)
    document_types: list[str] = Field(default_factory=list)
    announce_days: int | None = None
    transfer_within_days: int | None = None
    document_validity_days: int | None = None
    recipient_kinds: list[str] = Field(default_factory=list)
    competent_authorities: list[UUID] = Field(default_factory=list)
    third_country_nationals: bool = False


class AgreementPublishedSeen(EventSeen):
    """Clauses are in force."""

    agreement_id: UUID
    partnership_id: UUID
    valid_from: date
    valid_to: date | None = None
    clauses: list[ClauseSeen]


class AgencyMessageSeen(EventSeen):
    """An agency said something coded about a case."""

    message_id: UUID
    sender_id: UUID
    message_type: str
    case_id: UUID
    person_refs: list[str] = Field(default_factory=list)
    facts: dict[str, str] = Field(default_factory=dict)


class EncryptionKeySeen(EventSeen):
    """A public key to which a recipient wants its packages encrypted."""

    key_id: UUID
    public_key: str
    valid_until: datetime | None = None


class RecipientKeysSeen(EventSeen):
    """All of them, newest first."""

    recipient_id: UUID
    encryption_keys: list[EncryptionKeySeen]


class PaymentSettledSeen(EventSeen):
    """Money reached its payee."""

    payment_id: UUID
    case_id: UUID
    line_id: str
    amount_minor: int
    currency: str
    on: date


class PaymentFailedSeen(EventSeen):
    """A payment was stopped, or came back and is tried again until a day."""

    payment_id: UUID
    case_id: UUID
    line_id: str
    retry_by: date | None = None


class MeasureHeldSeen(EventSeen):
    """A measure waits for another provider."""

    measure_id: UUID
    case_id: UUID
    replace_by: date
    person_ref: str | None = None


class MeasureHoldLiftedSeen(EventSeen):
    """A measure goes on."""

    measure_id: UUID


class PaymentReversedSeen(EventSeen):
    """Money that was paid came back."""

    payment_id: UUID
    amount_minor: int


class AdvisoryPublishedSeen(EventSeen):
    """A warning about a corridor holds."""

    advisory_id: UUID
    country: str
    region: str | None = None
    route: str | None = None
    groups: list[str] = Field(default_factory=list)
    effect: str
    source_kind: str | None = None
    source: str | None = None
    valid_from: date
    valid_to: date | None = None


class AdvisoryLiftedSeen(EventSeen):
    """A warning about a corridor no longer holds."""

    advisory_id: UUID
    country: str
    region: str | None = None
    route: str | None = None
    groups: list[str] = Field(default_factory=list)
    effect: str
    on: date

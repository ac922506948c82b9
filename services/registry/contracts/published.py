"""The events this service owns: partnerships, rules, enrolments, and what went out and came in. No personal data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.contracts.partnership_events import PARTNERSHIP_EVENTS
from services.registry.contracts.recipient_events import RECIPIENT_EVENTS
from shared.events.contract import EventContract


class Part(BaseModel):
    """Base of the parts of events: closed and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Party(Part):
    """A party of a partnership and its roles in it."""

    code: str
    kind: str
    roles: list[str]
    side: str | None = None


class Clause(Part):
    """One clause of an agreement, as data that steers clocks and disclosures."""

    clause_id: UUID
    code: str
    reply_days: int | None = None
    longest_reply_days: int | None = None
    deemed_agreement: bool = False
    deemed_for: list[str] = []
    announce_days: int | None = None
    transfer_within_days: int | None = None
    document_types: list[str] = []
    document_validity_days: int | None = None
    proof: list[str] = []
    prima_facie_evidence: list[str] = []
    third_country_nationals: bool = False
    transit_allowed: bool = False
    competent_authorities: list[UUID] = []
    costs_borne_by: str | None = None
    joint_committee: bool = False
    data_clause: bool = False
    recipient_kinds: list[str] = []


class QuotedPersonFact(Part):
    """A person of a quoted composition."""

    person_ref: str
    relation: str
    minor: bool
    assisted_count: int | None = Field(
        default=None, description="How often earlier help was counted; null when the rules do not ask or nobody looked."
    )


class QuotedLine(Part):
    """One line of a calculation; its explanation stays here."""

    line_id: str
    phase: str
    code: str
    amount_minor: int
    currency: str
    rule: str
    person_ref: str | None = None


class Total(Part):
    """A sum in minor units."""

    amount_minor: int
    currency: str


PARTY: dict[str, Any] = {"code": "CHE", "kind": "country", "roles": ["destination"]}


class PartnershipSignedV1(EventContract):
    """A partnership was signed."""

    event_type: ClassVar[str] = "registry.partnership.signed.v1"
    key_field: ClassVar[str] = "partnership_id"
    example: ClassVar[dict[str, Any]] = {
        "partnership_id": "0199c0de-0000-7000-8000-000000000001",
        "parties": [PARTY],
        "legal_form": "memorandum",
        "signed_on": "2026-03-02",
    }

    partnership_id: UUID
    parties: list[Party]
    legal_form: str
    signed_on: date


class PartnershipStatusChangedV1(EventContract):
    """A partnership moved on."""

    event_type: ClassVar[str] = "registry.partnership.status-changed.v1"
    key_field: ClassVar[str] = "partnership_id"
    example: ClassVar[dict[str, Any]] = {
        "partnership_id": "0199c0de-0000-7000-8000-000000000001",
        "status_before": "signed",
        "status": "in_force",
        "on": "2026-03-02",
    }

    partnership_id: UUID
    status_before: str
    status: str
    on: date


class ComponentStatusChangedV1(EventContract):
    """A component moved on; suspending one stops new cases only."""

    event_type: ClassVar[str] = "registry.component.status-changed.v1"
    key_field: ClassVar[str] = "component_id"
    example: ClassVar[dict[str, Any]] = {
        "component_id": "0199c0de-0000-7000-8000-000000000002",
        "partnership_id": "0199c0de-0000-7000-8000-000000000001",
        "component_type": "voluntary_return",
        "status_before": "agreed",
        "status": "in_force",
        "on": "2026-03-02",
    }

    component_id: UUID
    partnership_id: UUID
    component_type: str
    status_before: str
    status: str
    on: date


class AgreementPublishedV1(EventContract):
    """Clauses are in force: clocks and disclosures follow them."""

    event_type: ClassVar[str] = "registry.agreement.published.v1"
    key_field: ClassVar[str] = "agreement_id"
    example: ClassVar[dict[str, Any]] = {
        "agreement_id": "0199c0de-0000-7000-8000-000000000003",
        "partnership_id": "0199c0de-0000-7000-8000-000000000001",
        "version": 1,
        "valid_from": "2026-03-02",
        "valid_to": None,
        "clauses": [{"clause_id": "0199c0de-0000-7000-8000-000000000004", "code": "identity_reply", "reply_days": 25}],
    }

    agreement_id: UUID
    partnership_id: UUID
    version: int
    valid_from: date
    valid_to: date | None
    clauses: list[Clause]


class ProgrammeRulesPublishedV1(EventContract):
    """A version of a programme's rules is in force."""

    event_type: ClassVar[str] = "registry.programme.rules-published.v1"
    key_field: ClassVar[str] = "programme_id"
    example: ClassVar[dict[str, Any]] = {
        "programme_id": "0199c0de-0000-7000-8000-000000000005",
        "partnership_id": "0199c0de-0000-7000-8000-000000000001",
        "component_id": "0199c0de-0000-7000-8000-000000000002",
        "host": "CHE",
        "destinations": ["GEO"],
        "case_kinds": ["avrr"],
        "version": 1,
        "valid_from": "2026-03-02",
        "valid_to": None,
        "table": {},
        "source": "AsylV 2 Art. 74",
        "currency": "CHF",
    }

    programme_id: UUID
    partnership_id: UUID | None
    component_id: UUID | None
    host: str
    destinations: list[str]
    case_kinds: list[str]
    version: int
    valid_from: date
    valid_to: date | None
    table: dict[str, Any]
    source: str
    currency: str


class ProgrammeQuotedV1(EventContract):
    """Assistance was calculated for a composition; keyed by the case, else by the quote."""

    event_type: ClassVar[str] = "registry.programme.quoted.v1"
    example: ClassVar[dict[str, Any]] = {
        "quote_id": "0199c0de-0000-7000-8000-000000000006",
        "case_id": "0199c0de-0000-7000-8000-000000000007",
        "programme_id": "0199c0de-0000-7000-8000-000000000005",
        "rule_version": 1,
        "composition": [{"person_ref": "person_1", "relation": "main_applicant", "minor": False}],
        "lines": [],
        "total": {"amount_minor": 0, "currency": "CHF"},
        "valid_until": "2026-03-02",
    }

    quote_id: UUID
    case_id: UUID | None
    programme_id: UUID
    rule_version: int
    composition: list[QuotedPersonFact]
    lines: list[QuotedLine]
    total: Total
    valid_until: date
    eligibility: Literal["eligible", "limited", "open", "not_eligible"] | None = None
    counted_elsewhere_minor: int | None = Field(
        default=None, description="Granted to the same family in other files, as far as a cap of the file counted it."
    )

    @property
    def key(self) -> str:
        """The case, if it was for one."""
        return str(self.case_id or self.quote_id)


class ProgrammeClosedV1(EventContract):
    """A programme takes no new cases."""

    event_type: ClassVar[str] = "registry.programme.closed.v1"
    key_field: ClassVar[str] = "programme_id"
    example: ClassVar[dict[str, Any]] = {
        "programme_id": "0199c0de-0000-7000-8000-000000000005",
        "on": "2026-03-02",
    }

    programme_id: UUID
    on: date


class AgencyEnrolledV1(EventContract):
    """An agency takes part."""

    event_type: ClassVar[str] = "registry.agency.enrolled.v1"
    key_field: ClassVar[str] = "agency_id"
    example: ClassVar[dict[str, Any]] = {
        "agency_id": "0199c0de-0000-7000-8000-000000000008",
        "kind": "consulate",
        "country": "GEO",
        "roles": ["identity_verification"],
    }

    agency_id: UUID
    kind: str
    country: str
    roles: list[str]


class PartnerEnrolledV1(EventContract):
    """A reintegration partner takes part."""

    event_type: ClassVar[str] = "registry.partner.enrolled.v1"
    key_field: ClassVar[str] = "partner_id"
    example: ClassVar[dict[str, Any]] = {
        "partner_id": "0199c0de-0000-7000-8000-000000000009",
        "kind": "contracted_partner",
        "countries": ["GEO"],
    }

    partner_id: UUID
    kind: str
    countries: list[str]


class AgencyMessageReceivedV1(EventContract):
    """An agency said something coded about a case."""

    event_type: ClassVar[str] = "registry.agency-message.received.v1"
    example: ClassVar[dict[str, Any]] = {
        "message_id": "0199c0de-0000-7000-8000-000000000010",
        "sender_id": "0199c0de-0000-7000-8000-000000000009",
        "sender_kind": "contracted_partner",
        "message_type": "arrival.confirmed",
        "case_id": "0199c0de-0000-7000-8000-000000000007",
        "person_refs": [],
        "facts": {"arrived_on": "2026-03-09"},
        "received_at": "2026-03-09T10:00:00Z",
        "in_reply_to": None,
    }

    message_id: UUID
    sender_id: UUID
    sender_kind: str
    message_type: str
    case_id: UUID
    person_refs: list[str]
    facts: dict[str, str]
    received_at: datetime
    in_reply_to: str | None


class DeliveryMadeV1(EventContract):
    """A recipient accepted a webhook."""

    event_type: ClassVar[str] = "registry.delivery.made.v1"
    example: ClassVar[dict[str, Any]] = {
        "delivery_id": "0199c0de-0000-7000-8000-000000000011",
        "case_id": "0199c0de-0000-7000-8000-000000000007",
        "recipient_id": "0199c0de-0000-7000-8000-000000000009",
        "payload_type": "departed",
        "sequence": 1,
    }

    delivery_id: UUID
    case_id: UUID
    recipient_id: UUID
    payload_type: str
    sequence: int


class RequestEndedV1(EventContract):
    """A recipient was told that a request is over; the same in every case."""

    event_type: ClassVar[str] = "registry.request.ended.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": "0199c0de-0000-7000-8000-000000000007",
        "recipient_id": "0199c0de-0000-7000-8000-000000000008",
        "destroy_by": "2026-03-02",
        "person_refs": None,
    }

    case_id: UUID
    recipient_id: UUID
    destroy_by: date
    person_refs: list[str] | None = Field(default=None, description="For whom it is over; null: for everybody.")


class WebhookEndpointDisabledV1(EventContract):
    """An endpoint gets nothing any more."""

    event_type: ClassVar[str] = "registry.webhook-endpoint.disabled.v1"
    key_field: ClassVar[str] = "endpoint_id"
    example: ClassVar[dict[str, Any]] = {
        "endpoint_id": "0199c0de-0000-7000-8000-000000000012",
        "owner_id": "0199c0de-0000-7000-8000-000000000008",
        "reason_code": "gone",
    }

    endpoint_id: UUID
    owner_id: UUID
    reason_code: str


PUBLISHED: tuple[type[EventContract], ...] = (
    PartnershipSignedV1,
    PartnershipStatusChangedV1,
    ComponentStatusChangedV1,
    AgreementPublishedV1,
    ProgrammeRulesPublishedV1,
    ProgrammeQuotedV1,
    ProgrammeClosedV1,
    AgencyEnrolledV1,
    PartnerEnrolledV1,
    AgencyMessageReceivedV1,
    DeliveryMadeV1,
    RequestEndedV1,
    WebhookEndpointDisabledV1,
    *PARTNERSHIP_EVENTS,
    *RECIPIENT_EVENTS,
)

"""The disclosure events this service owns: what was allowed, made, recalled; never a value."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from services.returns.contracts.published import CASE, PERSON
from services.returns.contracts.published_bases import PUBLISHED as BASES
from shared.events.contract import EventContract

REFS = [PERSON["person_ref"]]


class DisclosureApprovedV1(EventContract):
    """A package for one recipient may be read."""

    event_type: ClassVar[str] = "returns.disclosure.approved.v1"
    example: ClassVar[dict[str, Any]] = {
        "disclosure_id": "0199c0de-0000-7000-8000-000000000020",
        "case_id": CASE,
        "recipient_id": "0199c0de-0000-7000-8000-000000000008",
        "purpose": "identity_verification",
        "basis": "binding_instrument",
        "answer_by": "2026-03-20",
        "destroy_by": "2026-06-01",
        "expires_at": "2026-03-16",
        "person_refs": REFS,
    }

    disclosure_id: UUID
    case_id: UUID
    recipient_id: UUID
    purpose: str
    basis: str
    answer_by: date
    destroy_by: date
    expires_at: date
    person_refs: list[str]


class DisclosureMadeV1(EventContract):
    """A recipient read a package."""

    event_type: ClassVar[str] = "returns.disclosure.made.v1"
    example: ClassVar[dict[str, Any]] = {
        "disclosure_id": "0199c0de-0000-7000-8000-000000000020",
        "case_id": CASE,
        "recipient_id": "0199c0de-0000-7000-8000-000000000008",
        "data_classes": ["identity"],
        "person_refs": REFS,
    }

    disclosure_id: UUID
    case_id: UUID
    recipient_id: UUID
    data_classes: list[str]
    person_refs: list[str]


class DisclosureAnsweredV1(EventContract):
    """A recipient has answered about everybody in a package; what it answered stays here."""

    event_type: ClassVar[str] = "returns.disclosure.answered.v1"
    example: ClassVar[dict[str, Any]] = {
        "disclosure_id": "0199c0de-0000-7000-8000-000000000020",
        "case_id": CASE,
        "recipient_id": "0199c0de-0000-7000-8000-000000000008",
        "on": "2026-03-02",
    }

    disclosure_id: UUID
    case_id: UUID
    recipient_id: UUID
    on: date


class DisclosureRecalledV1(EventContract):
    """A package was taken back, for everybody or for these persons."""

    event_type: ClassVar[str] = "returns.disclosure.recalled.v1"
    example: ClassVar[dict[str, Any]] = {
        "disclosure_id": "0199c0de-0000-7000-8000-000000000020",
        "case_id": CASE,
        "recipient_id": "0199c0de-0000-7000-8000-000000000008",
        "person_refs": None,
    }

    disclosure_id: UUID
    case_id: UUID
    recipient_id: UUID
    person_refs: list[str] | None = Field(default=None, description="Who left the package; null: everybody.")


class CaseDisclosureFrozenV1(EventContract):
    """Nothing of this case leaves any more; no reason is told."""

    event_type: ClassVar[str] = "returns.case.disclosure-frozen.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
    }

    case_id: UUID
    on: date


class CaseDisclosureReleasedV1(EventContract):
    """Disclosures of this case may go on."""

    event_type: ClassVar[str] = "returns.case.disclosure-released.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "on": "2026-03-02",
    }

    case_id: UUID
    on: date


class AgencyMessageNotAppliedV1(EventContract):
    """A message came at a state that does not allow it."""

    event_type: ClassVar[str] = "returns.agency-message.not-applied.v1"
    example: ClassVar[dict[str, Any]] = {
        "message_id": "0199c0de-0000-7000-8000-000000000022",
        "case_id": CASE,
        "sender_id": "0199c0de-0000-7000-8000-000000000009",
        "message_type": "arrival.confirmed",
        "state": "READY",
        "reason_code": "transition-not-allowed",
    }

    message_id: UUID
    case_id: UUID
    sender_id: UUID
    message_type: str
    state: str
    reason_code: str


PUBLISHED: tuple[type[EventContract], ...] = (
    DisclosureApprovedV1,
    DisclosureMadeV1,
    DisclosureAnsweredV1,
    DisclosureRecalledV1,
    CaseDisclosureFrozenV1,
    CaseDisclosureReleasedV1,
    AgencyMessageNotAppliedV1,
    *BASES,
)

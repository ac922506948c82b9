"""The events about legal bases of disclosures: for which recipient and purpose one holds, and that it has ended."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from shared.events.contract import EventContract

BASIS = "0199c0de-0000-7000-8000-000000000024"
PROGRAMME = "0199c0de-0000-7000-8000-000000000003"
RECIPIENT = "0199c0de-0000-7000-8000-000000000008"


class DisclosureBasisApprovedV1(EventContract):
    """From its first to its last day a recipient may be told something for a purpose, where people consent too."""

    event_type: ClassVar[str] = "returns.disclosure-basis.approved.v1"
    key_field: ClassVar[str] = "basis_id"
    example: ClassVar[dict[str, Any]] = {
        "basis_id": BASIS,
        "programme_id": PROGRAMME,
        "recipient_id": RECIPIENT,
        "purpose": "reintegration",
        "basis": "processing_contract",
        "only_case_id": None,
        "valid_from": "2026-01-01",
        "valid_to": None,
    }

    basis_id: UUID
    programme_id: UUID
    recipient_id: UUID
    purpose: str
    basis: str
    only_case_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None


class DisclosureBasisEndedV1(EventContract):
    """A legal basis is over before its last day, or had none; why stays here."""

    event_type: ClassVar[str] = "returns.disclosure-basis.ended.v1"
    key_field: ClassVar[str] = "basis_id"
    example: ClassVar[dict[str, Any]] = {
        "basis_id": BASIS,
        "programme_id": PROGRAMME,
        "recipient_id": RECIPIENT,
        "purpose": "reintegration",
        "on": "2026-03-02",
    }

    basis_id: UUID
    programme_id: UUID
    recipient_id: UUID
    purpose: str
    on: date


PUBLISHED: tuple[type[EventContract], ...] = (DisclosureBasisApprovedV1, DisclosureBasisEndedV1)

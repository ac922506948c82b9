"""Events about travel documents: who is asked, and that there is an answer; never a number, never why not."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.returns.contracts.published import CASE, PERSON
from shared.events.contract import EventContract

REQUEST: dict[str, Any] = {
    "case_id": CASE,
    "request_id": "0199c0de-0000-7000-8000-000000000030",
    "recipient_id": "0199c0de-0000-7000-8000-000000000009",
    "person_ref": PERSON["person_ref"],
    "on": "2026-03-02",
}


class TravelDocumentRequestedV1(EventContract):
    """A consulate was asked for a travel document."""

    event_type: ClassVar[str] = "returns.travel-document.requested.v1"
    example: ClassVar[dict[str, Any]] = {**REQUEST, "answer_by": "2026-03-20"}

    case_id: UUID
    request_id: UUID
    recipient_id: UUID
    person_ref: str
    on: date
    answer_by: date


class TravelDocumentIssuedV1(EventContract):
    """A travel document that was asked for is there."""

    event_type: ClassVar[str] = "returns.travel-document.issued.v1"
    example: ClassVar[dict[str, Any]] = {**REQUEST, "requested_on": "2026-02-10"}

    case_id: UUID
    request_id: UUID
    recipient_id: UUID
    person_ref: str
    on: date
    requested_on: date


class TravelDocumentNotIssuedV1(EventContract):
    """The consulate answered, and there is no document."""

    event_type: ClassVar[str] = "returns.travel-document.not-issued.v1"
    example: ClassVar[dict[str, Any]] = {**REQUEST, "requested_on": "2026-02-10", "outcome": "refused"}

    case_id: UUID
    request_id: UUID
    recipient_id: UUID
    person_ref: str
    on: date
    requested_on: date
    outcome: Literal["refused", "not_confirmed", "not_national"] = Field(
        description="Refused, identity not confirmed, or not a national of that state."
    )


PUBLISHED: tuple[type[EventContract], ...] = (
    TravelDocumentRequestedV1,
    TravelDocumentIssuedV1,
    TravelDocumentNotIssuedV1,
)

"""The CloudEvents 1.0 envelope in structured JSON: the same bytes in outbox, log, parked events and replays."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.events.contract import EventContract


class UnreadableEnvelope(Exception):
    """The bytes are not an envelope of ours; they can only be parked."""


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with a Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Envelope(BaseModel):
    """One event as it travels; `subject` is the key, `sequence` counts gaplessly per key."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    dataschema: str | None = None
    sequence: str
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    data: dict[str, Any]

    @property
    def number(self) -> int:
        """The gapless sequence number per key (CloudEvents carries it as a string)."""
        return int(self.sequence)

    @classmethod
    def parse(cls, value: bytes) -> Envelope:
        """Read an envelope; raises UnreadableEnvelope, whose text names fields only."""
        try:
            return cls.model_validate_json(value)
        except ValidationError as error:
            fields = sorted({".".join(str(part) for part in item["loc"][:1]) for item in error.errors()})
            raise UnreadableEnvelope(f"not an envelope: {', '.join(fields) or 'not JSON'}") from None


def seal_event(
    event: EventContract,
    *,
    event_id: UUID,
    sequence: int,
    correlation_id: str,
    causation_id: str | None,
    traceparent: str | None,
    time: datetime,
) -> bytes:
    """The bytes of one event, made once at append and never again."""
    service = event.topic()
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"/wayhome/{service}",
        "type": event.event_type,
        "subject": event.key,
        "time": instant(time),
        "datacontenttype": "application/json",
        "dataschema": f"urn:wayhome:schema:{event.event_type}",
        "sequence": str(sequence),
        "correlationid": correlation_id,
        "data": event.data(),
    }
    if causation_id is not None:
        envelope["causationid"] = causation_id
    if traceparent is not None:
        envelope["traceparent"] = traceparent
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()

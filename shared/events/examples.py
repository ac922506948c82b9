"""The golden example of an event as it would travel: the committed data in the real envelope, always the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from shared.events.contract import EventContract
from shared.events.envelope import seal_event

HAPPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def sealed_example(contract: type[EventContract]) -> bytes:
    """The bytes of the example event; id, trace and instant are made up and fixed."""
    event = contract.model_validate(contract.example).stamped(occurred_at=HAPPENED, actor_role="caseworker")
    event_id = uuid5(NAMESPACE_URL, f"urn:wayhome:example:{contract.event_type}")
    return seal_event(
        event,
        event_id=event_id,
        sequence=1,
        correlation_id=str(uuid5(event_id, "correlation")),
        causation_id=str(uuid5(event_id, "causation")),
        traceparent=TRACE,
        time=HAPPENED,
    )

"""Which events a service reacts to, with which narrow model and which handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.events.contract import EventSeen


@dataclass(frozen=True)
class Subscription:
    """One incoming event type; the handler is `async (seen, *, uow) -> None` and runs inside one unit of work."""

    event_type: str
    model: type[EventSeen]
    handler: Callable[..., Any]

"""What an event class is: the producer's frozen contract and the consumer's tolerant copy."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field


class EventContract(BaseModel):
    """A fact as its owning service publishes it; grows additively only.

    `occurred_at` and `actor_role` are stamped by the unit of work when the fact is published.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_type: ClassVar[str] = ""
    key_field: ClassVar[str] = "case_id"
    example: ClassVar[dict[str, Any]] = {}

    occurred_at: datetime | None = Field(default=None, description="Instant of the command that made it a fact, UTC.")
    actor_role: str | None = Field(default=None, description="Role in which somebody acted, or 'system'.")

    @property
    def key(self) -> str:
        """The event key: everything with one key is published and consumed in order."""
        return str(getattr(self, self.key_field))

    def stamped(self, *, occurred_at: datetime, actor_role: str) -> Self:
        """The same fact with instant and role filled in."""
        return self.model_copy(update={"occurred_at": occurred_at, "actor_role": actor_role})

    def data(self) -> dict[str, Any]:
        """The JSON-ready payload."""
        return self.model_dump(mode="json")

    @classmethod
    def topic(cls) -> str:
        """The topic of the owning service."""
        return cls.event_type.split(".", 1)[0]


class EventSeen(BaseModel):
    """A consumer's own narrow copy of somebody else's event: only the fields it needs, tolerant of the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore")

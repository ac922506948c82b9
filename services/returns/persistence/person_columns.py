"""Columns of a person in a case: what is not known yet, who comes of age, how it is known that the person arrived."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, text
from sqlmodel import Field, SQLModel


class OpenQuestions(SQLModel):
    """What is missing is said, with the day from which somebody waits for it."""

    papers: str = Field(default="not_stated", sa_column_kwargs={"server_default": "not_stated"})
    provisional_since: date | None = None
    provisional_until: date | None = None
    provisional_overdue_on: date | None = None
    index_scheme: str | None = None
    duplicates_searched_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ComingOfAge(SQLModel):
    """What others were told of somebody's coming of age, and from when the rest is told; never the day itself."""

    adult_told_from: date | None = Field(default=None, index=True)
    own_consent_told: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class Arrival(SQLModel):
    """When this person arrived and how that is known, empty for whoever has not, and for earlier arrivals; and when
    somebody died there. Who died before the departure is not travelling."""

    arrived_on: date | None = None
    arrival_evidence: str | None = None
    arrival_message_id: UUID | None = None
    deceased_on: date | None = None

    def not_arrived(self) -> None:
        """Nothing says any more that the person arrived."""
        self.arrived_on = self.arrival_evidence = self.arrival_message_id = None

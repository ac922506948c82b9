"""What the two sides of a partnership say and owe: interests, commitments, views, activities; and advisories.

Nothing here is about a person who returns. What a side says in confidence is sealed under the service's own key.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column, sealed


class InterestRow(RegistryTable, Row, table=True):
    """An interest of one side; the other sees it only once it is released."""

    __tablename__ = "interest"

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    side: str
    component_type: str | None = None
    priority: str
    red_line: bool = False
    sealed_statement: bytes = sealed()
    released_on: date | None = None


class CommitmentRow(RegistryTable, Row, table=True):
    """What one side owes the other; `steps` is its whole history, oldest first."""

    __tablename__ = "commitment"
    __table_args__ = (Index("ix_commitment_falling_due", "due_on", postgresql_where=text("status = 'agreed'")),)

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    counter_to: UUID | None = Field(default=None, foreign_key="commitment.id")
    title: str
    indicator: str
    owner_side: str
    proposed_by: str
    department: str | None = None
    due_on: date
    status: str = "proposed"
    steps: list[dict[str, Any]] = json_column(default_factory=list)
    reported_on: date | None = None
    reminded_on: date | None = None


class SideViewRow(RegistryTable, Row, table=True):
    """How one side sees a component on a day; earlier views stay."""

    __tablename__ = "side_view"

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    component_id: UUID = Field(foreign_key="component.id", index=True)
    side: str
    standing: str
    remark: str | None = None
    stated_on: date


class ActivityRow(RegistryTable, Row, table=True):
    """Something done under a component, with the typed facts of its kind; participants are counts."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_offer", "offer_until", postgresql_where=text("activity_type = 'legal_channel'")),
    )

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    component_id: UUID = Field(foreign_key="component.id", index=True)
    activity_type: str
    title: str
    reported_by: str
    countries: list[str] = json_column(default_factory=list)
    place: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    lead: str
    taking_part: list[str] = json_column(default_factory=list)
    participants: list[dict[str, Any]] = json_column(default_factory=list)
    outputs: list[str] = json_column(default_factory=list)
    spent_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = None
    evidence: list[dict[str, Any]] = json_column(default_factory=list)
    evaluation: str | None = None
    source: str
    facts: dict[str, Any] = json_column(default_factory=dict)
    offer_from: date | None = None
    offer_until: date | None = None
    withdrawn_on: date | None = None


class AdvisoryRow(RegistryTable, Row, table=True):
    """A warning about a corridor: drafted by one person, published by another, lifted by two."""

    __tablename__ = "corridor_advisory"

    country: str = Field(index=True)
    region: str | None = None
    route: str | None = None
    groups: list[str] = json_column(default_factory=list)
    effect: str
    source_kind: str
    source: str
    valid_from: date
    valid_to: date | None = None
    status: str = "draft"
    author: str
    published_by: str | None = None
    lifting_asked_by: str | None = None
    lifted_by: str | None = None
    lifted_on: date | None = None

"""Erasures that were asked for, what holds one up, and the traces that say only that somebody was helped before."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, json_column


class ErasureRow(ReturnsTable, Row, table=True):
    """One person's erasure: asked for, carried out when nothing stands before it, and what the person was told."""

    __tablename__ = "erasure"

    person_id: UUID = Field(foreign_key="case_person.id", unique=True)
    status: str = Field(default="waiting", index=True)
    asked_on: date
    asked_by: str
    review_waived: bool = False
    erased_on: date | None = None
    stays: list[dict[str, Any]] = json_column(default_factory=list)


class ErasureHoldRow(ReturnsTable, Row, table=True):
    """A reason to keep who a person is although they asked to be erased; somebody lifts it, no timer does."""

    __tablename__ = "erasure_hold"

    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    ground: str
    placed_on: date
    placed_by: str
    placed_role: str
    look_again_on: date
    reminded_on: date | None = None
    lifted_on: date | None = None
    lifted_by: str | None = None


class AssistanceTraceRow(ReturnsTable, table=True):
    """A keyed hash that a later application may meet; it names no person, no file and no programme."""

    __tablename__ = "assistance_trace"

    digest: bytes = Field(primary_key=True)
    trace: UUID = Field(primary_key=True)
    counts_until: date = Field(index=True)


class FoundTraceRow(ReturnsTable, table=True):
    """That an applicant met a trace; gone with the trace and with the applicant's own erasure."""

    __tablename__ = "found_trace"

    person_id: UUID = Field(primary_key=True, foreign_key="case_person.id")
    trace: UUID = Field(primary_key=True)
    counts_until: date = Field(index=True)
    found_on: date

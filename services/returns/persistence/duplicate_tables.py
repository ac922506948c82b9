"""Tables for finding the same person again: tokens of sealed records, and pairs with what was decided about them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, ForeignKey, Index, Integer, UniqueConstraint, Uuid, text
from sqlmodel import Field

from services.returns.persistence.tables import CasePersonRow, ReturnsTable
from shared.database.tables import Row, json_column

_PERSON = CasePersonRow.metadata.tables["case_person"].c
NOT_INDEXED = Index("ix_case_person_not_indexed", _PERSON.id, postgresql_where=_PERSON.index_scheme.is_(None))
"""Finds at once whom nothing can be found by yet."""


class PersonIndexRow(ReturnsTable, table=True):
    """Truncated keyed hashes of what a record can be found by; gone with the person's key."""

    __tablename__ = "person_index"
    __table_args__ = (Index("ix_person_index_tokens", "tokens", postgresql_using="gin"),)

    person_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("case_person.id"), primary_key=True))
    tokens: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    scheme: str
    key_number: int = Field(default=1, index=True, sa_column_kwargs={"server_default": text("1")})


class IndexKeyRow(ReturnsTable, table=True):
    """One key of the index, by number; the key itself lies wrapped among the keys of persons."""

    __tablename__ = "index_key"

    number: int = Field(primary_key=True)
    made_on: date
    destroyed_on: date | None = None


class DuplicateRow(ReturnsTable, Row, table=True):
    """Two records that may be one person, and what somebody decided; `person_id` is the smaller id of the two."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (UniqueConstraint("person_id", "other_person_id"),)

    person_id: UUID = Field(foreign_key="case_person.id")
    other_person_id: UUID = Field(foreign_key="case_person.id", index=True)
    weight: float
    scheme: str
    evidence: list[dict[str, Any]] = json_column(default_factory=list)
    outcome: str | None = None
    reason_code: str | None = None
    decided_by: str | None = None
    decided_role: str | None = None
    decided_on: date | None = None


class DuplicateDecisionRow(ReturnsTable, Row, table=True):
    """One decision about a pair; a later one replaces it, none is changed."""

    __tablename__ = "duplicate_decision"

    pair_id: UUID = Field(foreign_key="duplicate_pair.id", index=True)
    outcome: str
    reason_code: str
    decided_by: str
    decided_role: str
    on: date

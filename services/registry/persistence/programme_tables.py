"""Trials of rule versions over earlier quotes: what would have come out, before anybody is affected."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column, utc_column


class RuleTrialRow(RegistryTable, Row, table=True):
    """One trial: which version over which quotes, how far it has come, and its figures so far."""

    __tablename__ = "rule_trial"
    __table_args__ = (Index("ix_rule_trial_open", "id", postgresql_where=text("status <> 'done'")),)

    programme_id: UUID = Field(foreign_key="programme.id")
    rule_version_id: UUID = Field(foreign_key="rule_version.id", index=True)
    number: int
    since: date
    months: int
    author: str
    currency: str
    status: str = Field(default="done", sa_column_kwargs={"server_default": "done"})
    to_try: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    last_quote_id: UUID | None = None
    finished_at: datetime | None = utc_column(nullable=True)
    quotes: int = 0
    cut_off: bool = False
    unchanged: int = 0
    higher: int = 0
    lower: int = 0
    newly_ineligible: int = 0
    newly_eligible: int = 0
    with_unknown_facts: int = 0
    total_before_minor: int = Field(default=0, sa_type=BigInteger)
    total_after_minor: int = Field(default=0, sa_type=BigInteger)


class TrialDifferenceRow(RegistryTable, table=True):
    """One quote for which the tried version says something else than what was quoted."""

    __tablename__ = "rule_trial_difference"

    id: UUID = Field(primary_key=True)
    trial_id: UUID = Field(foreign_key="rule_trial.id", index=True)
    quote_id: UUID
    case_id: UUID | None = None
    rule_version_before: int
    before_minor: int = Field(sa_type=BigInteger)
    after_minor: int = Field(sa_type=BigInteger)
    eligibility_before: str | None = None
    eligibility_after: str
    newly_ineligible: bool = False
    codes: list[dict[str, Any]] = json_column(default_factory=list)
    unknown: list[str] = json_column(default_factory=list)

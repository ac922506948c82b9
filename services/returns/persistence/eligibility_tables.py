"""Whom a programme excludes or limits, as registry published it: what a counsellor asks before anybody applies."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field, col, or_, select

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import json_column
from shared.database.unit_of_work import UnitOfWork


class KnownRuleVersionRow(ReturnsTable, table=True):
    """One published version's entries about eligibility, and what its caps of the file count; amounts stay in
    registry."""

    __tablename__ = "known_rule_version"

    programme_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    valid_from: date
    valid_to: date | None = None
    source: str
    entries: list[dict[str, Any]] = json_column(default_factory=list)
    capped_codes: list[str] | None = json_column(nullable=True)


async def rules_of_quote(uow: UnitOfWork, programme_id: UUID, number: int) -> KnownRuleVersionRow | None:
    """The version a calculation was made by, as far as it has arrived here."""
    return await uow.session.get(KnownRuleVersionRow, (programme_id, number))


async def rules_on(uow: UnitOfWork, programme_id: UUID, on: date) -> KnownRuleVersionRow | None:
    """The version that holds on a day, as far as it has arrived here."""
    statement = (
        select(KnownRuleVersionRow)
        .where(
            col(KnownRuleVersionRow.programme_id) == programme_id,
            col(KnownRuleVersionRow.valid_from) <= on,
            or_(col(KnownRuleVersionRow.valid_to).is_(None), col(KnownRuleVersionRow.valid_to) >= on),
        )
        .order_by(col(KnownRuleVersionRow.valid_from).desc(), col(KnownRuleVersionRow.number).desc())
        .limit(1)
    )
    found: KnownRuleVersionRow | None = await uow.session.scalar(statement)
    return found

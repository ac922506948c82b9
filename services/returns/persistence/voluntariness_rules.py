"""Reads the periods a programme demands; where it states none, the defaults of a dated file with its sources."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.persistence.dated_reference import reference
from services.returns.persistence.fact_tables import VoluntarinessRuleRow
from shared.database.unit_of_work import UnitOfWork

DEFAULTS = "voluntariness-v1"
PROVISIONAL_DEFAULTS = "provisional-v1"
PERIODS = (
    "cooling_off_days",
    "child_heard_from_years",
    "reopen_days",
    "booking_protects_days",
    "second_confirmation_hours",
    "detention_decision_days",
)


@cache
def default_rules() -> VoluntarinessRuleRow:
    """What holds for a programme that states nothing of its own."""
    document, provisional = reference(DEFAULTS), reference(PROVISIONAL_DEFAULTS)
    periods: dict[str, Any] = {name: int(document[name]) for name in PERIODS}
    return VoluntarinessRuleRow(
        programme_id=UUID(int=0),
        valid_from=date.fromisoformat(document["valid_from"]),
        source="; ".join(document["sources"]),
        provisional_days=int(provisional["provisional_days"]),
        **periods,
    )


def provisional_days(rules: VoluntarinessRuleRow) -> int:
    """Days in which a provisional person is to be completed; the default where the programme states none."""
    return rules.provisional_days or default_rules().provisional_days or 0


async def rules_of(uow: UnitOfWork, programme_id: UUID, on: date) -> VoluntarinessRuleRow:
    """The version in force on a day, else the defaults."""
    table = VoluntarinessRuleRow
    statement = (
        select(table)
        .where(col(table.programme_id) == programme_id, col(table.valid_from) <= on)
        .order_by(col(table.valid_from).desc(), col(table.id).desc())
        .limit(1)
    )
    return await uow.session.scalar(statement) or default_rules()


async def versions_of(uow: UnitOfWork, programme_id: UUID) -> list[VoluntarinessRuleRow]:
    """All versions of a programme, newest first."""
    table = VoluntarinessRuleRow
    statement = select(table).where(col(table.programme_id) == programme_id).order_by(col(table.id).desc())
    return list((await uow.session.execute(statement)).scalars())

"""Legal ways that are open on a day: offers of components in force, with places left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, cast
from sqlmodel import col, select

from services.registry.persistence.partnership_tables import ActivityRow
from services.registry.persistence.tables import ComponentRow
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; what is None does not matter."""

    on: date | None = None
    nationality: str | None = None
    destination: str | None = None
    offer: str | None = None
    sector: str | None = None
    also_full: bool = False


async def opportunities(uow: UnitOfWork, wanted: Wanted, page: PageRequest) -> tuple[list[ActivityRow], str | None]:
    """One page, in the order of entry. An offer under a suspended or ended component takes nobody new."""
    on = wanted.on or uow.now.date()
    facts, until = col(ActivityRow.facts), col(ActivityRow.offer_until)
    statement = (
        select(ActivityRow)
        .join(ComponentRow, col(ComponentRow.id) == col(ActivityRow.component_id))
        .where(col(ActivityRow.activity_type) == "legal_channel", col(ComponentRow.status) == "in_force")
        .where(col(ActivityRow.withdrawn_on).is_(None))
        .where(col(ActivityRow.offer_from) <= on, until.is_(None) | (until >= on))
    )
    asked = {
        "for_nationals": [wanted.nationality] if wanted.nationality else None,
        "destination": wanted.destination,
        "offer": wanted.offer,
        "sectors": [wanted.sector] if wanted.sector else None,
    }
    held = {name: value for name, value in asked.items() if value is not None}
    statement = statement.where(facts.contains(held)) if held else statement
    statement = statement if wanted.also_full else statement.where(_places_left())
    return await keyset(uow.session, statement, page, col(ActivityRow.id))


def _places_left() -> ColumnElement[bool]:
    places = col(ActivityRow.facts)["places"].astext
    used = col(ActivityRow.facts)["places_used"].astext
    left: ColumnElement[bool] = places.is_(None) | (cast(places, Integer) > cast(used, Integer))
    return left

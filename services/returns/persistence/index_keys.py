"""The keys of the index by which records are found: one that is written under, one that is being given up, none else.

Whoever writes or searches holds the row of the key they use until they commit, so that no key is destroyed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func
from sqlmodel import col, select

from services.returns.persistence.duplicate_tables import IndexKeyRow, PersonIndexRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.blind_index import BlindIndex

FIRST = 1
"""The key that was there before keys had numbers; its row is made by the revision that numbers them."""


@dataclass(frozen=True)
class NumberedIndex:
    """An index and the number of its key."""

    number: int
    index: BlindIndex


def key_of(number: int) -> UUID:
    """Names an index key among the wrapped keys; a new master key wraps it anew and changes no token."""
    name = "wayhome:duplicate-index" if number == FIRST else f"wayhome:duplicate-index:{number}"
    return uuid5(NAMESPACE_URL, name)


async def live_indexes(uow: UnitOfWork) -> list[NumberedIndex]:
    """Every index that may hold records, the one to write under first."""
    row = IndexKeyRow
    live = select(col(row.number)).where(col(row.destroyed_on).is_(None)).order_by(col(row.number).desc())
    numbers = list((await uow.session.execute(live.with_for_update(read=True))).scalars()) or [FIRST]
    return [NumberedIndex(number, await uow.vault.blind_index(key_of(number))) for number in numbers]


async def current_index(uow: UnitOfWork) -> NumberedIndex:
    """The index to write under."""
    return (await live_indexes(uow))[0]


async def key_rows(uow: UnitOfWork, *, lock: bool = False) -> list[IndexKeyRow]:
    """Keys that are not destroyed, the newest first."""
    row = IndexKeyRow
    statement = select(row).where(col(row.destroyed_on).is_(None)).order_by(col(row.number).desc())
    return list((await uow.session.execute(statement.with_for_update() if lock else statement)).scalars())


async def people_under(uow: UnitOfWork, number: int) -> int:
    """How many records can be found under this key."""
    statement = select(func.count()).select_from(PersonIndexRow).where(col(PersonIndexRow.key_number) == number)
    return await uow.session.scalar(statement) or 0

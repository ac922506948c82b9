"""Give the index by which people are found a new key: both are searched until every record is under the new one, then
the old one is destroyed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from services.returns.persistence.duplicate_search import describe_all, keep_tokens
from services.returns.persistence.duplicate_tables import IndexKeyRow, PersonIndexRow
from services.returns.persistence.index_keys import FIRST, key_of, key_rows, people_under
from services.returns.persistence.tables import CasePersonRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.service import Runtime

AT_ONCE = 500


class RotationUnderWay(Conflict):
    """Two keys are live already; a third would only lengthen every search."""

    slug = "rotation-under-way"
    title = "The last rotation of this key is not over yet"


@dataclass(frozen=True)
class Progress:
    """How far it is: the key that is written under, the one given up if any, and how many records each has."""

    current: int
    people: int
    leaving: int | None = None
    left: int = 0

    def __str__(self) -> str:
        line = f"key {self.current}: {self.people} records"
        return line if self.leaving is None else f"{line}; key {self.leaving}: {self.left} records still to move"


async def start(*, uow: UnitOfWork) -> int:
    """Begin: from now on records are written under the new key. Its number. Raises RotationUnderWay."""
    rows = await key_rows(uow, lock=True)
    if len(rows) > 1:
        raise RotationUnderWay
    if not rows:
        uow.session.add(IndexKeyRow(number=FIRST, made_on=uow.now.date()))
    number = (rows[0].number if rows else FIRST) + 1
    uow.session.add(IndexKeyRow(number=number, made_on=uow.now.date()))
    uow.record("index-key.made", subject="duplicate-index", number=number)
    return number


async def progress(uow: UnitOfWork) -> Progress:
    """How far it is."""
    numbers = [row.number for row in await key_rows(uow)] or [FIRST]
    counts = [await people_under(uow, number) for number in numbers]
    leaving = numbers[1] if len(numbers) > 1 else None
    return Progress(current=numbers[0], people=counts[0], leaving=leaving, left=counts[1] if leaving else 0)


async def move_some(runtime: Runtime) -> bool:
    """Move the next records under the current key, or destroy the old key when none is left; whether there is more."""
    async with runtime.units.begin(actor=Principal.system("index-key")) as uow:
        numbers = [row.number for row in await key_rows(uow)]
        if len(numbers) < 2:
            return False
        if people := await _next(uow, numbers[1]):
            await keep_tokens(uow, await describe_all(uow, people))
            return True
    async with runtime.units.begin(actor=Principal.system("index-key")) as uow:
        return await give_up(uow)


async def give_up(uow: UnitOfWork) -> bool:
    """Destroy the old key once nobody is under it and nobody writes under it any more; whether somebody still is."""
    rows = await key_rows(uow, lock=True)
    if len(rows) < 2:
        return False
    old = rows[1]
    if await people_under(uow, old.number):
        return True
    await uow.vault.destroy(key_of(old.number))
    old.destroyed_on = uow.now.date()
    uow.record("index-key.destroyed", subject="duplicate-index", number=old.number)
    return False


async def _next(uow: UnitOfWork, number: int) -> list[CasePersonRow]:
    entry, person = PersonIndexRow, CasePersonRow
    statement = (
        select(person)
        .join(entry, col(entry.person_id) == col(person.id))
        .where(col(entry.key_number) == number)
        .order_by(col(person.id))
        .limit(AT_ONCE)
        .with_for_update(of=person, skip_locked=True, key_share=True)
    )
    return list((await uow.session.execute(statement)).scalars())

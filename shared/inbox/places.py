"""On which case a person is, by what each case's own events say of it; facts of one case can come long after another's.

Events of one case come in the order of its sequence, those of different cases in none. So each case's events decide
alone whether somebody is on that case, and where a person is follows from all of them: whatever came last, in the end
exactly one case has them. What one case says of another (it let somebody go there, it took somebody from there) is
taken for likely until that case's own events say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, case, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select

from shared.database.unit_of_work import UnitOfWork

PLACE = ("person_ref", "case_id")


class PersonPlace(SQLModel):
    """Mix-in of a service's table: whether a person is on a case; `own`: by that case's own events, else by what
    another case said of it."""

    person_ref: str = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    here: bool
    own: bool
    at: datetime = Field(
        sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("clock_timestamp()")}
    )


class Places:
    """Where people are, in one service's table."""

    def __init__(self, row: type[PersonPlace]) -> None:
        self._row = row

    async def came(self, uow: UnitOfWork, case_id: UUID, refs: Iterable[str], *, from_case: UUID | None = None) -> None:
        """By an event of this very case these persons are on it. The first one such event may be older than what
        another case has said of it since, which then stands."""
        row = self._row
        here = case((col(row.own), True), else_=col(row.here))
        at = case((col(row.own) | col(row.here), func.clock_timestamp()), else_=col(row.at))
        known = {"own": True, "here": here, "at": at}
        for ref in sorted(refs):
            first = insert(row).values(person_ref=ref, case_id=case_id, here=True, own=True)
            await uow.session.execute(first.on_conflict_do_update(index_elements=PLACE, set_=known))
            if from_case is not None:
                await self._likely(uow, from_case, ref, here=False)

    async def left(self, uow: UnitOfWork, case_id: UUID, refs: Iterable[str], *, to_case: UUID | None = None) -> None:
        """By an event of this very case these persons are on it no more."""
        known = {"own": True, "here": False}
        for ref in sorted(refs):
            gone = insert(self._row).values(person_ref=ref, case_id=case_id, **known)
            await uow.session.execute(gone.on_conflict_do_update(index_elements=PLACE, set_=known))
            if to_case is not None:
                await self._likely(uow, to_case, ref, here=True)

    async def place_of(self, uow: UnitOfWork, ref: str) -> UUID | None:
        """The case a person is on; the one they came to last, as long as the leaving of another is not heard of yet."""
        row = self._row
        here = select(row.case_id).where(col(row.person_ref) == ref, col(row.here)).order_by(col(row.at).desc())
        found: UUID | None = await uow.session.scalar(here.limit(1))
        return found

    async def here(self, uow: UnitOfWork, case_id: UUID) -> set[str]:
        """Who is on a case by what is known of that case alone."""
        row = self._row
        statement = select(row.person_ref).where(col(row.case_id) == case_id, col(row.here))
        return set((await uow.session.execute(statement)).scalars())

    async def _likely(self, uow: UnitOfWork, case_id: UUID, ref: str, *, here: bool) -> None:
        row = self._row
        guess = insert(row).values(person_ref=ref, case_id=case_id, here=here, own=False)
        told = guess.on_conflict_do_update(
            index_elements=PLACE, set_={"here": here, "at": func.clock_timestamp()}, where=col(row.own).is_(False)
        )
        await uow.session.execute(told)

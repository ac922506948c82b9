"""On which case a person is, by what each case's own events say of it; facts of one case can come long after another's.

Events of one case come in the order of its sequence, those of different cases in none. So each case's events decide
alone whether somebody is on that case, and where a person is follows from all of them: whatever came last, in the end
exactly one case has them. What one case says of another (it let somebody go there, it took somebody from there) is
taken for likely until that case's own events say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import PersonPlaceRow
from shared.database.unit_of_work import UnitOfWork

PLACE = ("person_ref", "case_id")


async def came(uow: UnitOfWork, case_id: UUID, refs: Iterable[str], *, from_case: UUID | None = None) -> None:
    """By an event of this very case these persons are on it. The first one such event may be older than what another
    case has said of it since, which then stands."""
    for ref in sorted(refs):
        row = PersonPlaceRow
        first = insert(row).values(person_ref=ref, case_id=case_id, here=True, own=True)
        here = case((col(row.own), True), else_=col(row.here))
        at = case((col(row.own) | col(row.here), func.clock_timestamp()), else_=col(row.at))
        known = {"own": True, "here": here, "at": at}
        await uow.session.execute(first.on_conflict_do_update(index_elements=PLACE, set_=known))
        if from_case is not None:
            await _likely(uow, from_case, ref, here=False)


async def left(uow: UnitOfWork, case_id: UUID, refs: Iterable[str], *, to_case: UUID | None = None) -> None:
    """By an event of this very case these persons are on it no more."""
    for ref in sorted(refs):
        known = {"own": True, "here": False}
        gone = insert(PersonPlaceRow).values(person_ref=ref, case_id=case_id, **known)
        await uow.session.execute(gone.on_conflict_do_update(index_elements=PLACE, set_=known))
        if to_case is not None:
            await _likely(uow, to_case, ref, here=True)


async def place_of(uow: UnitOfWork, ref: str) -> UUID | None:
    """The case a person is on; the one they came to last, as long as the leaving of another is not heard of yet."""
    row = PersonPlaceRow
    here = select(row.case_id).where(col(row.person_ref) == ref, col(row.here)).order_by(col(row.at).desc()).limit(1)
    found: UUID | None = await uow.session.scalar(here)
    return found


async def _likely(uow: UnitOfWork, case_id: UUID, ref: str, *, here: bool) -> None:
    row = PersonPlaceRow
    guess = insert(row).values(person_ref=ref, case_id=case_id, here=here, own=False)
    told = guess.on_conflict_do_update(
        index_elements=PLACE, set_={"here": here, "at": func.clock_timestamp()}, where=col(row.own).is_(False)
    )
    await uow.session.execute(told)

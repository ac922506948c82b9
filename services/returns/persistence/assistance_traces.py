"""Keeps and finds traces of people who were erased; each year of ending has a key of its own, destroyed with the year.

The hashes cannot be made anew after the erasure, so that a key is never exchanged for another one: it ends.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import extract
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select

from services.returns.persistence.erasure_tables import AssistanceTraceRow, FoundTraceRow
from shared.database.unit_of_work import UnitOfWork

YEARS_BACK = 3
"""How many years a service may have stood still without a key outliving its year."""


def key_of(year: int) -> UUID:
    """Names the key of all traces that end in a year."""
    return uuid5(NAMESPACE_URL, f"wayhome:assistance-trace:{year}")


async def keep_trace(uow: UnitOfWork, compounds: Collection[str], *, until: date) -> None:
    """Keep what a later application may meet until that day; the trace has a random name and no tie to anybody."""
    trace, key = uuid4(), key_of(until.year)
    for compound in sorted(compounds):
        digest = await uow.vault.lasting_hash(key, compound)
        uow.session.add(AssistanceTraceRow(digest=digest, trace=trace, counts_until=until))


async def meet_traces(uow: UnitOfWork, person_id: UUID, compounds: Collection[str]) -> bool:
    """Note the traces that this applicant meets and that still count; whether there is one nobody knew of."""
    row, today = AssistanceTraceRow, uow.now.date()
    years = select(extract("year", col(row.counts_until))).where(col(row.counts_until) >= today).distinct()
    digests = [
        await uow.vault.lasting_hash(key_of(int(year)), compound)
        for year in (await uow.session.execute(years)).scalars()
        for compound in sorted(compounds)
    ]
    if not digests:
        return False
    met = select(col(row.trace), col(row.counts_until)).where(col(row.digest).in_(digests)).distinct()
    new = False
    for trace, until in (await uow.session.execute(met.where(col(row.counts_until) >= today))).all():
        values = {"person_id": person_id, "trace": trace, "counts_until": until, "found_on": today}
        statement = insert(FoundTraceRow).values(**values).on_conflict_do_nothing()
        new |= await uow.session.scalar(statement.returning(col(FoundTraceRow.trace))) is not None
    return new


async def met_by(uow: UnitOfWork, person_ids: Collection[UUID]) -> list[FoundTraceRow]:
    """The traces that these applicants met and that still count, the longest first."""
    row = FoundTraceRow
    live = select(row).where(col(row.person_id).in_(person_ids), col(row.counts_until) >= uow.now.date())
    return list((await uow.session.execute(live.order_by(col(row.counts_until).desc()))).scalars())


async def forget_met(uow: UnitOfWork, person_id: UUID) -> None:
    """Of somebody who is erased themself."""
    await uow.session.execute(delete(FoundTraceRow).where(col(FoundTraceRow.person_id) == person_id))


async def end_traces(uow: UnitOfWork) -> int:
    """Remove what counts no longer, wherever it was met, and destroy the keys of years that are over. How many went."""
    today, gone = uow.now.date(), 0
    for row in (FoundTraceRow, AssistanceTraceRow):
        over = delete(row).where(col(row.counts_until) < today).returning(col(row.trace))
        gone = len((await uow.session.execute(over)).all())
    for year in range(today.year - YEARS_BACK, today.year):
        await uow.vault.destroy(key_of(year))
    return gone

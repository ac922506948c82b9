"""Keep safety advisories, and have every granted case on their corridor looked at again; none is ended by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, or_, update

from services.returns.contracts.consumed import AdvisoryLiftedSeen, AdvisoryPublishedSeen
from services.returns.domain.case_view import State
from services.returns.persistence.advisory_tables import AdvisoryRow
from services.returns.persistence.programmes import keep
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork

GRANTED = (State.APPROVED.value, State.PRE_DEPARTURE.value, State.READY.value)
PLACE = {"country", "region", "route", "groups", "effect"}


async def published(seen: AdvisoryPublishedSeen, *, uow: UnitOfWork) -> None:
    """From now on it is looked at before a decision, before a case is ready, and on the day of the departure."""
    values = seen.model_dump(include={*PLACE, "source_kind", "source", "valid_from", "valid_to"})
    await keep(uow.session, AdvisoryRow, {"advisory_id": seen.advisory_id}, values)
    await _have_looked_at(seen.advisory_id, seen.country, "advisory.published", uow=uow)


async def lifted(seen: AdvisoryLiftedSeen, *, uow: UnitOfWork) -> None:
    """It holds for nobody any more, whatever arrives late."""
    row = AdvisoryRow
    known = update(row).where(col(row.advisory_id) == seen.advisory_id).values(lifted_on=seen.on)
    found: Any = await uow.session.execute(known)
    if not found.rowcount:
        values = {**seen.model_dump(include=PLACE), "valid_from": seen.on, "lifted_on": seen.on}
        await keep(uow.session, AdvisoryRow, {"advisory_id": seen.advisory_id}, values)
    await _have_looked_at(seen.advisory_id, seen.country, "advisory.lifted", uow=uow)


async def _have_looked_at(advisory_id: UUID, country: str, kind: str, *, uow: UnitOfWork) -> None:
    """Mark the cases for the job that looks at clocks, and tell their offices and authorities once each."""
    row = ReturnCaseRow
    on_the_way = or_(col(row.destination) == country, col(row.transit).contains([country]))
    statement = update(row).where(col(row.state).in_(GRANTED), on_the_way).values(next_look_on=uow.now.date())
    cases = (await uow.session.execute(statement.returning(col(row.office_id), col(row.authority_id)))).all()
    for office in sorted({office for office, _authority in cases}):
        uow.notify(kind, role="caseworker", scope=office, subject=advisory_id)
    for authority in sorted({authority for _office, authority in cases}):
        uow.notify(kind, role="case_officer", scope=authority, subject=advisory_id)

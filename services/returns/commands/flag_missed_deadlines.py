"""A departure period that is over raises a flag for an officer, and ready cases are checked again; no case is ended."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, or_, select

from services.returns.commands.moving import recheck
from services.returns.contracts.published_endings import DeadlineMissedV1
from services.returns.domain.access import may_read
from services.returns.domain.case_view import State
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.fact_views import latest
from services.returns.persistence.tables import ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

WATCHED = (State.APPROVED.value, State.PRE_DEPARTURE.value, State.READY.value, State.SUSPENDED.value)
JOB = "missed-deadlines"
AT_ONCE = 500


async def run(runtime: Runtime) -> None:
    """One unit of work per case, so that one case never holds up another."""
    system = Principal.system(JOB)
    async with runtime.units.read(actor=system) as uow:
        ids = await _to_look_at(uow)
    for case_id in ids:
        async with runtime.units.begin(actor=system) as uow:
            await handle(case_id, uow=uow)


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Flag and recheck one case; doing it again changes nothing."""
    file = await load_file(uow, case_id, may_read, lock=True)
    case, today = file.case, uow.now.date()
    recheck(uow, file, on=today)
    over = case.depart_by is not None and case.depart_by < today
    if not over or case.deadline_missed_on is not None or case.depart_by is None or case.state not in WATCHED:
        return
    delay = latest(file.facts, "delay")
    case.deadline_missed_on = today
    touch(case, now=uow.now)
    uow.publish(
        DeadlineMissedV1(
            case_id=case.id,
            on=today,
            clock="departure_period",
            due_on=case.depart_by,
            delay_with=delay.value if delay and delay.value else "unknown",
        )
    )
    uow.notify("deadline.missed", role="case_officer", scope=case.authority_id, subject=case.id)
    remember(uow, case, "deadline-missed", before=case.state, on=today, about="departure_period")


async def _to_look_at(uow: UnitOfWork) -> list[UUID]:
    row = ReturnCaseRow
    late = (col(row.depart_by) < uow.now.date()) & col(row.deadline_missed_on).is_(None) & col(row.state).in_(WATCHED)
    statement = select(col(row.id)).where(or_(late, col(row.state) == State.READY.value)).limit(AT_ONCE)
    return list((await uow.session.execute(statement)).scalars())

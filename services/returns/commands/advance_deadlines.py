"""Clocks say what is due: reminders before, a missed deadline after, then one rung of the ladder after the other.

Nothing here moves a case: an officer decides what follows.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.returns.commands import recheck_ready_cases, renew_deadlines
from services.returns.commands.renew_deadlines import Clocks, show
from services.returns.contracts.published_endings import DeadlineMissedV1
from services.returns.domain.clocks import ClockKind, reminder_days
from services.returns.domain.working_days import shifted
from services.returns.persistence.cases import remember
from services.returns.persistence.deadline_tables import CaseDeadlineRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Runtime

JOB = "advance-deadlines"
AT_ONCE = 500
AT_OFFICE = ("caseworker", "office_lead")
AT_AUTHORITY = ("case_officer",)
DEPARTURE_PERIOD = "departure_period"


async def run(runtime: Runtime) -> None:
    """The most overdue first, one unit of work per case, so that one case never holds up another."""
    await one_by_one(runtime, Principal.system(JOB), _to_look_at, handle)


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Everything that is due to be said today about one case; doing it again says nothing twice."""
    await recheck_ready_cases.handle(case_id, uow=uow)
    clocks = await renew_deadlines.handle(case_id, uow=uow)
    for row in [row for row in clocks.rows if row.paused_since is None]:
        kind = clocks.kinds[row.clock]
        if row.due_on >= clocks.facts.today:
            _remind(uow, clocks, kind, row)
            continue
        if row.missed_on is None:
            _miss(uow, clocks, kind, row)
        _escalate(uow, clocks, kind, row)
    show(clocks)


def _remind(uow: UnitOfWork, clocks: Clocks, kind: ClockKind, row: CaseDeadlineRow) -> None:
    days = reminder_days(kind, row.started_on, row.due_on)
    over = [percent for percent, day in days.items() if row.reminded_percent < percent and day <= clocks.facts.today]
    if not over:
        return
    row.reminded_percent = max(over)
    for role in kind.acts:
        _tell(uow, clocks.case, "deadline.near", role, row)


def _miss(uow: UnitOfWork, clocks: Clocks, kind: ClockKind, row: CaseDeadlineRow) -> None:
    case, today = clocks.case, clocks.facts.today
    row.missed_on, whose = today, kind.owes
    if kind.code == DEPARTURE_PERIOD:
        case.deadline_missed_on, whose = today, clocks.facts.case.delay_with or "unknown"
    elif kind.told_to_others_as != kind.code:
        whose = "office"
    touch(case, now=uow.now)
    uow.publish(
        DeadlineMissedV1(case_id=case.id, on=today, clock=kind.told_to_others_as, due_on=row.due_on, delay_with=whose)
    )
    for role in kind.acts:
        _tell(uow, case, "deadline.missed", role, row)
    remember(uow, case, "deadline-missed", before=case.state, on=today, about=kind.code)


def _escalate(uow: UnitOfWork, clocks: Clocks, kind: ClockKind, row: CaseDeadlineRow) -> None:
    for rung in kind.escalation[row.escalated :]:
        if shifted(row.due_on, 1 + rung.after_days) > clocks.facts.today:
            return
        row.escalated += 1
        if rung.role not in kind.acts or rung.after_days > 0:  # whoever acts was told on the day itself
            _tell(uow, clocks.case, "deadline.escalated", rung.role, row)


def _tell(uow: UnitOfWork, case: ReturnCaseRow, what: str, role: str, row: CaseDeadlineRow) -> None:
    """The role at the office, at the authority, or at both where it may belong to either."""
    scopes = [] if role in AT_AUTHORITY else [case.office_id]
    scopes += [] if role in AT_OFFICE or case.state == "DRAFT" else [case.authority_id]
    for scope in scopes:
        uow.notify(what, role=role, scope=scope, subject=case.id, clock=row.clock, due_on=row.due_on.isoformat())


async def _to_look_at(uow: UnitOfWork) -> list[UUID]:
    row = ReturnCaseRow
    statement = select(col(row.id)).where(col(row.next_look_on) <= uow.now.date())
    ordered = statement.order_by(col(row.next_look_on), col(row.id)).limit(AT_ONCE)
    return list((await uow.session.execute(ordered)).scalars())

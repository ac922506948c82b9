"""The clocks of complaints: the same engine as a case's, with kinds of their own; one of them runs by the hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.clocks import ClockKind, Running, Start, due
from services.returns.domain.complaints import OPEN
from services.returns.persistence.clock_kinds import Kinds, kind_of, kinds_on
from services.returns.persistence.complaint_tables import ComplaintDeadlineRow, ComplaintRow
from services.returns.persistence.working_calendars import calendar_of
from shared.database.unit_of_work import UnitOfWork

TABLES = "complaint-clocks-v"
ACKNOWLEDGEMENT, EXPLOITATION, ANSWER = (
    "complaint_acknowledgement",
    "complaint_acknowledgement_exploitation",
    "complaint_answer",
)


def complaint_kinds(day: date) -> Kinds:
    """The kinds in force on a day."""
    return kinds_on(day, prefix=TABLES)


def complaint_kind(row: ComplaintDeadlineRow) -> ClockKind | None:
    """A kind as it stood when the clock was started; None if this release no longer knows it."""
    return kind_of(row.clock, row.rules_version, prefix=TABLES)


def acknowledgement_of(kind: str) -> str:
    """Which clock runs until somebody takes a complaint of this kind up."""
    return EXPLOITATION if kind == "sexual_exploitation" else ACKNOWLEDGEMENT


def start_clock(uow: UnitOfWork, complaint: ComplaintRow, code: str) -> ComplaintDeadlineRow:
    """Let a clock run from now; its last moment is the end of its last day, or so many hours from now."""
    kind, today = complaint_kinds(uow.now.date())[code], uow.now.date()
    places = [calendar_of(complaint.host) for _ in kind.calendars]
    found = due(kind, Start(on=today), Running(started_on=today, days=kind.days), travel_on=None, places=places)
    last = found.on if found else today
    ends = uow.now + timedelta(hours=kind.hours) if kind.hours else _end_of(last)
    row = ComplaintDeadlineRow(
        complaint_id=complaint.id,
        clock=code,
        rules_version=kind.version,
        source=kind.source,
        started_on=today,
        due_on=last,
        ends_at=ends,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    return row


async def running_clocks(uow: UnitOfWork, complaint_ids: Iterable[UUID]) -> list[ComplaintDeadlineRow]:
    """Clocks that run on these complaints, what ends first in front."""
    row = ComplaintDeadlineRow
    statement = select(row).where(col(row.complaint_id).in_(list(complaint_ids)), col(row.ended_on).is_(None))
    return list((await uow.session.execute(statement.order_by(col(row.ends_at), col(row.id)))).scalars())


async def end_clocks(uow: UnitOfWork, complaint_id: UUID, *codes: str) -> None:
    """What these clocks waited for has happened."""
    for row in await running_clocks(uow, [complaint_id]):
        if row.clock in codes:
            row.ended_on = uow.now.date()


async def show_due(uow: UnitOfWork, complaint: ComplaintRow) -> None:
    """What the worklist is ordered by: the moment that comes first, none when no clock runs."""
    await uow.flush()
    running = await running_clocks(uow, [complaint.id])
    complaint.due_at = running[0].ends_at if running else None


async def complaints_with_clocks(uow: UnitOfWork) -> list[UUID]:
    """Open complaints on which a clock runs, what ends first in front."""
    clock, row = ComplaintDeadlineRow, ComplaintRow
    statement = (
        select(col(row.id))
        .join(clock, col(clock.complaint_id) == col(row.id))
        .where(col(clock.ended_on).is_(None), col(row.status).in_(OPEN))
        .order_by(col(clock.ends_at))
    )
    return list(dict.fromkeys((await uow.session.execute(statement)).scalars()))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)

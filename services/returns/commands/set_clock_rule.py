"""Publish a programme's own period for one kind of clock, with its source; earlier versions and running clocks stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.persistence.clock_kinds import kinds_on
from services.returns.persistence.deadline_tables import ClockRuleRow
from services.returns.persistence.programmes import find_programme
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class ClockHasNoPeriod(Conflict):
    """There is no such clock, or its day is set by a paper, a decision or a clause; `clocks` names those with days."""

    slug = "clock-has-no-period"
    title = "A programme cannot set the days of this clock"


@dataclass(frozen=True, kw_only=True)
class SetClockRule:
    """The days in the clock's own unit, from when, and where they come from."""

    programme_id: UUID
    clock: str
    valid_from: date
    days: int
    source: str


async def handle(command: SetClockRule, *, uow: UnitOfWork) -> ClockRuleRow:
    """Raises ProgrammeNotKnownYet, for a programme of somebody else too, and ClockHasNoPeriod."""
    foreign = str(command.programme_id) not in uow.actor.programmes
    if foreign or await find_programme(uow.session, command.programme_id) is None:
        raise ProgrammeNotKnownYet
    with_days = sorted(kind.code for kind in kinds_on(uow.now.date()).values() if kind.days is not None)
    if command.clock not in with_days:
        raise ClockHasNoPeriod(clocks=with_days)
    row = ClockRuleRow(**command.__dict__, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.record("clock-rule.published", subject=command.programme_id, clock=command.clock)
    return row

"""Give a clock more time, with a reason; another extension takes it back, never to before the day without any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands import renew_deadlines
from services.returns.commands.set_departure_period import SetDeparturePeriod
from services.returns.commands.set_departure_period import change as change_period
from services.returns.domain.access import may_work
from services.returns.domain.clocks import ClockKind
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.clock_kinds import kind_of, kinds_on
from services.returns.persistence.deadline_tables import CaseDeadlineRow
from services.returns.persistence.deadlines import get_deadline
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

DEPARTURE_PERIOD = "departure_period"


class DeadlineCannotBeExtended(Conflict):
    """The day comes from a paper or from the journey: renew the paper or move the journey."""

    slug = "deadline-cannot-be-extended"
    title = "This day is set by a paper or by the journey and cannot be extended here"


class DeadlineHasEnded(Conflict):
    """What it was about is done or no longer needed."""

    slug = "deadline-has-ended"
    title = "This deadline has ended; there is nothing to extend"


class DeadlineOfAnotherDesk(Conflict):
    """Other roles extend this one; `roles` names them."""

    slug = "deadline-of-another-desk"
    title = "Another role extends this deadline"


class ExtensionTooEarly(Conflict):
    """An extension lies in the future; to take one back, name the day without it (`base_on`)."""

    slug = "extension-too-early"
    title = "An extension must end after today and not before the day without it"


class ExtensionTooLong(Conflict):
    """The clause sets a last day (`latest_on`)."""

    slug = "extension-too-long"
    title = "The agreement allows no extension beyond its longest period"


@dataclass(frozen=True, kw_only=True)
class ExtendDeadline:
    """Which clock, until when, and why (a code)."""

    case_id: UUID
    deadline_id: UUID
    until: date
    reason_code: str


async def handle(command: ExtendDeadline, *, uow: UnitOfWork) -> CaseDeadlineRow:
    """Raises NotFound, DeadlineHasEnded, DeadlineCannotBeExtended, DeadlineOfAnotherDesk, ExtensionTooEarly,
    ExtensionTooLong, PeriodNeedsReason."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    row = await get_deadline(uow, command.case_id, command.deadline_id)
    uow.match(row.version)
    if row.ended_on is not None:
        raise DeadlineHasEnded
    kind = kind_of(row.clock, row.rules_version) or kinds_on(uow.now.date())[row.clock]
    _allowed(kind, row, command, uow=uow)
    about = f"{row.clock}:{row.due_on.isoformat()}>{command.until.isoformat()}"
    if row.clock == DEPARTURE_PERIOD:
        period = SetDeparturePeriod(case_id=file.id, depart_by=command.until, reason_code=command.reason_code)
        await change_period(uow, file, period)
    else:
        remember(uow, file.case, "deadline-extended", before=file.case.state, reason=command.reason_code, about=about)
        row.extended_until = command.until
        touch(file.case, now=uow.now)
    row.extension_reason, row.extended_by = command.reason_code, uow.actor.subject
    row.reminded_percent = 0
    touch(row, now=uow.now)
    await renew_deadlines.handle(command.case_id, uow=uow)
    return row


def _allowed(kind: ClockKind, row: CaseDeadlineRow, command: ExtendDeadline, *, uow: UnitOfWork) -> None:
    if not kind.extended_by:
        raise DeadlineCannotBeExtended
    if uow.acting_role not in kind.extended_by:
        raise DeadlineOfAnotherDesk(roles=list(kind.extended_by))
    taken_back = command.until == row.base_on
    if command.until < row.base_on or (command.until <= uow.now.date() and not taken_back):
        raise ExtensionTooEarly(base_on=row.base_on.isoformat())
    if row.latest_on is not None and command.until > row.latest_on and not taken_back:
        raise ExtensionTooLong(latest_on=row.latest_on.isoformat())

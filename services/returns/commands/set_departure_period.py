"""Record or extend the departure period of a return decision; an extension takes a lapsed case up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, include_again, take_up, view_of
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.clock_kinds import kinds_on
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid

NOT_STATED = "not_stated"
CLOCK = "departure_period"


class PeriodNeedsReason(Invalid):
    """A change, or a first period outside of what the directive says, is given with its reason (in `reason_code`)."""

    slug = "period-needs-reason"
    title = "Changing a departure period, or setting an unusual one, needs a reason_code"


@dataclass(frozen=True, kw_only=True)
class SetDeparturePeriod:
    """Until when, or None: persons without a return decision have no period."""

    case_id: UUID
    depart_by: date | None
    reason_code: str = NOT_STATED


async def handle(command: SetDeparturePeriod, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, PeriodNeedsReason, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    return await change(uow, file, command)


async def change(uow: UnitOfWork, file: CaseFile, command: SetDeparturePeriod) -> ReturnCaseRow:
    """The same on a loaded file. Raises PeriodNeedsReason, TransitionRefused."""
    case, on = file.case, fact_day(uow, None)
    was, until = case.depart_by, command.depart_by
    if command.reason_code == NOT_STATED and _unusual(was, until, on=on):
        raise PeriodNeedsReason
    case.depart_by = until
    if until is None or until >= on:
        case.deadline_missed_on = None
    touch(case, now=uow.now)
    about = f"{was.isoformat() if was else 'none'}>{until.isoformat() if until else 'none'}"
    remember(uow, case, "departure-period", before=case.state, on=on, reason=command.reason_code, about=about)
    if case.state == State.LAPSED:
        advance(uow, file, "extend", on=on, reason=command.reason_code, view=view_of(file, on=on))
        include_again(file)
        await take_up(uow, file, on=on)
    return case


def _unusual(was: date | None, until: date | None, *, on: date) -> bool:
    """Another day than before, or a first period shorter or longer than the table says."""
    if was is not None:
        return until != was
    kind = kinds_on(on)[CLOCK]
    if until is None or kind.least_days is None or kind.most_days is None:
        return False
    return not kind.least_days <= (until - on).days <= kind.most_days

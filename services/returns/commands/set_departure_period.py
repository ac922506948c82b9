"""Record or extend the departure period of a return decision; an extension takes a lapsed case up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, include_again, take_up, view_of
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SetDeparturePeriod:
    """Until when, or None: persons without a return decision have no period."""

    case_id: UUID
    depart_by: date | None
    reason_code: str = "not_stated"


async def handle(command: SetDeparturePeriod, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    case, on = file.case, fact_day(uow, None)
    was, case.depart_by = case.depart_by, command.depart_by
    if case.depart_by is None or case.depart_by >= on:
        case.deadline_missed_on = None
    touch(case, now=uow.now)
    about = f"{was.isoformat() if was else 'none'}>{case.depart_by.isoformat() if case.depart_by else 'none'}"
    remember(uow, case, "departure-period", before=case.state, on=on, reason=command.reason_code, about=about)
    if case.state == State.LAPSED:
        advance(uow, file, "extend", on=on, reason=command.reason_code, view=view_of(file, on=on))
        include_again(file)
        await take_up(uow, file, on=on)
    return case

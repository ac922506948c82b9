"""Take a withdrawal back within the programme's days, with fresh consent; the money is asked for anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, include_again, quote_valid, take_up, view_of
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ReopenCase:
    """Which case."""

    case_id: UUID
    on: date | None = None


async def handle(command: ReopenCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    view = view_of(file, on=on, quote_valid=await quote_valid(uow, file, on=on))
    advance(uow, file, "reopen", on=on, view=view)
    include_again(file)
    await take_up(uow, file, on=on)
    return file.case

"""Close the file after the return; reintegration goes on in its own service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.contracts.published import CaseClosedV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class CloseCase:
    """Which case."""

    case_id: UUID
    on: date | None = None


async def handle(command: CloseCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    advance(uow, file, "close", on=on)
    file.case.closed_on = on
    uow.publish(CaseClosedV1(case_id=file.case.id, on=on, outcome="returned"))
    return file.case

"""Declare everybody ready to travel: every gate is checked again, with everything that is missing named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.contracts.published import CaseReadyV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Travel
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class MakeReady:
    """Which case."""

    case_id: UUID
    reconfirmation_days: int
    on: date | None = None


async def handle(command: MakeReady, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    advance(
        uow,
        file,
        "make_ready",
        on=on,
        view=view_of(file, on=on, reconfirmation_days=command.reconfirmation_days),
    )
    for person in file.travelling:
        person.travel_status = Travel.READY.value
    travel_on = file.case.travel_on or on
    uow.publish(CaseReadyV1(case_id=file.case.id, on=on, travel_on=travel_on))
    return file.case

"""Record the reception and hand-over, or that none was needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.contracts.published import CaseHandedOverV1
from services.returns.domain.access import may_confirm_arrival
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Whether there is a receipt."""

    case_id: UUID
    received: bool = False
    on: date | None = None


async def handle(command: HandOver, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    advance(uow, file, "hand_over", on=on, view=view_of(file, on=on, handover_received=command.received))
    file.case.handed_over_on = on
    uow.publish(CaseHandedOverV1(case_id=file.case.id, on=on, required=file.case.handover_needed))
    return file.case

"""Record whether the file is eligible for the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.contracts.published import CaseEligibilityDeterminedV1, ReasonGroup
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class DetermineEligibility:
    """The outcome, with a reason when it is no."""

    case_id: UUID
    outcome: Literal["eligible", "ineligible"]
    reason_code: str | None = None
    reason_group: ReasonGroup | None = None
    on: date | None = None


async def handle(command: DetermineEligibility, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    name = "find_eligible" if command.outcome == "eligible" else "find_ineligible"
    advance(uow, file, name, on=on, reason=command.reason_code)
    file.case.eligible = command.outcome == "eligible"
    uow.publish(
        CaseEligibilityDeterminedV1(
            case_id=file.case.id, on=on, outcome=command.outcome, reason_group=command.reason_group
        )
    )
    return file.case

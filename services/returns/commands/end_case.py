"""The authority cancels, suspends or resumes a case, or records that a return failed; fine reasons stay here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day
from services.returns.contracts.published import (
    CaseCancelledV1,
    CaseDidNotBoardV1,
    CaseResumedV1,
    CaseReturnFailedV1,
    CaseSuspendedV1,
    ReasonGroup,
)
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State, Travel
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork

Step = Literal["cancel", "suspend", "resume", "fail_return", "did_not_board", "take_up_again"]


@dataclass(frozen=True, kw_only=True)
class EndCase:
    """Which step, why (code and group), since when."""

    case_id: UUID
    step: Step
    reason_code: str = "not_stated"
    reason_group: ReasonGroup = "circumstances"
    on: date | None = None


async def handle(command: EndCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    before = advance(uow, file, command.step, on=on, reason=command.reason_code)
    _publish(command, file, before, on=on, uow=uow)
    return file.case


def _publish(command: EndCase, file: CaseFile, before: State, *, on: date, uow: UnitOfWork) -> None:
    case, group = file.case, command.reason_group
    if command.step == "cancel":
        case.ended_on = on
        stage = before.value
        uow.publish(CaseCancelledV1(case_id=case.id, on=on, reason_group=group, stage_before=stage))
    elif command.step == "suspend":
        case.suspended_from = before.value
        uow.publish(CaseSuspendedV1(case_id=case.id, on=on, reason_group=group))
    elif command.step == "resume":
        case.suspended_from = None
        uow.publish(CaseResumedV1(case_id=case.id, on=on))
    elif command.step == "fail_return":
        uow.publish(CaseReturnFailedV1(case_id=case.id, on=on, reason_group=group))
    elif command.step == "did_not_board":
        refs = [person.person_ref for person in file.travelling]
        uow.publish(CaseDidNotBoardV1(case_id=case.id, on=on, person_refs=refs))
    if command.step in ("did_not_board", "take_up_again"):
        for person in file.travelling:
            person.travel_status = Travel.INCLUDED.value

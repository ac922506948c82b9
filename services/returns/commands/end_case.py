"""The authority cancels, suspends or resumes a case, or records that a return failed; fine reasons stay here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, ask_afresh, fact_day, include_again, not_returned, take_up
from services.returns.commands.part_on_the_way import concerned
from services.returns.commands.resting import rest, wake
from services.returns.contracts.published import (
    CaseCancelledV1,
    CaseDidNotBoardV1,
    ReasonGroup,
)
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork

REFUSED_AT_BORDER = "refused_at_border"
"""Return ticket and shelter are the programme's, also after silence had counted as agreement (domain-rules.md 12)."""

Step = Literal[
    "cancel",
    "suspend",
    "resume",
    "fail_return",
    "did_not_board",
    "take_up_again",
    "leave_unassisted",
    "grant_status",
]


@dataclass(frozen=True, kw_only=True)
class EndCase:
    """Which step, why (code and group), since when."""

    case_id: UUID
    step: Step
    reason_code: str = "not_stated"
    reason_group: ReasonGroup = "circumstances"
    on: date | None = None
    person_refs: Sequence[str] = ()


async def handle(command: EndCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """A failed return concerns those named, or everybody who has not arrived. Raises NotFound, NotOnTheWay,
    TransitionRefused."""
    common = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(common.case.version)
    on = fact_day(uow, command.on)
    failed = command.step == "fail_return"
    file = await concerned(uow, common, command.person_refs, on=on) if failed else common
    before = advance(uow, file, command.step, on=on, reason=command.reason_code)
    if command.step in ("cancel", "leave_unassisted", "grant_status"):
        _end(command, file, before, on=on, uow=uow)
    elif command.step == "suspend":
        rest(uow, file, before, reason=command.reason_code, group=command.reason_group, on=on)
    elif command.step == "resume":
        wake(uow, file, on=on)
    else:
        await _journey(command, file, on=on, uow=uow)
    return common.case


def _end(command: EndCase, file: CaseFile, before: State, *, on: date, uow: UnitOfWork) -> None:
    case = file.case
    case.ended_on = on
    group = "circumstances" if command.step == "grant_status" else command.reason_group
    unassisted = command.step == "leave_unassisted"
    fact = {"case_id": case.id, "on": on, "reason_group": group, "stage_before": before.value}
    uow.publish(CaseCancelledV1(**fact, outcome="departed_unassisted" if unassisted else "cancelled"))


async def _journey(command: EndCase, file: CaseFile, *, on: date, uow: UnitOfWork) -> None:
    case = file.case
    if command.step == "fail_return":
        case.ended_on = on
        ask_afresh(file)
        fact = await not_returned(uow, file, on=on, group=command.reason_group)
        refused = command.reason_code == REFUSED_AT_BORDER
        uow.publish(fact.model_copy(update={"costs_borne_by": "programme"}) if refused else fact)
        return
    include_again(file)
    if command.step == "did_not_board":
        case.missed_flights += 1
        refs = [person.person_ref for person in file.travelling]
        uow.publish(CaseDidNotBoardV1(case_id=case.id, on=on, person_refs=refs))
    else:
        case.departed_on = None
        await take_up(uow, file, on=on)

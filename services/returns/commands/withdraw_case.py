"""The applicants changed their mind: always possible until final arrival, no reason asked, nothing punished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, ask_afresh, fact_day, not_returned
from services.returns.commands.part_on_the_way import concerned
from services.returns.contracts.published import CaseWithdrawnV1
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.case_view import State, told
from services.returns.persistence.cases import CaseFile, load_file, person_facts
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class WithdrawCase:
    """Effective from the declaration; the reason is optional and stays here."""

    case_id: UUID
    reason: str = "not_stated"
    declared_on: date | None = None
    person_refs: Sequence[str] = ()


async def handle(command: WithdrawCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """On the way it concerns those named, or everybody who has not arrived. Raises NotFound, NotOnTheWay;
    TransitionRefused only after final arrival or when the case is over already."""
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    on = fact_day(uow, command.declared_on)
    theirs = await concerned(uow, file, command.person_refs, on=on)
    await take_back(uow, theirs, on=on, reason=command.reason)
    return file.case


async def take_back(
    uow: UnitOfWork, file: CaseFile, *, on: date, reason: str = "not_stated", by_the_person: bool = False
) -> None:
    """End the file, on the way the journey; `by_the_person`: nobody else acts, so no role is asked for."""
    facts = await person_facts(uow, file.travelling, on=on)
    if file.case.state == State.DEPARTED:
        _move(uow, file, "decline_to_continue", on=on, reason="declined_to_continue", by_the_person=by_the_person)
        file.case.ended_on = on
        uow.publish(await not_returned(uow, file, on=on, group="applicant"))
    else:
        before = _move(uow, file, "withdraw", on=on, reason=reason, by_the_person=by_the_person)
        file.case.ended_on, file.case.stage_before_end = on, before.value
        fact = {"case_id": file.case.id, "on": on, "stage_before": told(before).value, "persons": facts}
        uow.publish(CaseWithdrawnV1(**fact, reason_group="applicant"))
    ask_afresh(file)


def _move(uow: UnitOfWork, file: CaseFile, name: str, *, on: date, reason: str, by_the_person: bool) -> State:
    return advance(uow, file, name, on=on, reason=reason, follows_from_the_facts=by_the_person)

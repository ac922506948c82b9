"""An agency corrects itself: what its earlier message did is taken back, with what hangs on it.

What others confirmed meanwhile stays: an arrival that rests on another evidence, or a hand-over with a receipt, is not
undone by a machine; an officer is told and decides. Source: domain-rules.md 37 (message.voided; consumers compensate).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.returns.commands.correct_case import take_back_arrival
from services.returns.commands.move_travel_document_request import take_back_step
from services.returns.commands.moving import recheck
from services.returns.commands.search_for_arrivals import end_unneeded
from services.returns.contracts.consumed import AgencyMessageSeen
from services.returns.contracts.published_endings import CaseFactCorrectedV1
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.case_view import State, Travel
from services.returns.persistence.cases import CaseFile, load_file, person_facts, remember
from services.returns.persistence.disclosure_tables import AgencyMessageRow
from services.returns.persistence.tables import CasePersonRow
from services.returns.persistence.travel_document_requests import request_of, steps_by_message
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

REASON = "message_voided"


class NothingToTakeBack(Conflict):
    """No message of this sender about this case has that id, or it was taken back before."""

    slug = "nothing-to-take-back"
    title = "There is no such message that could be taken back"


class OfficerDecides(Conflict):
    """More than the message speaks for the fact by now; an officer looks at it."""

    slug = "officer-decides"
    title = "The fact rests on more than this message by now; an officer decides"


async def take_back(seen: AgencyMessageSeen, *, uow: UnitOfWork) -> str:
    """What became of it: applied when something was undone, noted otherwise. Raises NothingToTakeBack,
    OfficerDecides."""
    file = await load_file(uow, seen.case_id, may_confirm_arrival, lock=True)
    earlier = await uow.session.get(AgencyMessageRow, UUID(seen.facts["voids"]))
    if earlier is None or earlier.voided_on is not None or earlier.sender_id != seen.sender_id:
        raise NothingToTakeBack
    if earlier.case_id != file.id:
        raise NothingToTakeBack
    earlier.voided_on = uow.now.date()
    undone = await _steps(uow, file, earlier.message_id)
    undone = await end_unneeded(uow, file, earlier.message_id) or undone
    if arrived := _arrived_by(file, earlier.message_id):
        await _arrival(uow, file, arrived)
        undone = True
    return "applied" if undone else "noted"


async def _steps(uow: UnitOfWork, file: CaseFile, message_id: UUID) -> bool:
    steps = await steps_by_message(uow, message_id)
    for step in steps:
        if step.voided_on is None:
            await take_back_step(uow, file, await request_of(uow, file.id, step.request_id), step, reason=REASON)
    if steps:
        recheck(uow, file, on=uow.now.date())
    return bool(steps)


def _arrived_by(file: CaseFile, message_id: UUID) -> list[CasePersonRow]:
    """The persons whose arrival rests on the message; in arrivals of earlier releases, everybody without a day."""
    before = file.case.arrival_message_id == message_id
    return [
        person
        for person in file.travelling
        if person.travel_status == Travel.ARRIVED.value
        and (person.arrival_message_id == message_id or (before and person.arrived_on is None))
    ]


async def _arrival(uow: UnitOfWork, file: CaseFile, people: list[CasePersonRow]) -> None:
    """Exactly these persons have not arrived; the case follows, if it had arrived with them."""
    case, on = file.case, uow.now.date()
    received = case.state in (State.HANDED_OVER, State.CLOSED) and case.handover_needed
    if received or case.state == State.CLOSED:
        uow.notify("arrival.contested", role="case_officer", scope=case.authority_id, subject=case.id)
        uow.notify("arrival.contested", role="caseworker", scope=case.office_id, subject=case.id)
        raise OfficerDecides
    if case.state in (State.ARRIVED, State.HANDED_OVER):
        was = take_back_arrival(uow, file, REASON, on=on, people=people)
        facts = await person_facts(uow, file.travelling, on=on)
        uow.publish(CaseFactCorrectedV1(case_id=case.id, on=on, fact="arrival", original_on=was, persons=facts))
    else:
        _on_the_way_again(uow, file, people, on=on)
    uow.notify("arrival.taken-back", role="caseworker", scope=case.office_id, subject=case.id)
    uow.notify("arrival.taken-back", role="case_officer", scope=case.authority_id, subject=case.id)


def _on_the_way_again(uow: UnitOfWork, file: CaseFile, people: list[CasePersonRow], *, on: date) -> None:
    alone = file.case.case_kind == "self_organised"
    for person in people:
        person.travel_status = Travel.INCLUDED.value if alone else Travel.BOARDED.value
        person.not_arrived()
        remember(uow, file.case, "person-arrival-voided", before=file.case.state, on=on, person_ref=person.person_ref)
    touch(file.case, now=uow.now)

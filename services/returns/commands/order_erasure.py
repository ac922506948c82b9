"""Erase who a person is, once nothing stands before it: our key is destroyed, every other service told to do the same.

What stands before it is looked at again by a timer, so that nobody has to ask twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.returns.contracts.published import PersonErasureOrderedV1
from services.returns.domain.assistance_trace import strong_compounds
from services.returns.domain.case_view import State, Travel
from services.returns.domain.erasure import OVER, Situation, counts_until, stays, waits_for
from services.returns.persistence.assistance_traces import forget_met, keep_trace
from services.returns.persistence.cards import end_cards
from services.returns.persistence.cases import CaseFile, remember
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.documents import forget_documents
from services.returns.persistence.duplicate_search import describe_all, forget_tokens
from services.returns.persistence.erasure_tables import ErasureRow
from services.returns.persistence.erasures import erasure_of, file_of_person, forget_origin, situation_of
from services.returns.persistence.tables import CasePersonRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

PERIODS = "erasure-v1"
NOT_GONE = (Travel.INCLUDED.value, Travel.READY.value)


class CaseNotOver(Conflict):
    """Somebody still needs to know who this is."""

    slug = "case-not-over"
    title = "A person's data can be erased when the case is over"


@dataclass(frozen=True, kw_only=True)
class OrderErasure:
    """Whose identity goes; `review_waived`: they were told that they may contest the decision and do not want to."""

    case_id: UUID
    person_ref: str
    review_waived: bool = False


async def handle(command: OrderErasure, *, uow: UnitOfWork) -> ErasureRow:
    """Carried out at once or waiting; a second order changes nothing more. Raises NotFound, CaseNotOver."""
    file, person = await file_of_person(uow, command.case_id, command.person_ref)
    row = await erasure_of(uow, person.id)
    if row is not None and row.status == "done":
        return row
    if file.case.state not in OVER:
        raise CaseNotOver
    if row is None or row.status == "taken_back":
        row = _asked(uow, file, person, row)
    row.review_waived = row.review_waived or command.review_waived
    await carry_out(uow, file, person, row)
    return row


async def carry_out(uow: UnitOfWork, file: CaseFile, person: CasePersonRow, row: ErasureRow) -> bool:
    """Erase the person if nothing stands before it; whether it was done."""
    periods = reference(PERIODS)
    found = await situation_of(uow, file, person, waived=row.review_waived)
    if file.case.state not in OVER or waits_for(found, periods):
        return False
    row.stays = [_kept(asdict(one)) for one in stays(found, periods)]
    row.status, row.erased_on = "done", uow.now.date()
    touch(row, now=uow.now)
    await _leave_trace(uow, person, found, periods)
    await _erase(uow, file, person)
    return True


def _asked(uow: UnitOfWork, file: CaseFile, person: CasePersonRow, earlier: ErasureRow | None) -> ErasureRow:
    today, who = uow.now.date(), uow.actor.subject
    remember(uow, file.case, "erasure-asked", before=file.case.state, on=today, person_ref=person.person_ref)
    if earlier is not None:
        earlier.status, earlier.asked_on, earlier.asked_by, earlier.review_waived = "waiting", today, who, False
        touch(earlier, now=uow.now)
        return earlier
    row = ErasureRow(person_id=person.id, asked_on=today, asked_by=who, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    return row


async def _leave_trace(uow: UnitOfWork, person: CasePersonRow, found: Situation, periods: dict[str, Any]) -> None:
    """While who it is can still be read; nothing is left of somebody who had no help or whose help counts no more."""
    exclusion = counts_until(found, periods)
    if exclusion is not None:
        described = (await describe_all(uow, [person]))[person.id]
        await keep_trace(uow, strong_compounds(described), until=exclusion[0])


async def _erase(uow: UnitOfWork, file: CaseFile, person: CasePersonRow) -> None:
    others = [await erasure_of(uow, other.id) for other in file.persons if other.id != person.id]
    await uow.vault.destroy(person.id)
    await forget_documents(uow, person.id)
    await forget_tokens(uow, person)
    await forget_met(uow, person.id)
    await end_cards(uow, person.id)
    await forget_origin(uow, file, all(other is not None and other.status == "done" for other in others))
    if person.travel_status in NOT_GONE:
        person.travel_status, person.not_travelling_reason = Travel.NOT_TRAVELLING.value, "erased"
        touch(person, now=uow.now)
    touch(file.case, now=uow.now)
    uow.publish(PersonErasureOrderedV1(case_id=file.case.id, person_ref=person.person_ref))
    before = State(file.case.state)
    remember(uow, file.case, "erasure-ordered", before=before.value, person_ref=person.person_ref)


def _kept(stay: dict[str, Any]) -> dict[str, Any]:
    return {**stay, "until": stay["until"].isoformat() if stay["until"] else None}

"""Somebody died after the arrival, as those who look after the family there recorded it: what speaks of them or to them
ends at once, what the others rely on stays.

They leave every open package (their consent ended with them, and for the children the others speak alone), their card
opens nothing, nobody looks for them. The return itself has happened and is counted; complaints, incidents, what was
granted and the duty to keep the file are untouched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from services.returns.commands import record_death
from services.returns.commands.search_for_arrivals import end_for
from services.returns.commands.tell_protectors import tell_protectors
from services.returns.domain.case_view import State
from services.returns.domain.transition import OPEN
from services.returns.persistence.card_news import forget_news_of
from services.returns.persistence.cards import end_cards
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.tables import CasePersonRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class LearnOfDeath:
    """Who, and when."""

    person_ref: str
    on: date


async def handle(command: LearnOfDeath, *, uow: UnitOfWork) -> None:
    """On whichever file the person is now; hearing of it again, or of somebody nobody knows here, changes nothing."""
    where = col(CasePersonRow.person_ref) == command.person_ref
    case_id = await uow.session.scalar(select(col(CasePersonRow.case_id)).where(where))
    if case_id is None:
        return
    file = await load_file(uow, case_id, lambda _actor, _case: True, lock=True)
    person = file.person(command.person_ref)
    if person.deceased_on is not None or person.not_travelling_reason == "deceased":
        return
    if file.case.state in (*OPEN, State.SUSPENDED):  # the arrival was taken back: it is a death before the departure
        death = record_death.RecordDeath(case_id=case_id, person_ref=command.person_ref, on=command.on)
        await record_death.handle(death, uow=uow)
        return
    person.deceased_on = command.on
    touch(person, now=uow.now)
    touch(file.case, now=uow.now)
    await end_cards(uow, person.id)
    await forget_news_of(uow, person.person_ref)
    await end_for(uow, file, "deceased", {person.id})
    ref = person.person_ref
    remember(uow, file.case, "person-deceased", before=file.case.state, on=command.on, person_ref=ref)
    _tell(uow, file)


def _tell(uow: UnitOfWork, file: CaseFile) -> None:
    """The office that knows the family; and who protects children, if no adult of the file is left for them."""
    uow.notify("person.deceased", role="caseworker", scope=file.case.office_id, subject=file.id)
    living = [person for person in file.travelling if person.deceased_on is None]
    if living and not any(person.adult for person in living):
        tell_protectors(uow, file.case, "child.without-adult")

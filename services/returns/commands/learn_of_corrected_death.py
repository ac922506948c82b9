"""It was a mistake that somebody had died after the arrival: they are on their file again, and speak for themselves.

What they had consented to ended with the mistake, in every service alike: whether they may be named to anybody is asked
anew. A card and a package are made anew, too; neither comes back by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from services.returns.commands.withdraw_consent import end_consent
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import CasePersonRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class LearnOfCorrectedDeath:
    """Who, and when it was corrected."""

    person_ref: str
    on: date


async def handle(command: LearnOfCorrectedDeath, *, uow: UnitOfWork) -> None:
    """On whichever file the person is now; of somebody who is not noted as dead, or is unknown, it changes nothing. A
    death before the departure is another fact, and stays."""
    where = col(CasePersonRow.person_ref) == command.person_ref
    case_id = await uow.session.scalar(select(col(CasePersonRow.case_id)).where(where))
    if case_id is None:
        return
    file = await load_file(uow, case_id, lambda _actor, _case: True, lock=True)
    person = file.person(command.person_ref)
    if person.deceased_on is None:
        return
    person.deceased_on = None
    touch(person, now=uow.now)
    touch(file.case, now=uow.now)
    for consent in file.consents:
        if consent.person_id == person.id and consent.withdrawn_on is None:
            end_consent(uow, file, consent, on=command.on)
    remember(
        uow, file.case, "person-death-corrected", before=file.case.state, on=command.on, person_ref=person.person_ref
    )
    uow.notify("person.death-corrected", role="caseworker", scope=file.case.office_id, subject=file.id)

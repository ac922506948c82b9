"""Somebody says by their card that they do not want to go: they have withdrawn from that moment on; everything stops.

Nobody has to prove anything or give a reason, and nobody has to record it first. Only the person's own part ends;
others of the family are held until people have spoken with them. The second code of a card stops nothing.
"""

from __future__ import annotations

from datetime import date

from services.returns.commands.freeze_disclosures import stop
from services.returns.commands.split_case import can_leave, split_off
from services.returns.commands.withdraw_case import take_back
from services.returns.domain.promises import may_still_withdraw, withdrawal_stands
from services.returns.persistence.cards import card_by_code, person_and_case
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.tables import CasePersonRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class NothingToWithdraw(Conflict):
    """The journey is over, or there is none."""

    slug = "nothing-to-withdraw"
    title = "There is no journey any more that could be stopped"


async def handle(code: str, *, uow: UnitOfWork) -> None:
    """Raises NotFound, NothingToWithdraw. Asking again changes nothing; by the second code nothing happens."""
    card, which = await card_by_code(uow, code)
    person, case = await person_and_case(uow, card.person_id)
    if which == "second" or withdrawal_stands(card.withdrawal_asked_on, person.declared_on):
        return
    if person.travel_status in ("NOT_TRAVELLING", "ARRIVED") or not may_still_withdraw(case.state):
        raise NothingToWithdraw
    file = await load_file(uow, case.id, lambda _actor, _case: True, lock=True)
    mine, today = file.person(person.person_ref), uow.now.date()
    card.withdrawal_asked_on = today
    mine.declared_on = mine.reconfirmed_on = None
    touch(card, now=uow.now)
    touch(mine, now=uow.now)
    remember(uow, file.case, "withdrawal-asked", before=file.case.state, on=today, person_ref=mine.person_ref)
    touch(file.case, now=uow.now)
    await _withdraw(uow, file, mine, on=today)
    for role, scope in (("caseworker", case.office_id), ("protection_officer", case.office_id)):
        uow.notify("withdrawal.asked", role=role, scope=scope, subject=case.id)
    uow.notify("withdrawal.asked", role="case_officer", scope=case.authority_id, subject=case.id)


async def _withdraw(uow: UnitOfWork, file: CaseFile, mine: CasePersonRow, *, on: date) -> None:
    """The whole file where nobody else can decide for themself; else this person's part, if the others stay safe."""
    others = [person for person in file.travelling if person.id != mine.id]
    if mine.adult and not any(person.adult for person in others):
        await take_back(uow, file, on=on, by_the_person=True)
        return
    if mine.adult and can_leave(file, [mine], on=on):
        new_case = await split_off(uow, file, [mine], on=on)
        theirs = await load_file(uow, new_case.id, lambda _actor, _case: True, lock=True)
        await take_back(uow, theirs, on=on, by_the_person=True)
    stop(uow, file, on=on)

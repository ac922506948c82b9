"""Somebody says by their card that they do not want to go: everything onward stops at once, and their counsellor is
told.

The counsellor then records the withdrawal, for everybody or for this person alone, which only people who talk with the
family can know. Nobody has to prove anything, and the second code of a card stops nothing.
"""

from __future__ import annotations

from services.returns.commands.freeze_disclosures import stop
from services.returns.domain.promises import may_still_withdraw, withdrawal_stands
from services.returns.persistence.cards import card_by_code, person_and_case
from services.returns.persistence.cases import load_file, remember
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
    if person.travel_status == "NOT_TRAVELLING" or not may_still_withdraw(case.state):
        raise NothingToWithdraw
    file = await load_file(uow, case.id, lambda _actor, _case: True, lock=True)
    mine, today = file.person(person.person_ref), uow.now.date()
    mine.declared_on = mine.reconfirmed_on = None
    card.withdrawal_asked_on = today
    touch(mine, now=uow.now)
    touch(card, now=uow.now)
    remember(uow, file.case, "withdrawal-asked", before=file.case.state, on=today, person_ref=mine.person_ref)
    touch(file.case, now=uow.now)
    stop(uow, file, on=today)
    for role, scope in (("caseworker", case.office_id), ("protection_officer", case.office_id)):
        uow.notify("withdrawal.asked", role=role, scope=scope, subject=case.id)
    uow.notify("withdrawal.asked", role="case_officer", scope=case.authority_id, subject=case.id)

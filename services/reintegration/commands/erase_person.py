"""A person is erased here: their key is destroyed, and everything sealed under it stays closed for ever."""

from __future__ import annotations

from services.reintegration.commands import seal_waiting_payees
from services.reintegration.contracts.consumed import PersonErasureOrderedSeen, PersonSeen
from services.reintegration.contracts.published import PersonErased
from services.reintegration.persistence.cases import person_named, set_person
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: PersonErasureOrderedSeen, *, uow: UnitOfWork) -> None:
    """Destroy the key; a person not known yet gets a destroyed one, so that nothing can be sealed for them
    later.
    """
    person = await person_named(uow, seen.person_ref)
    if person is None:
        await set_person(uow, seen.case_id, PersonSeen(person_ref=seen.person_ref))
        person = await person_named(uow, seen.person_ref)
    if person is None or person.erased_at is not None:
        return
    for case_id in {seen.case_id, person.case_id}:
        await seal_waiting_payees.handle(case_id, uow=uow)
    await uow.vault.destroy(person.id)
    person.erased_at = uow.now
    uow.publish(PersonErased(case_id=seen.case_id, person_ref=seen.person_ref))
    uow.record("person.erased", subject=person.id)

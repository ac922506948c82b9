"""The narrow copy of consents, and whom of a family the assigned partner may be shown."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.reintegration.contracts.consumed import ConsentGivenSeen
from services.reintegration.domain.consent import shared
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import persons_of, scope_of
from services.reintegration.persistence.course_tables import KnownConsentRow
from services.reintegration.persistence.disclosure_bases import basis_holds
from services.reintegration.persistence.policies import is_partner_of, may_oversee_without_consent
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class NothingShared(Conflict):
    """No live consent names the organisation, or no legal basis holds; which of the two is never said."""

    slug = "nothing-shared"
    title = "Nothing about this family is shared with your organisation at present; ask the office that sent the plan"


async def keep(uow: UnitOfWork, seen: ConsentGivenSeen) -> None:
    """Each named recipient gets a row of its own; the same consent again changes nothing."""
    for recipient in seen.recipients:
        values = seen.model_dump(include={"person_ref", "purposes", "valid_until"})
        row = {"consent_id": seen.consent_id, "recipient_id": recipient, **values, "withdrawn": False}
        await uow.session.execute(insert(KnownConsentRow).values(**row).on_conflict_do_nothing())


async def withdraw(uow: UnitOfWork, consent_id: UUID) -> None:
    """Nothing rests on it any more."""
    where = col(KnownConsentRow.consent_id) == consent_id
    await uow.session.execute(update(KnownConsentRow).where(where).values(withdrawn=True))


async def shared_with(uow: UnitOfWork, case_id: UUID, partner_id: UUID) -> frozenset[str]:
    """The persons of a case whom this organisation may be shown: on a legal basis that holds, with their consent,
    which follows them into another file."""
    scope = await scope_of(uow, case_id)
    if scope is None or not await basis_holds(uow, scope.programme_id, case_id, partner_id):
        return frozenset()
    persons = [person for person in await persons_of(uow, case_id) if person.left_plan_on is None]
    refs = [person.person_ref for person in persons]
    where = (col(KnownConsentRow.person_ref).in_(refs), col(KnownConsentRow.recipient_id) == partner_id)
    consents = await fresh.every(uow, select(KnownConsentRow).where(*where))
    return shared(consents, persons, today=uow.now.date())


async def shown_to_actor(uow: UnitOfWork, plan: PlanRow) -> frozenset[str] | None:
    """The persons of a plan whom the actor may see; None: everybody, because the actor is not there as a partner."""
    scope = await scope_of(uow, plan.case_id)
    if uow.actor.is_system or scope is None or may_oversee_without_consent(uow.actor, scope):
        return None
    if plan.partner_id is None or not is_partner_of(uow.actor, scope):
        return frozenset()
    return await shared_with(uow, plan.case_id, plan.partner_id)

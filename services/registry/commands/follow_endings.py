"""How requests end while the case goes on, or when it is done: a consent or a legal basis is over, somebody is no
longer on the file, a package was taken back or has run out, the file is closed, a plan is done.

It ends for each person: whoever may still be named goes on, and the recipient hears the neutral stop for the others; if
nobody is left, for all of it. A recipient is not told to stop while it still has something to do: whoever helps under a
running plan goes on after the file is closed, and hears the neutral stop when the plan is done.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, delete, select, update

from services.registry.commands.end_request import end_for_persons, end_request, heard_of, recipients_of
from services.registry.commands.project_disclosure import case_over, follow_persons, keep_case, take_up
from services.registry.commands.tell_recipient import agency_case, standing_persons
from services.registry.contracts import consumed as seen
from services.registry.domain.request_end import REINTEGRATION, rests
from services.registry.persistence.disclosure_tables import (
    PLACES,
    DeliveryRow,
    KnownCaseRow,
    KnownConsentRow,
    KnownDisclosureRow,
    KnownPersonRow,
)
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork

COORDINATOR = "reintegration_coordination"


async def consent_withdrawn(fact: seen.ConsentWithdrawnSeen, *, uow: UnitOfWork) -> None:
    """Nothing more goes to recipients about whoever is left without a live consent; those told get the neutral stop."""
    where = col(KnownConsentRow.consent_id) == fact.consent_id
    found = await uow.session.execute(
        update(KnownConsentRow).where(where).values(withdrawn=True).returning(col(KnownConsentRow.recipient_id))
    )
    for recipient_id in sorted(set(found.scalars())):
        await end_what_fell(fact.case_id, recipient_id, uow=uow)


async def disclosure_recalled(fact: seen.DisclosureRecalledSeen, *, uow: UnitOfWork) -> None:
    """The package is over, for everybody or for these persons; its recipient gets the neutral stop if it was told."""
    package = await uow.session.get(KnownDisclosureRow, fact.disclosure_id)
    if package is not None and fact.person_refs is None:
        package.recalled = True
    elif package is not None and fact.person_refs is not None:
        package.person_refs = [ref for ref in package.person_refs if ref not in fact.person_refs]
    await end_what_fell(fact.case_id, fact.recipient_id, uow=uow)


async def split(fact: seen.CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """Consents follow the persons; the new case is told to nobody until its own decision, and whoever was told of the
    old one hears that the request has ended for the persons who left it."""
    refs = [person.person_ref for person in fact.persons]
    before = await uow.session.get(KnownCaseRow, fact.case_id)
    belongs = before.model_dump(include={"programme_id", "office_id", "authority_id"}) if before else {}
    await keep_case(fact.new_case_id, uow=uow, **belongs, opened_on=fact.on)
    if fact.published_under == fact.new_case_id:
        await PLACES.came(uow, fact.new_case_id, refs, from_case=fact.case_id)
    else:
        await PLACES.left(uow, fact.case_id, refs, to_case=fact.new_case_id)
    await follow_persons(fact.persons, uow=uow)
    await end_all_that_fell(fact.case_id, uow=uow)


async def merged(fact: seen.CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """Consents follow the persons into the file that goes on; of the emptied one nobody has anything more to do."""
    refs = [person.person_ref for person in fact.persons]
    if fact.published_under == fact.merged_case_id:
        await PLACES.left(uow, fact.merged_case_id, refs, to_case=fact.case_id)
    else:
        await PLACES.came(uow, fact.case_id, refs, from_case=fact.merged_case_id)
    await follow_persons(fact.persons, uow=uow)
    await end_all_that_fell(fact.merged_case_id, uow=uow)


async def case_resumed(case_id: UUID, *, uow: UnitOfWork) -> None:
    """It goes on; what ended for somebody meanwhile has ended."""
    await take_up(case_id, uow=uow)
    await end_all_that_fell(case_id, uow=uow)


async def case_closed(case_id: UUID, *, uow: UnitOfWork) -> None:
    """The return is done; only who helps under a running plan goes on."""
    await keep_case(case_id, uow=uow, closed=True)
    await _end_what_rests(case_id, uow=uow)


async def ended_before(fact: seen.CaseRequestsEndedSeen, *, uow: UnitOfWork) -> None:
    """The end of a case that was not followed when it happened. Of a closed one whoever may still help under a plan is
    left alone: when its plan began was not followed either, and when it is done the request ends."""
    if fact.outcome != "closed":
        await case_over(fact.case_id, uow=uow)
        return
    await keep_case(fact.case_id, uow=uow, closed=True)
    for recipient_id in await recipients_of(fact.case_id, uow=uow):
        recipient = await uow.session.get(RecipientRow, recipient_id)
        if recipient is None or COORDINATOR not in recipient.roles:
            await end_what_fell(fact.case_id, recipient_id, uow=uow)


async def plan_activated(case_id: UUID, *, uow: UnitOfWork) -> None:
    """There is a plan to help under."""
    await keep_case(case_id, uow=uow, plan_running=True)


async def plan_ended(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Completed or discontinued: if the file is closed, the last request ends."""
    await keep_case(case_id, uow=uow, plan_running=False)
    await _end_what_rests(case_id, uow=uow)


async def person_gone(case_id: UUID, person_ref: str, *, uow: UnitOfWork) -> None:
    """Somebody was taken off the file: what they allowed has ended, and the others alone speak for the children."""
    await _say_no_more(case_id, person_ref, uow=uow)
    await PLACES.left(uow, case_id, [person_ref])
    gone = (col(KnownPersonRow.case_id) == case_id, col(KnownPersonRow.person_ref) == person_ref)
    await uow.session.execute(delete(KnownPersonRow).where(*gone))
    await end_all_that_fell(case_id, uow=uow)


async def person_died(case_id: UUID, person_ref: str, *, uow: UnitOfWork) -> None:
    """What they allowed has ended, and the others alone speak for the children."""
    await _say_no_more(case_id, person_ref, uow=uow)
    theirs = col(KnownPersonRow.person_ref) == person_ref
    await uow.session.execute(update(KnownPersonRow).where(theirs).values(deceased=True))
    await end_all_that_fell(case_id, uow=uow)


async def death_corrected(person_ref: str, *, uow: UnitOfWork) -> None:
    """Nobody had died. Nothing leaves about them, nor about children whose adult they are, before they agree anew."""
    theirs = col(KnownPersonRow.person_ref) == person_ref
    await uow.session.execute(update(KnownPersonRow).where(theirs).values(deceased=False))


async def _say_no_more(case_id: UUID, person_ref: str, *, uow: UnitOfWork) -> None:
    theirs = (col(KnownConsentRow.case_id) == case_id, col(KnownConsentRow.person_ref) == person_ref)
    await uow.session.execute(update(KnownConsentRow).where(*theirs).values(withdrawn=True))


async def came_of_age(case_id: UUID, person_ref: str, *, uow: UnitOfWork) -> None:
    """The consent of the adults of the case no longer speaks for this person: without their own the request ends for
    them."""
    theirs = col(KnownPersonRow.person_ref) == person_ref
    await uow.session.execute(update(KnownPersonRow).where(theirs).values(minor=False))
    await end_all_that_fell(case_id, uow=uow)


async def own_consent_needed(case_id: UUID, person_ref: str, *, uow: UnitOfWork) -> None:
    """The person comes of age in this month: from now on nothing leaves about them without a consent of their own, and
    since they cannot give it before the birthday, nothing ends for them either."""
    theirs = col(KnownPersonRow.person_ref) == person_ref
    await uow.session.execute(update(KnownPersonRow).where(theirs).values(own_consent=True))


async def end_all_that_fell(case_id: UUID, *, uow: UnitOfWork) -> None:
    """For every recipient of the case."""
    for recipient_id in await recipients_of(case_id, uow=uow):
        await end_what_fell(case_id, recipient_id, uow=uow)


async def end_what_fell(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> None:
    """The neutral stop for whomever the recipient was told of and may not be told of any more; for all of it when there
    is nobody left. Again changes nothing. The case is locked first: whoever is just being named to the recipient
    is then in the register."""
    await agency_case(uow, case_id, recipient_id, create=False)
    standing = await _standing(case_id, recipient_id, uow=uow)
    if not standing:
        await end_request(case_id, recipient_id, uow=uow)
        return
    fallen = await heard_of(case_id, recipient_id, uow=uow) - standing
    if fallen:
        await end_for_persons(case_id, recipient_id, sorted(fallen), uow=uow)


async def _end_what_rests(case_id: UUID, *, uow: UnitOfWork) -> None:
    case = await uow.session.get(KnownCaseRow, case_id, populate_existing=True)
    if case is not None and case.closed:
        await end_all_that_fell(case_id, uow=uow)


async def _standing(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> frozenset[str]:
    """Whom the recipient may still be told of: by a package that stands, or because it accompanies the case; each with
    a live basis and consent for that purpose."""
    await uow.session.flush()
    case = await uow.session.get(KnownCaseRow, case_id, populate_existing=True)
    if case is None:
        return frozenset()
    found: frozenset[str] = frozenset()
    for package in await _open_packages(case_id, recipient_id, uow=uow):
        if not rests(case, package.purpose):
            live = await standing_persons(uow, case_id, recipient_id, purpose=package.purpose)
            found |= live & frozenset(package.person_refs)
    for purpose, refs in await _referred(case_id, recipient_id, uow=uow):
        if not rests(case, purpose):
            found |= await standing_persons(uow, case_id, recipient_id, purpose=purpose) & frozenset(refs)
    if await _accompanies(case, recipient_id, uow=uow):
        found |= await standing_persons(uow, case_id, recipient_id, purpose=REINTEGRATION)
    return found


async def _open_packages(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> list[KnownDisclosureRow]:
    statement = select(KnownDisclosureRow).where(
        col(KnownDisclosureRow.case_id) == case_id,
        col(KnownDisclosureRow.recipient_id) == recipient_id,
        col(KnownDisclosureRow.recalled).is_(False),
        col(KnownDisclosureRow.expires_on) >= uow.now.date(),
    )
    return list((await uow.session.execute(statement)).scalars())


async def _referred(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> list[tuple[str, list[str]]]:
    """The referrals of which a provider was told, or is about to be: for which purpose, about whom."""
    row = DeliveryRow
    statement = select(row.purpose, row.person_refs).where(
        col(row.case_id) == case_id,
        col(row.recipient_id) == recipient_id,
        col(row.payload_type) == "referral.made",
        col(row.status) != "withheld",
        col(row.copy_of).is_(None),
    )
    return [(purpose, refs) for purpose, refs in (await uow.session.execute(statement)).all()]


async def _accompanies(case: KnownCaseRow, recipient_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether this recipient is told of the case without packages."""
    if not case.approved or rests(case, REINTEGRATION):
        return False
    recipient = await uow.session.get(RecipientRow, recipient_id)
    return recipient is not None and COORDINATOR in recipient.roles

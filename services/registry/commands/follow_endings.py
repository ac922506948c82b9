"""How requests end while the case goes on, or when it is done: a consent is withdrawn or has run out, somebody is no
longer on the file, a package has run out, the file is closed, a plan is done.

A recipient is not told to stop while it still has something to do: whoever helps under a running plan goes on after the
file is closed, and hears the neutral stop when the plan is done.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, delete, select, update

from services.registry.commands.end_request import end_request, recipients_of
from services.registry.commands.project_disclosure import keep_case
from services.registry.commands.tell_recipient import live_persons
from services.registry.contracts import consumed as seen
from services.registry.domain.disclosure_matrix import ENDED
from services.registry.domain.request_end import REINTEGRATION, rests
from services.registry.persistence.disclosure_tables import (
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
    """Nothing more goes to recipients who are left without a live consent; those told get the neutral stop."""
    where = col(KnownConsentRow.consent_id) == fact.consent_id
    found = await uow.session.execute(
        update(KnownConsentRow).where(where).values(withdrawn=True).returning(col(KnownConsentRow.recipient_id))
    )
    for recipient_id in sorted(set(found.scalars())):
        await end_unless_covered(fact.case_id, recipient_id, uow=uow)


async def split(fact: seen.CaseSplitSeen, *, uow: UnitOfWork) -> None:
    """Consents follow the persons; the new case is told to nobody until its own decision, and whoever was told of the
    old one for persons who left it hears that this request has ended."""
    refs = [person.person_ref for person in fact.persons]
    before = await uow.session.get(KnownCaseRow, fact.case_id)
    belongs = before.model_dump(include={"programme_id", "office_id", "authority_id"}) if before else {}
    await keep_case(fact.new_case_id, uow=uow, **belongs)
    await _move(fact.case_id, fact.new_case_id, refs, uow=uow)
    for recipient_id in await recipients_of(fact.case_id, uow=uow):
        await end_unless_covered(fact.case_id, recipient_id, uow=uow)


async def merged(fact: seen.CaseMergedSeen, *, uow: UnitOfWork) -> None:
    """Consents follow the persons into the file that goes on; of the emptied one nobody has anything more to do."""
    await _move(fact.merged_case_id, fact.case_id, [person.person_ref for person in fact.persons], uow=uow)
    for recipient_id in await recipients_of(fact.merged_case_id, uow=uow):
        await end_unless_covered(fact.merged_case_id, recipient_id, uow=uow)


async def _move(from_case: UUID, to_case: UUID, person_refs: list[str], *, uow: UnitOfWork) -> None:
    for table in (KnownConsentRow, KnownPersonRow):
        where = (col(table.case_id) == from_case, col(table.person_ref).in_(person_refs))
        await uow.session.execute(update(table).where(*where).values(case_id=to_case))


async def case_closed(case_id: UUID, *, uow: UnitOfWork) -> None:
    """The return is done; only who helps under a running plan goes on."""
    await keep_case(case_id, uow=uow, closed=True)
    await _end_what_rests(case_id, uow=uow)


async def plan_activated(case_id: UUID, *, uow: UnitOfWork) -> None:
    """There is a plan to help under."""
    await keep_case(case_id, uow=uow, plan_running=True)


async def plan_ended(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Completed or discontinued: if the file is closed, the last request ends."""
    await keep_case(case_id, uow=uow, plan_running=False)
    await _end_what_rests(case_id, uow=uow)


async def person_gone(case_id: UUID, person_ref: str, *, uow: UnitOfWork) -> None:
    """Somebody died or was taken off the file, and which of it is not kept: what they allowed has ended, and the others
    alone speak for the children."""
    theirs = (col(KnownConsentRow.case_id) == case_id, col(KnownConsentRow.person_ref) == person_ref)
    await uow.session.execute(update(KnownConsentRow).where(*theirs).values(withdrawn=True))
    gone = (col(KnownPersonRow.case_id) == case_id, col(KnownPersonRow.person_ref) == person_ref)
    await uow.session.execute(delete(KnownPersonRow).where(*gone))
    for recipient_id in await recipients_of(case_id, uow=uow):
        await end_unless_covered(case_id, recipient_id, uow=uow)


async def end_unless_covered(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> bool:
    """The neutral stop, unless somebody still allows what this recipient is told for; whether it ended."""
    if await _still_covered(case_id, recipient_id, uow=uow):
        return False
    await end_request(case_id, recipient_id, uow=uow)
    return True


async def end_unless_package(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> bool:
    """The neutral stop when no package stands any more, unless this recipient is told without packages; whether it
    ended."""
    open_packages = select(KnownDisclosureRow.disclosure_id).where(
        col(KnownDisclosureRow.case_id) == case_id,
        col(KnownDisclosureRow.recipient_id) == recipient_id,
        col(KnownDisclosureRow.recalled).is_(False),
        col(KnownDisclosureRow.expires_on) >= uow.now.date(),
    )
    if await uow.session.scalar(open_packages.limit(1)) is not None:
        return False
    if await _helps(case_id, recipient_id, uow=uow):
        return False
    await end_request(case_id, recipient_id, uow=uow)
    return True


async def _end_what_rests(case_id: UUID, *, uow: UnitOfWork) -> None:
    case = await uow.session.get(KnownCaseRow, case_id, populate_existing=True)
    if case is None or not case.closed:
        return
    for recipient_id in await recipients_of(case_id, uow=uow):
        if not await _helps(case_id, recipient_id, uow=uow):
            await end_request(case_id, recipient_id, uow=uow)


async def _helps(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether this recipient accompanies the case with a live consent, package or not."""
    case = await uow.session.get(KnownCaseRow, case_id, populate_existing=True)
    if case is None or not case.approved or rests(case, REINTEGRATION):
        return False
    recipient = await uow.session.get(RecipientRow, recipient_id)
    if recipient is None or COORDINATOR not in recipient.roles:
        return False
    return bool(await live_persons(uow, case_id, recipient_id, purpose=REINTEGRATION))


async def _still_covered(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether anybody may still be named for a purpose for which this recipient was, or is about to be, told."""
    await uow.session.flush()
    told = select(DeliveryRow.purpose).where(
        col(DeliveryRow.case_id) == case_id,
        col(DeliveryRow.recipient_id) == recipient_id,
        col(DeliveryRow.payload_type) != ENDED,
        col(DeliveryRow.status) != "withheld",
    )
    purposes: set[str | None] = set((await uow.session.execute(told)).scalars())
    for purpose in purposes or {None}:
        if await live_persons(uow, case_id, recipient_id, purpose=purpose):
            return True
    return False

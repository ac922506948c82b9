"""Follow the facts of other services: who may be told what, and what is now to be told or stopped.

Fails closed: without a live consent naming the recipient and the purpose, or an approved package, nothing is queued;
and everything is checked again before each attempt, the legal basis too (check_disclosure). The neutral stop goes to
whoever was told something, whatever the cause, and looks the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, update

from services.registry.commands.end_request import end_request, recipients_of, take_back_unheard_stops
from services.registry.commands.judge_endpoints import OWN_ROLE
from services.registry.commands.tell_recipient import register, tell
from services.registry.contracts import consumed as seen
from services.registry.domain.destruction import LONGEST_SUSPENSION_DELAY_HOURS
from services.registry.domain.disclosure_matrix import ENDED
from services.registry.persistence.disclosure_tables import (
    PLACES,
    AgencyMessageRow,
    DeliveryRow,
    KnownCaseRow,
    KnownConsentRow,
    KnownDisclosureRow,
    KnownPersonRow,
)
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork

MINOR_BANDS = ("0-4", "5-13", "14-15", "16-17", "unknown")


async def keep_case(case_id: UUID, *, uow: UnitOfWork, **values: Any) -> None:
    """What disclosure must know of a case."""
    statement = insert(KnownCaseRow).values(case_id=case_id, **_defaults(values))
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=["case_id"], set_=values or {"case_id": case_id})
    )


async def keep_persons(case_id: UUID, persons: Sequence[seen.PersonSeen], *, uow: UnitOfWork) -> None:
    """Who came to a case by its own events, and who of them is a child: an unknown age counts as one."""
    await PLACES.came(uow, case_id, [person.person_ref for person in persons])
    for person in persons:
        minor = person.age_band in MINOR_BANDS
        row = {"case_id": await PLACES.place_of(uow, person.person_ref) or case_id, "minor": minor}
        statement = insert(KnownPersonRow).values(person_ref=person.person_ref, **row)
        await uow.session.execute(statement.on_conflict_do_update(index_elements=["person_ref"], set_=row))


async def follow_persons(persons: Sequence[seen.PersonSeen], *, uow: UnitOfWork) -> None:
    """People went from one case to another: what is known of them and what they allowed is where they are now."""
    for person in persons:
        ref = person.person_ref
        place = await PLACES.place_of(uow, ref)
        if place is None:
            continue
        minor = person.age_band in MINOR_BANDS
        known = insert(KnownPersonRow).values(person_ref=ref, case_id=place, minor=minor)
        moved = known.on_conflict_do_update(index_elements=["person_ref"], set_={"case_id": place})
        await uow.session.execute(moved)
        consents = update(KnownConsentRow).where(col(KnownConsentRow.person_ref) == ref)
        await uow.session.execute(consents.values(case_id=place))


def _defaults(values: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(("approved", "over", "frozen", "closed", "plan_running"), False) | values


async def consent_given(fact: seen.ConsentGivenSeen, *, uow: UnitOfWork) -> None:
    """Each named recipient gets a row of its own, on the case the person is on by now."""
    place = await PLACES.place_of(uow, fact.person_ref) or fact.case_id
    for recipient in fact.recipients:
        values = fact.model_dump(include={"person_ref", "purposes", "valid_until"}) | {"case_id": place}
        row = {"consent_id": fact.consent_id, "recipient_id": recipient, **values, "withdrawn": False}
        await uow.session.execute(insert(KnownConsentRow).values(**row).on_conflict_do_nothing())


async def case_over(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Withdrawn, refused, cancelled, failed: the same neutral stop for everybody who was told."""
    await keep_case(case_id, uow=uow, over=True)
    for recipient_id in await recipients_of(case_id, uow=uow):
        await end_request(case_id, recipient_id, uow=uow)


async def case_suspended(case_id: UUID, *, uow: UnitOfWork) -> None:
    """As if it were over, but told after a random delay: the moment of a suspension would tell its reason."""
    await keep_case(case_id, uow=uow, over=True)
    for recipient_id in await recipients_of(case_id, uow=uow):
        delay = timedelta(seconds=secrets.randbelow(LONGEST_SUSPENSION_DELAY_HOURS * 3_600))
        await end_request(case_id, recipient_id, uow=uow, delay=delay)


async def take_up(case_id: UUID, *, uow: UnitOfWork) -> None:
    """The case goes on; a stop that nobody has heard yet is not told."""
    await keep_case(case_id, uow=uow, over=False, closed=False)
    await take_back_unheard_stops(case_id, uow=uow)


async def disclosure_released(case_id: UUID, *, uow: UnitOfWork) -> None:
    """The freeze is over: what it held is looked at again."""
    await keep_case(case_id, uow=uow, frozen=False)
    held = (
        col(DeliveryRow.case_id) == case_id,
        col(DeliveryRow.status) == "pending",
        col(DeliveryRow.attempts) == 0,
        col(DeliveryRow.payload_type) != ENDED,
    )
    await uow.session.execute(update(DeliveryRow).where(*held).values(next_attempt_at=uow.now))


async def disclosure_approved(fact: seen.DisclosureApprovedSeen, *, uow: UnitOfWork) -> None:
    """A package is ready for its recipient."""
    expires = fact.expires_at.date() if isinstance(fact.expires_at, datetime) else fact.expires_at
    values = fact.model_dump(exclude={"disclosure_id", "expires_at"})
    row = {"disclosure_id": fact.disclosure_id, **values, "expires_on": expires, "recalled": False}
    await uow.session.execute(insert(KnownDisclosureRow).values(**row).on_conflict_do_nothing())
    await tell(
        uow,
        case_id=fact.case_id,
        recipient_id=fact.recipient_id,
        payload_type="request.package-ready",
        facts={"answer_by": fact.answer_by.isoformat(), "person_refs": fact.person_refs},
        purpose=fact.purpose,
        disclosure_id=fact.disclosure_id,
        person_refs=fact.person_refs,
    )


async def disclosure_answered(fact: seen.DisclosureAnsweredSeen, *, uow: UnitOfWork) -> None:
    """The first complete answer stops the recipient's clock; a correction changes nothing."""
    where = (col(KnownDisclosureRow.disclosure_id) == fact.disclosure_id, col(KnownDisclosureRow.answered_at).is_(None))
    await uow.session.execute(update(KnownDisclosureRow).where(*where).values(answered_at=fact.occurred_at))


async def disclosure_made(fact: seen.DisclosureMadeSeen, *, uow: UnitOfWork) -> None:
    """A package was read: one line in the register."""
    register(
        uow,
        fact.case_id,
        fact.recipient_id,
        "package-read",
        "disclosure",
        fact.data_classes,
        fact.person_refs,
    )


async def message_not_applied(fact: seen.MessageNotAppliedSeen, *, uow: UnitOfWork) -> None:
    """The sender sees that its message had no effect, and a code why, and finds a notice of it."""
    row = await uow.session.get(AgencyMessageRow, fact.message_id)
    if row is None:
        return
    row.status, row.reason_code = "not-applied", fact.reason_code
    sender = await uow.session.get(RecipientRow, row.sender_id)
    if sender is not None:
        role, scope = OWN_ROLE[sender.category], str(sender.id)
        uow.notify("agency-message.not-applied", role=role, scope=scope, subject=row.id)

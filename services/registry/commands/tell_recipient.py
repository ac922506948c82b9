"""Queue what a recipient may be told, under its own name for the case; and keep the register of what was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.registry.domain.coverage import covered
from services.registry.domain.disclosure_matrix import ENDED, allowed_types, outward
from services.registry.persistence.disclosure_tables import (
    AgencyCaseRow,
    DeliveryRow,
    KnownCaseRow,
    KnownConsentRow,
    KnownPersonRow,
    RegisterRow,
    WebhookEndpointRow,
)
from services.registry.persistence.known_bases import has_live_basis
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork
from shared.ids import id_after, new_id, random_ref


async def live_persons(
    uow: UnitOfWork, case_id: UUID, recipient_id: UUID, *, purpose: str, waiting_too: bool = False
) -> frozenset[str]:
    """Persons who consent while a legal basis holds; nobody without one."""
    case = await uow.session.get(KnownCaseRow, case_id, populate_existing=True)
    if not await has_live_basis(uow, case, recipient_id, purpose):
        return frozenset()
    return await consenting_persons(uow, case_id, recipient_id, purpose=purpose, waiting_too=waiting_too)


async def standing_persons(uow: UnitOfWork, case_id: UUID, recipient_id: UUID, *, purpose: str) -> frozenset[str]:
    """Persons for whom a request goes on: they consent while a legal basis holds, or are a child whose adults do, even
    if nothing leaves about them until they can consent themselves."""
    return await live_persons(uow, case_id, recipient_id, purpose=purpose, waiting_too=True)


async def consenting_persons(
    uow: UnitOfWork, case_id: UUID, recipient_id: UUID, *, purpose: str, waiting_too: bool = False
) -> frozenset[str]:
    """Persons whose live consent names this recipient and purpose; children when every adult of the case agrees."""
    consents = select(KnownConsentRow).where(
        col(KnownConsentRow.case_id) == case_id, col(KnownConsentRow.recipient_id) == recipient_id
    )
    persons = select(KnownPersonRow).where(col(KnownPersonRow.case_id) == case_id)
    given = list((await uow.session.execute(consents)).scalars())
    known = list((await uow.session.execute(persons)).scalars())
    return covered(given, known, purpose=purpose, today=uow.now.date(), waiting_too=waiting_too)


async def agency_case(
    uow: UnitOfWork, case_id: UUID, recipient_id: UUID, *, create: bool = True
) -> AgencyCaseRow | None:
    """The recipient's own name for the case, locked."""
    if create:
        fresh = {"agency_case_ref": random_ref("ac"), "recipient_id": recipient_id, "case_id": case_id}
        made = insert(AgencyCaseRow).values(**fresh, last_sequence=0, told=False)
        await uow.session.execute(made.on_conflict_do_nothing())
    where = (col(AgencyCaseRow.case_id) == case_id, col(AgencyCaseRow.recipient_id) == recipient_id)
    statement = select(AgencyCaseRow).where(*where).with_for_update(key_share=True)
    found: AgencyCaseRow | None = await uow.session.scalar(statement)
    return found


async def tell(
    uow: UnitOfWork,
    *,
    case_id: UUID,
    recipient_id: UUID,
    payload_type: str,
    facts: dict[str, Any],
    purpose: str,
    person_refs: list[str],
    disclosure_id: UUID | None = None,
    at: datetime | None = None,
) -> None:
    """Queue one payload if the matrix allows the type for this recipient; with or without an endpoint, it is in the
    feed. It happened, and leaves, `at` that moment; now unless said otherwise."""
    recipient = await uow.session.get(RecipientRow, recipient_id)
    if recipient is None or payload_type not in allowed_types(recipient.kind, recipient.roles):
        return
    known = await agency_case(uow, case_id, recipient_id)
    if known is None:
        return
    targets = await endpoints_for(uow, recipient_id, payload_type, purpose, case_id=case_id)
    about: dict[str, Any] = {"case_id": case_id, "agency_case_ref": known.agency_case_ref}
    about |= {"disclosure_id": disclosure_id, "purpose": purpose, "person_refs": person_refs}
    queue(uow, recipient_id, targets, payload_type=payload_type, facts=facts, at=at, **about)


def queue(
    uow: UnitOfWork,
    recipient_id: UUID,
    targets: Sequence[WebhookEndpointRow],
    *,
    payload_type: str,
    facts: dict[str, Any],
    at: datetime | None = None,
    **more: Any,
) -> None:
    """One delivery per endpoint, each on its own from now on; the first one also stands for the fact in the feed. What
    is told later bears no trace of when it was queued: its id leaves as the webhook-id."""
    moment = at or uow.now
    shared: dict[str, Any] = {
        "source_event": str(uow.cause.id) if uow.cause else str(new_id()),
        "recipient_id": recipient_id,
        "payload_type": payload_type,
        "facts": outward(payload_type, facts),
        "traceparent": uow.traceparent,
        **dict.fromkeys(("occurred_at", "next_attempt_at", "created_at", "updated_at"), moment),
        **more,
    }
    places: list[UUID | None] = [target.id for target in targets] or [None]
    first, *copies = (DeliveryRow(id=id_after(moment - uow.now), endpoint_id=place, **shared) for place in places)
    for copy in copies:
        copy.copy_of = first.id
    uow.session.add_all([first, *copies])


async def endpoints_for(
    uow: UnitOfWork, recipient_id: UUID, payload_type: str, purpose: str, *, case_id: UUID | None = None
) -> list[WebhookEndpointRow]:
    """Every endpoint that asks for this type and purpose, oldest first. The neutral stop also goes wherever something
    of the case has gone, and to any endpoint rather than to none."""
    statement = select(WebhookEndpointRow).where(
        col(WebhookEndpointRow.owner_id) == recipient_id, col(WebhookEndpointRow.status) != "disabled"
    )
    known = list((await uow.session.execute(statement.order_by(col(WebhookEndpointRow.id)))).scalars())
    asking = [row for row in known if payload_type in row.event_types]
    if payload_type != ENDED:
        return [row for row in asking if row.purposes is None or purpose in row.purposes]
    heard = await _heard_of(uow, recipient_id, case_id) if len(known) > 1 else set()
    return [row for row in known if row in asking or row.id in heard] or known[:1]


async def _heard_of(uow: UnitOfWork, recipient_id: UUID, case_id: UUID | None) -> set[UUID | None]:
    statement = select(DeliveryRow.endpoint_id).where(
        col(DeliveryRow.recipient_id) == recipient_id,
        col(DeliveryRow.case_id) == case_id,
        col(DeliveryRow.endpoint_sequence).is_not(None),
    )
    return set((await uow.session.execute(statement)).scalars())


def register(
    uow: UnitOfWork,
    case_id: UUID,
    recipient_id: UUID,
    what: str,
    basis: str,
    data_classes: list[str],
    person_refs: list[str],
) -> None:
    """One line in the disclosure register."""
    uow.session.add(
        RegisterRow(
            id=new_id(),
            case_id=case_id,
            recipient_id=recipient_id,
            at=uow.now,
            what=what,
            basis=basis,
            data_classes=data_classes,
            person_refs=person_refs,
        )
    )

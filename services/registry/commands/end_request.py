"""Tell a recipient that a request is over: the neutral stop, the same whatever the cause, with a day to destroy by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select, update

from services.registry.commands.tell_recipient import agency_case, tell
from services.registry.contracts.published import RequestEndedV1
from services.registry.domain.destruction import destroy_by
from services.registry.domain.disclosure_matrix import ENDED
from services.registry.persistence.disclosure_tables import (
    AgencyCaseRow,
    DeliveryRow,
    KnownDisclosureRow,
    RegisterRow,
)
from services.registry.persistence.webhook_tables import DestructionDutyRow
from shared.database.unit_of_work import UnitOfWork
from shared.ids import id_after

AT_ONCE = timedelta(0)


async def end_request(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork, delay: timedelta = AT_ONCE) -> None:
    """The neutral stop, once, and only to a recipient that was told something; what has not left yet is withheld."""
    known = await agency_case(uow, case_id, recipient_id, create=False)
    await _withhold_open(case_id, recipient_id, uow=uow)
    if known is None or not known.told or known.ended_on is not None:
        return
    known.ended_on = (uow.now + delay).date()
    await _stop(known, [], at=uow.now + delay, uow=uow)


async def end_for_persons(case_id: UUID, recipient_id: UUID, person_refs: list[str], *, uow: UnitOfWork) -> None:
    """The same neutral stop for some of the persons a recipient was told of; for the others the request goes on."""
    known = await agency_case(uow, case_id, recipient_id, create=False)
    if known is not None and known.told and known.ended_on is None:
        await _stop(known, person_refs, at=uow.now, uow=uow)


async def _stop(known: AgencyCaseRow, person_refs: list[str], *, at: datetime, uow: UnitOfWork) -> None:
    """Naming nobody, it is for everybody."""
    case_id, recipient_id = known.case_id, known.recipient_id
    until = destroy_by(at.date(), await _packages(case_id, recipient_id, uow=uow))
    facts: dict[str, Any] = {"destroy_by": until.isoformat()}
    await tell(
        uow,
        case_id=case_id,
        recipient_id=recipient_id,
        payload_type=ENDED,
        facts=facts | ({"person_refs": person_refs} if person_refs else {}),
        purpose=ENDED,
        person_refs=person_refs,
        at=at,
    )
    await _expect_attestation(known, until, at=at, uow=uow)
    uow.publish(
        RequestEndedV1(case_id=case_id, recipient_id=recipient_id, destroy_by=until, person_refs=person_refs or None)
    )


async def heard_of(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> frozenset[str]:
    """The persons whom a recipient was told of and for whom it has not heard, and is not about to hear, the stop."""
    await uow.session.flush()
    row, heard = RegisterRow, set[str]()
    lines = select(row).where(col(row.case_id) == case_id, col(row.recipient_id) == recipient_id).order_by(col(row.id))
    for line in (await uow.session.execute(lines)).scalars():
        if line.what != ENDED:
            heard |= set(line.person_refs)
        else:
            heard = heard - set(line.person_refs) if line.person_refs else set()
    about_to = select(col(DeliveryRow.person_refs)).where(
        col(DeliveryRow.case_id) == case_id,
        col(DeliveryRow.recipient_id) == recipient_id,
        col(DeliveryRow.payload_type) == ENDED,
        col(DeliveryRow.status) == "pending",
        col(DeliveryRow.sequence).is_(None),
        col(DeliveryRow.copy_of).is_(None),
    )
    for refs in (await uow.session.execute(about_to)).scalars():
        heard -= set(refs)
    return frozenset(heard)


async def recipients_of(case_id: UUID, *, uow: UnitOfWork) -> list[UUID]:
    """Everybody who has a name of their own for this case, in one order everywhere."""
    rows = await uow.session.execute(select(AgencyCaseRow.recipient_id).where(col(AgencyCaseRow.case_id) == case_id))
    return sorted(rows.scalars())


async def take_back_unheard_stops(case_id: UUID, *, uow: UnitOfWork) -> None:
    """A stop for everybody that has not left yet is not told any more, and nothing is to be destroyed."""
    await uow.session.flush()
    locked = [await agency_case(uow, case_id, found, create=False) for found in await recipients_of(case_id, uow=uow)]
    cases = {known.agency_case_ref: known for known in locked if known is not None}
    where = (
        col(DeliveryRow.case_id) == case_id,
        col(DeliveryRow.payload_type) == ENDED,
        col(DeliveryRow.status) == "pending",
        col(DeliveryRow.sequence).is_(None),
        col(DeliveryRow.copy_of).is_(None),
        col(DeliveryRow.person_refs) == [],
    )
    named = (col(DeliveryRow.id), col(DeliveryRow.agency_case_ref), col(DeliveryRow.created_at))
    taken_back = await uow.session.execute(
        update(DeliveryRow).where(*where).values(status="withheld").returning(*named)
    )
    unheard = taken_back.all()
    copies = update(DeliveryRow).where(col(DeliveryRow.copy_of).in_([row.id for row in unheard]))
    await uow.session.execute(copies.values(status="withheld"))
    for reference, at in sorted((row.agency_case_ref, row.created_at) for row in unheard if row.agency_case_ref):
        cases[reference].ended_on = None
        duty = select(DestructionDutyRow).where(
            col(DestructionDutyRow.agency_case_ref) == reference,
            col(DestructionDutyRow.status) == "open",
            col(DestructionDutyRow.created_at) == at,  # one of an earlier stop was heard, and stays
        )
        for row in (await uow.session.execute(duty)).scalars():
            await uow.session.delete(row)


async def _withhold_open(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> None:
    """Not what is under way at this moment: its sender records what becomes of it. A stop for some of the persons that
    nobody has heard yet is said by the one for everybody."""
    await uow.session.flush()
    open_now = (
        col(DeliveryRow.case_id) == case_id,
        col(DeliveryRow.recipient_id) == recipient_id,
        col(DeliveryRow.status) == "pending",
        (col(DeliveryRow.payload_type) != ENDED) | (col(DeliveryRow.person_refs) != []),
        col(DeliveryRow.claimed_until).is_(None) | (col(DeliveryRow.claimed_until) < uow.now),
    )
    await uow.session.execute(update(DeliveryRow).where(*open_now).values(status="withheld"))


async def withhold_unheard(case_id: UUID, payload_types: Sequence[str], *, uow: UnitOfWork) -> None:
    """What was to be told and has reached nobody, neither by webhook nor in the feed, and is true no more."""
    await uow.session.flush()
    unheard = (
        col(DeliveryRow.case_id) == case_id,
        col(DeliveryRow.payload_type).in_(payload_types),
        col(DeliveryRow.status) == "pending",
        col(DeliveryRow.sequence).is_(None),
        col(DeliveryRow.endpoint_sequence).is_(None),
    )
    await uow.session.execute(update(DeliveryRow).where(*unheard).values(status="withheld"))


async def _packages(case_id: UUID, recipient_id: UUID, *, uow: UnitOfWork) -> list[date]:
    """The days by which packages that this recipient got were to be destroyed anyway."""
    statement = select(col(KnownDisclosureRow.destroy_by)).where(
        col(KnownDisclosureRow.case_id) == case_id, col(KnownDisclosureRow.recipient_id) == recipient_id
    )
    return list((await uow.session.execute(statement)).scalars())


async def _expect_attestation(known: AgencyCaseRow, until: date, *, at: datetime, uow: UnitOfWork) -> None:
    """Owed from the moment of the stop on; before that the recipient does not find it (persistence.duties)."""
    where = (
        col(DestructionDutyRow.agency_case_ref) == known.agency_case_ref,
        col(DestructionDutyRow.destroy_by) == until,
    )
    if await uow.session.scalar(select(DestructionDutyRow.id).where(*where)) is None:
        uow.session.add(
            DestructionDutyRow(
                id=id_after(at - uow.now),
                recipient_id=known.recipient_id,
                case_id=known.case_id,
                agency_case_ref=known.agency_case_ref,
                destroy_by=until,
                created_at=at,
                updated_at=at,
            )
        )

"""Finds requests for travel documents, and keeps their steps and what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.travel_document_request import DAYS, RequestState, Taken, course
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.tables import CasePersonRow, TravelDocumentRow
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow, TravelDocumentStepRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def requests_of(uow: UnitOfWork, case_id: UUID) -> list[TravelDocumentRequestRow]:
    """Every request of a case, oldest first."""
    row = TravelDocumentRequestRow
    statement = select(row).where(col(row.case_id) == case_id).order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())


async def requests_on(uow: UnitOfWork, disclosure_id: UUID) -> list[TravelDocumentRequestRow]:
    """Every request that rests on a package, also of persons who went on in another file."""
    await uow.session.flush()
    row = TravelDocumentRequestRow
    statement = select(row).where(col(row.disclosure_id) == disclosure_id).order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())


async def person_ids(uow: UnitOfWork, person_refs: Collection[str]) -> set[UUID]:
    """The internal ids of these persons, whatever file they are on."""
    statement = select(col(CasePersonRow.id)).where(col(CasePersonRow.person_ref).in_(person_refs))
    return set((await uow.session.execute(statement)).scalars())


async def request_of(uow: UnitOfWork, case_id: UUID, request_id: UUID) -> TravelDocumentRequestRow:
    """One request of a case; raises NotFound."""
    found = await uow.session.get(TravelDocumentRequestRow, request_id)
    if found is None or found.case_id != case_id:
        raise NotFound
    return found


async def steps_of(uow: UnitOfWork, request_ids: Collection[UUID]) -> list[TravelDocumentStepRow]:
    """The steps of requests in the order in which they were taken, voided ones too."""
    row = TravelDocumentStepRow
    statement = select(row).where(col(row.request_id).in_(request_ids)).order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())


async def steps_by_message(uow: UnitOfWork, message_id: UUID) -> list[TravelDocumentStepRow]:
    """The live steps that rest on an agency's message."""
    row = TravelDocumentStepRow
    statement = select(row).where(col(row.message_id) == message_id, col(row.voided_on).is_(None))
    return list((await uow.session.execute(statement.order_by(col(row.id)))).scalars())


async def follow_the_steps(uow: UnitOfWork, request: TravelDocumentRequestRow) -> list[TravelDocumentStepRow]:
    """Set state and days anew from the live steps; returns the steps that nothing leads to any more."""
    await uow.session.flush()
    live = [step for step in await steps_of(uow, [request.id]) if step.voided_on is None]
    taken = course([Taken(step.step, step.on) for step in live])
    request.state = taken.state.value
    for name in DAYS:
        setattr(request, name, taken.days.get(name))
    kept = [step for step, stands in zip(live, taken.stands, strict=True) if stands]
    offered = [step.appointment_on for step in kept if step.appointment_on is not None]
    request.appointment_on = offered[-1] if offered and taken.state is not RequestState.CANCELLED else None
    if request.ended_on is None:
        request.end_reason = None
    touch(request, now=uow.now)
    return [step for step in live if step not in kept]


async def keep_step(
    uow: UnitOfWork,
    request: TravelDocumentRequestRow,
    name: str,
    *,
    on: date,
    appointment_on: date | None = None,
    message_id: UUID | None = None,
) -> None:
    """Keep a step that the table allows, and move the request."""
    uow.session.add(
        TravelDocumentStepRow(
            request_id=request.id,
            step=name,
            on=on,
            appointment_on=appointment_on,
            recorded_by=uow.actor.subject,
            recorded_role=uow.acting_role,
            message_id=message_id,
            created_at=uow.now,
            updated_at=uow.now,
        )
    )
    await follow_the_steps(uow, request)


def void_step(uow: UnitOfWork, step: TravelDocumentStepRow, *, reason: str) -> None:
    """A step no longer counts; it stays readable."""
    step.voided_on, step.voided_by, step.void_reason = uow.now.date(), uow.actor.subject, reason
    touch(step, now=uow.now)


def void_papers(file: CaseFile, requests: Sequence[UUID], *, on: date) -> list[TravelDocumentRow]:
    """Papers that rest on these requests no longer count; returns them."""
    gone = [paper for paper in file.documents if paper.request_id in requests and paper.voided_on is None]
    for paper in gone:
        paper.voided_on = on
    file.documents = [paper for paper in file.documents if paper.voided_on is None]
    return gone


def person_of(file: CaseFile, request: TravelDocumentRequestRow) -> CasePersonRow:
    """Whom a request is about; raises NotFound when they are no longer on this file."""
    for person in file.persons:
        if person.id == request.person_id:
            return person
    raise NotFound

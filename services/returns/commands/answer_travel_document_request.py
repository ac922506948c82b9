"""A consulate said something about what it was asked: the requests that the case still has open with it move."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.returns.commands.move_travel_document_request import take
from services.returns.domain.travel_document_request import allows, require_step
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.travel_document_requests import requests_of, steps_of
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.database.unit_of_work import UnitOfWork


async def apply_to_requests(
    uow: UnitOfWork,
    file: CaseFile,
    sender_id: UUID,
    step: str,
    *,
    on: date,
    person_refs: Collection[str] = (),
    appointment_on: date | None = None,
    message_id: UUID | None = None,
    refuse: bool = False,
) -> list[TravelDocumentRequestRow]:
    """The sender's requests, of these persons or of everybody, that allow the step take it; returns them.

    Raises TransitionRefused when there are such requests, none allows it, and `refuse` asks for that.
    """
    ids = {person.id for person in file.persons if not person_refs or person.person_ref in person_refs}
    concerned = [
        row for row in await requests_of(uow, file.id) if row.recipient_id == sender_id and row.person_id in ids
    ]
    moved = [request for request in concerned if allows(request.state, step)]
    if concerned and not moved and not await _said_before(uow, concerned, step, message_id) and refuse:
        require_step(concerned[-1].state, step)
    for request in moved:
        await take(uow, file, request, step, on=on, appointment_on=appointment_on, message_id=message_id)
    return moved


async def _said_before(
    uow: UnitOfWork, requests: list[TravelDocumentRequestRow], step: str, message_id: UUID | None
) -> bool:
    """Whether the step stands already; a message that says it again carries it too, so that taking the message back
    takes the step back."""
    same = [row for row in await steps_of(uow, [row.id for row in requests]) if row.step == step]
    live = [row for row in same if row.voided_on is None]
    for row in live:
        row.message_id = row.message_id or message_id
    return bool(live)

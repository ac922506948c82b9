"""Record a counselling contact: no case is needed, no name is asked for, and either decision is as good."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from services.returns.commands.moving import fact_day
from services.returns.contracts.published_contacts import CounsellingContactHeldV1
from services.returns.domain.counselling import informed_decision
from services.returns.persistence.counselling import seal_note
from services.returns.persistence.counselling_tables import CounsellingContactRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden


@dataclass(frozen=True, kw_only=True)
class HoldContact:
    """A talk, as codes; the note is for the office alone."""

    office_id: str
    channel: str
    language: str
    interpreter: str
    purpose: str
    outcome: str
    topics: list[str] = field(default_factory=list)
    destination: str | None = None
    held_on: date | None = None
    note: str | None = None


async def handle(command: HoldContact, *, uow: UnitOfWork) -> CounsellingContactRow:
    """Raises DateInTheFuture; Forbidden for another's office."""
    if command.office_id not in uow.actor.offices:
        raise Forbidden
    values = {name: value for name, value in vars(command).items() if name not in ("note", "held_on", "topics")}
    row = CounsellingContactRow(
        **values,
        topics=sorted(set(command.topics)),
        held_on=fact_day(uow, command.held_on),
        recorded_by=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await seal_note(uow, row, command.note)
    uow.session.add(row)
    uow.publish(
        CounsellingContactHeldV1(
            contact_id=row.id,
            on=row.held_on,
            channel=row.channel,
            language=row.language,
            informed_decision=informed_decision(row.outcome),
        )
    )
    uow.record("counselling.contact-held", subject=row.id)
    return row

"""One side proposes what it, or the other, will do by a day; it counts only once the other side agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.commands.tell_sides import tell_sides
from services.registry.domain.commitment import OVER
from services.registry.persistence.partnership_tables import CommitmentRow
from services.registry.persistence.partnerships import component_in, part_of_partnership, partnership, side_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class CounterCommitmentDoesNotFit(Conflict):
    """A counter-commitment answers a living commitment of the other side in the same partnership."""

    slug = "counter-commitment-does-not-fit"
    title = "It does not answer a standing commitment of the other side"


class DueDayIsPast(Invalid):
    """Nobody can keep today what was due yesterday."""

    slug = "due-day-is-past"
    title = "The due day of a proposal is today or later"


@dataclass(frozen=True, kw_only=True)
class ProposeCommitment:
    """Who owes what until when, and by what both will see that it was kept."""

    partnership_id: UUID
    title: str
    indicator: str
    owner_side: str
    due_on: date
    component_id: UUID | None = None
    counter_to: UUID | None = None
    department: str | None = None


async def handle(command: ProposeCommitment, *, uow: UnitOfWork) -> CommitmentRow:
    """Raises NotFound, PartnershipHasEnded, CounterCommitmentDoesNotFit, DueDayIsPast."""
    parent = await partnership(uow, command.partnership_id)
    if parent.status == "ended":
        raise PartnershipHasEnded
    await component_in(uow, command.component_id, parent.id)
    await _check_counter(command, uow=uow)
    side, today = side_of(uow.actor), uow.now.date()
    if command.due_on < today:
        raise DueDayIsPast
    row = CommitmentRow(
        partnership_id=parent.id,
        component_id=command.component_id,
        counter_to=command.counter_to,
        title=command.title,
        indicator=command.indicator,
        owner_side=command.owner_side,
        proposed_by=side,
        department=command.department,
        due_on=command.due_on,
        steps=[{"step": "propose", "side": side, "on": today.isoformat(), "actor": uow.actor.subject}],
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.notify("commitment.proposed", role="partnership_delegate", scope=str(parent.id), subject=row.id, by=side)
    uow.record("commitment.proposed", subject=row.id, side=side)
    fact = {"commitment_id": row.id, "proposed_by": side, "owner_side": row.owner_side, "due_on": row.due_on}
    await tell_sides(uow, parent.id, "commitment.proposed", **fact)
    return row


async def _check_counter(command: ProposeCommitment, *, uow: UnitOfWork) -> None:
    if command.counter_to is None:
        return
    answered = await part_of_partnership(uow, CommitmentRow, command.counter_to)
    fits = answered.partnership_id == command.partnership_id and answered.owner_side != command.owner_side
    if not fits or answered.status in OVER:
        raise CounterCommitmentDoesNotFit

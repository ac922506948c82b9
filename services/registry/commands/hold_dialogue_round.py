"""Call a round of dialogue, fill and approve its agenda from both sides, hold it or call it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.commands.tell_sides import tell_sides
from services.registry.contracts.partnership_events import DialogueRoundHeldV1
from services.registry.domain.dialogue import ROUND, missing_to_hold, with_approval
from services.registry.domain.steps import walk
from services.registry.persistence.dialogue_tables import ActionItemRow, DialogueRoundRow
from services.registry.persistence.partnerships import component_in, part_of_partnership, partnership, side_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound
from shared.ids import new_id


class AgendaIsClosed(Conflict):
    """A round that was held or called off keeps its agenda."""

    slug = "agenda-is-closed"
    title = "This round is over; its agenda stays as it was"


@dataclass(frozen=True, kw_only=True)
class CallRound:
    """When, where and at which level to meet."""

    partnership_id: UUID
    level: str
    scheduled_on: date
    place: str | None = None


async def call(command: CallRound, *, uow: UnitOfWork) -> DialogueRoundRow:
    """The next round of the partnership. Raises NotFound, PartnershipHasEnded."""
    parent = await partnership(uow, command.partnership_id, lock=True)
    if parent.status == "ended":
        raise PartnershipHasEnded
    counted = select(func.count()).where(col(DialogueRoundRow.partnership_id) == parent.id)
    row = DialogueRoundRow(
        partnership_id=parent.id,
        number=int((await uow.session.execute(counted)).scalar_one()) + 1,
        level=command.level,
        called_by=side_of(uow.actor),
        scheduled_on=command.scheduled_on,
        place=command.place,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    _notify(row, "dialogue-round.scheduled", uow=uow)
    uow.record("dialogue-round.called", subject=row.id, number=row.number)
    fact = {"round_number": row.number, "round_level": row.level, "scheduled_on": row.scheduled_on}
    await tell_sides(uow, parent.id, "dialogue-round.scheduled", round_id=row.id, **fact)
    return row


async def propose_item(round_id: UUID, title: str, component_id: UUID | None, *, uow: UnitOfWork) -> DialogueRoundRow:
    """Put something on the agenda; what both had approved is then open again. Raises NotFound, AgendaIsClosed."""
    row = await _planned(uow, round_id)
    await component_in(uow, component_id, row.partnership_id)
    side = side_of(uow.actor)
    item = {"item_id": str(new_id()), "title": title, "proposed_by": side}
    row.agenda = [*row.agenda, {**item, "component_id": str(component_id) if component_id else None}]
    row.agenda_approved_by = []
    return _kept(row, "dialogue-round.item-proposed", uow=uow)


async def take_item_back(round_id: UUID, item_id: UUID, *, uow: UnitOfWork) -> DialogueRoundRow:
    """The side that proposed an item takes it off again. Raises NotFound, AgendaIsClosed."""
    row = await _planned(uow, round_id)
    left = [item for item in row.agenda if (item["item_id"], item["proposed_by"]) != (str(item_id), side_of(uow.actor))]
    if len(left) == len(row.agenda):
        raise NotFound
    row.agenda, row.agenda_approved_by = left, []
    return _kept(row, "dialogue-round.item-taken-back", uow=uow)


async def approve_agenda(round_id: UUID, *, uow: UnitOfWork) -> DialogueRoundRow:
    """One side's word for the agenda as it is. Raises NotFound, AgendaIsClosed."""
    row = await _planned(uow, round_id)
    row.agenda_approved_by = with_approval(row.agenda_approved_by, side_of(uow.actor))
    return _kept(row, "dialogue-round.agenda-approved", uow=uow)


async def hold(round_id: UUID, on: date, *, uow: UnitOfWork) -> DialogueRoundRow:
    """The sides have met. Raises NotFound, TransitionRefused."""
    row = await part_of_partnership(uow, DialogueRoundRow, round_id, lock=True)
    uow.match(row.version)
    missing = missing_to_hold(row.agenda, row.agenda_approved_by, on, uow.now.date())
    row.status, row.held_on = walk(ROUND, "hold", row.status, missing=missing), on
    uow.publish(
        DialogueRoundHeldV1(
            round_id=row.id,
            partnership_id=row.partnership_id,
            round_number=row.number,
            round_level=row.level,
            agenda_items_count=len(row.agenda),
            carried_over_count=await _carried_over(row, uow=uow),
            on=on,
        )
    )
    return _kept(row, "dialogue-round.held", uow=uow)


async def call_off(round_id: UUID, *, uow: UnitOfWork) -> DialogueRoundRow:
    """The round does not take place. Raises NotFound, TransitionRefused."""
    row = await part_of_partnership(uow, DialogueRoundRow, round_id, lock=True)
    uow.match(row.version)
    row.status = walk(ROUND, "call_off", row.status)
    return _kept(row, "dialogue-round.called-off", uow=uow)


async def _planned(uow: UnitOfWork, round_id: UUID) -> DialogueRoundRow:
    row = await part_of_partnership(uow, DialogueRoundRow, round_id, lock=True)
    uow.match(row.version)
    if row.status != "planned":
        raise AgendaIsClosed
    return row


async def _carried_over(row: DialogueRoundRow, *, uow: UnitOfWork) -> int:
    statement = select(func.count()).where(
        col(ActionItemRow.partnership_id) == row.partnership_id,
        col(ActionItemRow.round_number) < row.number,
        col(ActionItemRow.status) == "open",
    )
    return int((await uow.session.execute(statement)).scalar_one())


def _kept(row: DialogueRoundRow, action: str, *, uow: UnitOfWork) -> DialogueRoundRow:
    touch(row, now=uow.now)
    _notify(row, action, uow=uow)
    uow.record(action, subject=row.id, side=side_of(uow.actor))
    return row


def _notify(row: DialogueRoundRow, kind: str, *, uow: UnitOfWork) -> None:
    by = side_of(uow.actor)
    uow.notify(kind, role="partnership_delegate", scope=str(row.partnership_id), subject=row.id, by=by)

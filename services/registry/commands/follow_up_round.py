"""What somebody does after a round: open until its side says that it is done, carried over to every later round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.commands.tell_sides import tell_sides
from services.registry.domain.dialogue import ACTION_ITEM
from services.registry.domain.steps import walk
from services.registry.persistence.dialogue_tables import ActionItemRow, DialogueRoundRow
from services.registry.persistence.partnerships import component_in, part_of_partnership, side_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, Missing


class RoundNotHeld(Conflict):
    """Action items come out of a round that was held."""

    slug = "round-not-held"
    title = "This round has not been held"


class OtherSideHasNotAgreed(Conflict):
    """What the other side is to do stands in the minutes that it approves; later, each side speaks for itself."""

    slug = "other-side-has-not-agreed"
    title = "This round is concluded; you can take something on for your own side only"


class DueBeforeTheRound(Invalid):
    """Nothing that comes out of a round was due before the sides met."""

    slug = "due-before-the-round"
    title = "The due day is before the round"


@dataclass(frozen=True, kw_only=True)
class AddActionItem:
    """Which side does what until when."""

    round_id: UUID
    title: str
    owner_side: str
    due_on: date
    component_id: UUID | None = None


async def add(command: AddActionItem, *, uow: UnitOfWork) -> ActionItemRow:
    """Approved with the minutes of the round. Raises NotFound, RoundNotHeld, OtherSideHasNotAgreed,
    DueBeforeTheRound."""
    parent = await part_of_partnership(uow, DialogueRoundRow, command.round_id, lock=True)
    if parent.status not in ("held", "concluded"):
        raise RoundNotHeld
    if parent.status == "concluded" and command.owner_side != side_of(uow.actor):
        raise OtherSideHasNotAgreed
    if parent.held_on is not None and command.due_on < parent.held_on:
        raise DueBeforeTheRound
    await component_in(uow, command.component_id, parent.partnership_id)
    row = ActionItemRow(
        partnership_id=parent.partnership_id,
        round_id=parent.id,
        round_number=parent.number,
        component_id=command.component_id,
        title=command.title,
        owner_side=command.owner_side,
        due_on=command.due_on,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    if parent.status == "held":
        parent.minutes_approved_by = []
        touch(parent, now=uow.now)
    where = str(row.partnership_id)
    uow.notify(
        "action-item.assigned", role="partnership_delegate", scope=where, subject=row.id, owner_side=row.owner_side
    )
    uow.record("action-item.added", subject=row.id, owner_side=row.owner_side, side=side_of(uow.actor))
    fact = {"action_item_id": row.id, "round_id": parent.id, "owner_side": row.owner_side, "due_on": row.due_on}
    await tell_sides(uow, row.partnership_id, "action-item.assigned", **fact)
    return row


@dataclass(frozen=True, kw_only=True)
class MoveActionItem:
    """Complete it, open it again, or let it go."""

    action_item_id: UUID
    step: str
    on: date | None = None
    outcome: str | None = None


async def move(command: MoveActionItem, *, uow: UnitOfWork) -> ActionItemRow:
    """Its own side completes it; the other side may open it again or drop it. Raises NotFound, TransitionRefused."""
    row = await part_of_partnership(uow, ActionItemRow, command.action_item_id, lock=True)
    uow.match(row.version)
    on = command.on or uow.now.date()
    capacity = "owner" if side_of(uow.actor) == row.owner_side else "counterpart"
    missing = [Missing("day", "The day is still to come.")] if on > uow.now.date() else []
    row.status = walk(ACTION_ITEM, command.step, row.status, capacities={capacity}, missing=missing)
    row.done_on = on if row.status == "done" else None
    row.outcome = command.outcome
    touch(row, now=uow.now)
    uow.record(f"action-item.{row.status}", subject=row.id, side=side_of(uow.actor))
    return row

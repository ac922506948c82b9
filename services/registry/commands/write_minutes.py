"""Write the joint minutes of a round and have both sides approve them; a change needs both approvals again."""

from __future__ import annotations

from uuid import UUID

from services.registry.domain.dialogue import ROUND, both_approve, with_approval
from services.registry.domain.steps import walk
from services.registry.persistence.confidential import has_minutes, keep_minutes
from services.registry.persistence.dialogue_tables import DialogueRoundRow
from services.registry.persistence.partnerships import part_of_partnership, side_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Missing, TransitionRefused


class MinutesAreClosed(Conflict):
    """Minutes are written after the round was held and until both sides have approved them."""

    slug = "minutes-are-closed"
    title = "Minutes can be written after the round, until both sides have approved them"


async def write(round_id: UUID, minutes: list[dict[str, str]], *, uow: UnitOfWork) -> DialogueRoundRow:
    """Put these minutes in place of earlier ones; approvals start anew. Raises NotFound, MinutesAreClosed."""
    row = await _held(uow, round_id)
    keep_minutes(uow, row, minutes)
    row.minutes_approved_by = []
    return _kept(row, "minutes.written", uow=uow)


async def approve(round_id: UUID, *, uow: UnitOfWork) -> DialogueRoundRow:
    """One side's approval; the second one concludes the round. Raises NotFound, MinutesAreClosed, TransitionRefused."""
    row = await _held(uow, round_id)
    if not has_minutes(row):
        missing = [Missing("minutes", "No minutes have been written yet.")]
        raise TransitionRefused(transition="conclude", state=row.status, missing=missing)
    row.minutes_approved_by = with_approval(row.minutes_approved_by, side_of(uow.actor))
    if both_approve(row.minutes_approved_by):
        row.status = walk(ROUND, "conclude", row.status)
    return _kept(row, "minutes.approved", uow=uow)


async def _held(uow: UnitOfWork, round_id: UUID) -> DialogueRoundRow:
    row = await part_of_partnership(uow, DialogueRoundRow, round_id, lock=True)
    uow.match(row.version)
    if row.status != "held":
        raise MinutesAreClosed
    return row


def _kept(row: DialogueRoundRow, action: str, *, uow: UnitOfWork) -> DialogueRoundRow:
    side = side_of(uow.actor)
    touch(row, now=uow.now)
    uow.notify(action, role="partnership_delegate", scope=str(row.partnership_id), subject=row.id, by=side)
    uow.record(action, subject=row.id, side=side)
    return row

"""Move a commitment on: each step, from the agreement to what the other side says to the report, is one side's act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.commands.tell_sides import tell_sides
from services.registry.contracts.partnership_events import (
    CommitmentAgreedV1,
    CommitmentDisputedV1,
    CommitmentReportedV1,
    CommitmentSettledV1,
)
from services.registry.domain.commitment import COMMITMENT, SETTLED, STANDING, capacities, last_word_on
from services.registry.domain.steps import TIMER, walk
from services.registry.persistence.partnership_tables import CommitmentRow
from services.registry.persistence.partnerships import part_of_partnership, side_of
from services.registry.persistence.rows import get_row
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing


@dataclass(frozen=True, kw_only=True)
class MoveCommitment:
    """One step of a commitment, with what its side says to it."""

    commitment_id: UUID
    step: str
    on: date | None = None
    words: str | None = None
    evidence: Sequence[dict[str, Any]] = field(default_factory=tuple)
    side: str | None = None
    """For which side a message speaks whose sender is certain; else the caller's own."""


async def handle(command: MoveCommitment, *, uow: UnitOfWork) -> CommitmentRow:
    """Raises NotFound, TransitionRefused."""
    row = await part_of_partnership(uow, CommitmentRow, command.commitment_id, lock=True)
    uow.match(row.version)
    side, on = command.side or side_of(uow.actor), command.on or uow.now.date()
    acting = capacities(side, owner_side=row.owner_side, proposed_by=row.proposed_by)
    missing = [*_missing(command, row, side, on, uow=uow), *await _answered(command, row, uow=uow)]
    row.status = walk(COMMITMENT, command.step, row.status, capacities=acting, missing=missing)
    entry = {"step": command.step, "side": side, "on": on.isoformat(), "words": command.words}
    row.steps = [*row.steps, {**entry, "evidence": list(command.evidence), "actor": uow.actor.subject}]
    row.reported_on = on if command.step == "report" else row.reported_on
    await _tell(row, on, uow=uow)
    touch(row, now=uow.now)
    uow.notify(f"commitment.{row.status}", role="partnership_delegate", scope=str(row.partnership_id), subject=row.id)
    uow.record(f"commitment.{row.status}", subject=row.id, side=side)
    return row


async def fall_due(row: CommitmentRow, *, uow: UnitOfWork) -> None:
    """The timer's step, on a row it holds."""
    row.status = walk(COMMITMENT, "fall_due", row.status, capacities={TIMER})
    row.steps = [*row.steps, {"step": "fall_due", "side": row.owner_side, "on": uow.now.date().isoformat()}]
    touch(row, now=uow.now)
    uow.notify(
        "commitment.due",
        role="partnership_delegate",
        scope=str(row.partnership_id),
        subject=row.id,
        owner_side=row.owner_side,
    )
    uow.record("commitment.due", subject=row.id)


def _missing(command: MoveCommitment, row: CommitmentRow, side: str, on: date, *, uow: UnitOfWork) -> list[Missing]:
    today, found = uow.now.date(), []
    if on > today:
        found.append(Missing("day", "The day is still to come."))
    if on.isoformat() < last_word_on(row.steps):
        found.append(Missing("day", "The day is before the last word of a side."))
    if any(entry.get("actor") == uow.actor.subject and entry["side"] != side for entry in row.steps):
        found.append(Missing("another-person", "Whoever has spoken for one side does not speak for the other."))
    if command.step == "agree" and row.due_on < today:
        found.append(Missing("due-day", "Its due day is over; propose it with another one."))
    if command.step == "report" and not command.evidence:
        found.append(Missing("evidence", "Nothing is named by which the other side can see that it was kept."))
    if any((entry.get("dated") or "") > today.isoformat() for entry in command.evidence):
        found.append(Missing("evidence", "Evidence bears a day that is still to come."))
    return found


async def _answered(command: MoveCommitment, row: CommitmentRow, *, uow: UnitOfWork) -> list[Missing]:
    """Nobody is bound by an answer to something that does not bind the other side."""
    if command.step != "agree" or row.counter_to is None:
        return []
    answered = await get_row(uow, CommitmentRow, row.counter_to)
    agreed = answered.status in STANDING
    return [] if agreed else [Missing("counterpart", "The commitment that this one answers is not agreed.")]


async def _tell(row: CommitmentRow, on: date, *, uow: UnitOfWork) -> None:
    what = {
        "commitment_id": row.id,
        "partnership_id": row.partnership_id,
        "component_id": row.component_id,
        "owner_side": row.owner_side,
        "due_on": row.due_on,
        "on": on,
    }
    if row.status == "agreed":
        uow.publish(CommitmentAgreedV1(**what, counter_to=row.counter_to))
    if row.status == "reported":
        uow.publish(CommitmentReportedV1(**{**what, "on": row.reported_on or on}))
    if row.status == "disputed":
        uow.publish(CommitmentDisputedV1(**what))
    if row.status in SETTLED:
        disputes = sum(entry["step"] == "dispute" for entry in row.steps)
        settled = {"outcome": row.status, "reported_on": row.reported_on, "disputes_count": disputes}
        uow.publish(CommitmentSettledV1(**what, **settled))
        fact = {"commitment_id": row.id, "owner_side": row.owner_side, "outcome": row.status, "on": on}
        await tell_sides(uow, row.partnership_id, "commitment.settled", **fact)

"""Acknowledge, investigate, answer, reopen or close a complaint; each step by the table, each answer in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.contracts.published_contacts import ComplaintResolvedV1
from services.returns.domain.complaints import STEPS, Status, open_steps
from services.returns.persistence.complaint_clocks import (
    ACKNOWLEDGEMENT,
    ANSWER,
    EXPLOITATION,
    end_clocks,
    show_due,
    start_clock,
)
from services.returns.persistence.complaint_tables import ComplaintRow
from services.returns.persistence.complaints import load_complaint, seal_text
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused

ANSWER_MISSING = Missing("answer", "Whoever complained must get an answer in words they can read with their code.")


@dataclass(frozen=True, kw_only=True)
class MoveComplaint:
    """A step of STEPS, with the answer where it needs one."""

    complaint_id: UUID
    step: str
    answer: str | None = None


async def handle(command: MoveComplaint, *, uow: UnitOfWork) -> ComplaintRow:
    """Raises NotFound, TransitionRefused."""
    row = await load_complaint(uow, command.complaint_id)
    uow.match(row.version)
    step = STEPS[command.step]
    lacking = (ANSWER_MISSING,) if step.answered and not command.answer else ()
    if row.status not in step.sources or lacking:
        steps = open_steps(row.status)
        raise TransitionRefused(transition=command.step, state=row.status, missing=lacking, open_transitions=steps)
    row.status = step.target.value
    await seal_text(uow, row, "answer", command.answer if step.answered else None)
    await _stamp(row, step.target, uow)
    await show_due(uow, row)
    touch(row, now=uow.now)
    uow.record(f"complaint.{command.step}", subject=row.id)
    return row


async def _stamp(row: ComplaintRow, target: Status, uow: UnitOfWork) -> None:
    """The days on which the clocks stopped; a reopened complaint has its answer to come anew."""
    today = uow.now.date()
    row.acknowledged_at = row.acknowledged_at or uow.now
    await end_clocks(uow, row.id, ACKNOWLEDGEMENT, EXPLOITATION)
    if target is Status.CLOSED:
        row.closed_on = today
    elif target is Status.INVESTIGATING and row.answered_on is not None:
        row.answered_on = None
        row.answer_by = start_clock(uow, row, ANSWER).due_on
    elif target in (Status.RESOLVED, Status.REJECTED):
        row.answered_on = today
        await end_clocks(uow, row.id, ANSWER)
        uow.publish(
            ComplaintResolvedV1(
                complaint_id=row.id,
                on=today,
                outcome="resolved" if target is Status.RESOLVED else "rejected",
                days_open=(today - row.received_on).days,
            )
        )

"""One side asks the other between rounds; a clause of the agreement in force, and nothing else, starts the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.domain.agreement import PUBLISHED, clock_of
from services.registry.domain.dialogue import QUESTION, QUESTION_CLAUSE
from services.registry.domain.steps import walk
from services.registry.persistence.confidential import keep_answer, seal_words
from services.registry.persistence.dialogue_tables import QuestionRow
from services.registry.persistence.partnerships import component_in, part_of_partnership, partnership, side_of
from services.registry.persistence.tables import AgreementRow
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from shared.service import Runtime

JOB = "questions-late"
AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class AskQuestion:
    """What one side wants to know of the other."""

    partnership_id: UUID
    question: str
    component_id: UUID | None = None


async def ask(command: AskQuestion, *, uow: UnitOfWork) -> QuestionRow:
    """Raises NotFound, PartnershipHasEnded."""
    parent = await partnership(uow, command.partnership_id)
    if parent.status == "ended":
        raise PartnershipHasEnded
    await component_in(uow, command.component_id, parent.id)
    today = uow.now.date()
    statement = select(AgreementRow).where(
        col(AgreementRow.partnership_id) == parent.id, col(AgreementRow.status) == PUBLISHED
    )
    agreements = (await uow.session.execute(statement.order_by(col(AgreementRow.number).desc()))).scalars()
    clock = clock_of([(row.valid_from, row.valid_to, row.clauses) for row in agreements], QUESTION_CLAUSE, today)
    row = QuestionRow(
        partnership_id=parent.id,
        component_id=command.component_id,
        asked_by=side_of(uow.actor),
        asked_on=today,
        answer_by=clock.answer_by if clock else None,
        clause_id=UUID(clock.clause_id) if clock else None,
        sealed_text=seal_words(uow, command.question),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.notify("question.asked", role="partnership_delegate", scope=str(parent.id), subject=row.id, by=row.asked_by)
    uow.record("question.asked", subject=row.id, side=row.asked_by)
    return row


async def answer(question_id: UUID, words: str, *, uow: UnitOfWork) -> QuestionRow:
    """By the side that was asked. Raises NotFound, TransitionRefused."""
    row = await _moved(question_id, "answer", uow=uow)
    keep_answer(uow, row, words)
    row.answered_on = uow.now.date()
    uow.notify("question.answered", role="partnership_delegate", scope=str(row.partnership_id), subject=row.id)
    return row


async def withdraw(question_id: UUID, *, uow: UnitOfWork) -> QuestionRow:
    """By the side that asked. Raises NotFound, TransitionRefused."""
    return await _moved(question_id, "withdraw", uow=uow)


async def _moved(question_id: UUID, name: str, *, uow: UnitOfWork) -> QuestionRow:
    row = await part_of_partnership(uow, QuestionRow, question_id, lock=True)
    uow.match(row.version)
    capacity = "proposer" if side_of(uow.actor) == row.asked_by else "addressee"
    row.status = walk(QUESTION, name, row.status, capacities={capacity})
    touch(row, now=uow.now)
    uow.record(f"question.{row.status}", subject=row.id, side=side_of(uow.actor))
    return row


async def tell_late(runtime: Runtime) -> None:
    """The timer: both sides are told once that an answer is late."""
    done = AT_ONCE
    while done == AT_ONCE:
        async with runtime.units.begin(actor=Principal.system(JOB)) as uow:
            done = await _late_batch(uow)


async def _late_batch(uow: UnitOfWork) -> int:
    statement = (
        select(QuestionRow)
        .where(col(QuestionRow.status) == "asked", col(QuestionRow.answer_by) < uow.now.date())
        .where(col(QuestionRow.reminded_on).is_(None))
        .order_by(col(QuestionRow.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = list((await uow.session.execute(statement)).scalars())
    for row in rows:
        row.reminded_on = uow.now.date()
        where = str(row.partnership_id)
        uow.notify("question.late", role="partnership_delegate", scope=where, subject=row.id, asked_by=row.asked_by)
    return len(rows)

"""Note the answer to a question about a place, with its source and until when it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.domain.counselling import of_own_office
from services.returns.persistence.counselling import load_question, seal_words
from services.returns.persistence.counselling_tables import CountryQuestionRow
from shared.auth.policies import require
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class AnswerHeldNoMore(Invalid):
    """An answer that ends before today helps nobody."""

    slug = "answer-held-no-more"
    title = "valid_until must not lie in the past"


class QuestionIsPublished(Conflict):
    """What is published is replaced by a new question, never changed."""

    slug = "question-is-published"
    title = "A published answer is not changed; ask anew"


@dataclass(frozen=True, kw_only=True)
class AnswerCountryQuestion:
    """The answer, its source, and its last day."""

    question_id: UUID
    answer: str
    source: str
    valid_until: date


async def handle(command: AnswerCountryQuestion, *, uow: UnitOfWork) -> CountryQuestionRow:
    """Raises NotFound, QuestionIsPublished, AnswerHeldNoMore."""
    row = await load_question(uow, command.question_id)
    require(uow.actor, of_own_office, row)
    uow.match(row.version)
    if row.status == "published":
        raise QuestionIsPublished
    if command.valid_until < uow.now.date():
        raise AnswerHeldNoMore
    await seal_words(uow, row, "answer", command.answer)
    await seal_words(uow, row, "source", command.source)
    row.valid_until = command.valid_until
    row.status, row.answered_by, row.answered_on = "answered", uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.record("country-question.answered", subject=row.id)
    return row

"""A second person sees that nobody can be recognised in question and answer; from then on all offices find them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.domain.counselling import of_own_office
from services.returns.persistence.counselling import load_question, open_words
from services.returns.persistence.counselling_tables import CountryQuestionRow
from shared.auth.policies import require
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Missing, TransitionRefused


class NotSeenThrough(Conflict):
    """Whoever publishes says that they looked for names, places and stories that lead to somebody."""

    slug = "not-seen-through"
    title = "Say that no person can be recognised in question and answer"


@dataclass(frozen=True, kw_only=True)
class PublishCountryAnswer:
    """The reviewer's word."""

    question_id: UUID
    nobody_recognisable: bool


async def handle(command: PublishCountryAnswer, *, uow: UnitOfWork) -> CountryQuestionRow:
    """Raises NotFound, TransitionRefused, NotSeenThrough."""
    row = await load_question(uow, command.question_id)
    require(uow.actor, of_own_office, row)
    uow.match(row.version)
    lacking = []
    if row.status != "answered":
        lacking.append(Missing("answer", "There is no answer that waits for publication."))
    if uow.actor.subject in (row.asked_by, row.answered_by):
        lacking.append(Missing("four-eyes", "Whoever asked or answered does not review."))
    if lacking:
        raise TransitionRefused(transition="publish", state=row.status, missing=lacking)
    if not command.nobody_recognisable:
        raise NotSeenThrough
    words = await open_words(uow, row)
    row.question, row.answer, row.source = words["question"], words["answer"], words["source"]
    row.status, row.reviewed_by, row.published_on = "published", uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.record("country-question.published", subject=row.id)
    return row

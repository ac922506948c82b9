"""Ask a question about a place once, for all offices; sealed until somebody has seen that it is about nobody."""

from __future__ import annotations

from dataclasses import dataclass

from services.returns.persistence.counselling import seal_words
from services.returns.persistence.counselling_tables import CountryQuestionRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden


@dataclass(frozen=True, kw_only=True)
class AskCountryQuestion:
    """The question, without anybody's name."""

    office_id: str
    country: str
    topic: str
    language: str
    question: str


async def handle(command: AskCountryQuestion, *, uow: UnitOfWork) -> CountryQuestionRow:
    """Raises Forbidden for another's office."""
    if command.office_id not in uow.actor.offices:
        raise Forbidden
    row = CountryQuestionRow(
        office_id=command.office_id,
        country=command.country,
        topic=command.topic,
        language=command.language,
        asked_by=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.vault.enrol(row.id)
    await seal_words(uow, row, "question", command.question)
    uow.session.add(row)
    uow.notify("country-question.asked", role="office_lead", scope=row.office_id, subject=row.id)
    uow.record("country-question.asked", subject=row.id)
    return row

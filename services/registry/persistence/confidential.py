"""What a side says in confidence (interests, positions, questions, minutes), sealed under the service's own key."""

from __future__ import annotations

import json
from typing import Any

from services.registry.persistence.dialogue_tables import DialogueRoundRow, PositionRow, QuestionRow
from services.registry.persistence.partnership_tables import InterestRow
from shared.database.unit_of_work import UnitOfWork

PURPOSE = "confidence-between-sides"
COLUMNS = (
    ("interest", "sealed_statement"),
    ("department_position", "sealed_reasoning"),
    ("side_question", "sealed_text"),
    ("side_question", "sealed_answer"),
    ("dialogue_round", "sealed_minutes"),
)
"""Every table and column that holds such words: what a new master key must be put around."""


def seal_words(uow: UnitOfWork, words: Any) -> bytes:
    """The sealed form of a text, or of anything JSON can hold."""
    return uow.vault.seal_service(PURPOSE, json.dumps(words).encode())


def statement_of(uow: UnitOfWork, row: InterestRow) -> str:
    """An interest in its side's own words; raises SealBroken."""
    return str(_open(uow, row.sealed_statement))


def keep_statement(uow: UnitOfWork, row: InterestRow, statement: str) -> None:
    """Put other words in its place."""
    row.sealed_statement = seal_words(uow, statement)


def keep_answer(uow: UnitOfWork, row: QuestionRow, answer: str) -> None:
    """Put the answer beside the question."""
    row.sealed_answer = seal_words(uow, answer)


def keep_minutes(uow: UnitOfWork, row: DialogueRoundRow, minutes: list[dict[str, str]]) -> None:
    """Put these minutes in place of earlier ones."""
    row.sealed_minutes = seal_words(uow, minutes)


def has_minutes(row: DialogueRoundRow) -> bool:
    """Whether minutes were written."""
    return row.sealed_minutes is not None


def reasoning_of(uow: UnitOfWork, row: PositionRow) -> str:
    """Why a department wants it; raises SealBroken."""
    return str(_open(uow, row.sealed_reasoning))


def question_of(uow: UnitOfWork, row: QuestionRow) -> tuple[str, str | None]:
    """The question and its answer, if there is one; raises SealBroken."""
    answer = None if row.sealed_answer is None else str(_open(uow, row.sealed_answer))
    return str(_open(uow, row.sealed_text)), answer


def minutes_of(uow: UnitOfWork, row: DialogueRoundRow) -> list[dict[str, str]]:
    """The joint minutes, one text per language; empty before they are written; raises SealBroken."""
    return [] if row.sealed_minutes is None else list(_open(uow, row.sealed_minutes))


def _open(uow: UnitOfWork, sealed: bytes) -> Any:
    return json.loads(uow.vault.open_service(PURPOSE, bytes(sealed)))

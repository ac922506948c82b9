"""Loads and keeps counselling contacts and country questions, and what is sealed in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_
from sqlmodel import col, select

from services.returns.domain.counselling import of_own_office
from services.returns.persistence.counselling_tables import CounsellingContactRow, CountryQuestionRow
from shared.auth.policies import require
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset
from shared.protection.vault import Sealed

LIKE_SIGNS = re.compile(r"([%_\\])")


async def load_contact(uow: UnitOfWork, contact_id: UUID) -> CounsellingContactRow:
    """The contact, locked, if it is of the caller's office. Raises NotFound."""
    statement = select(CounsellingContactRow).where(col(CounsellingContactRow.id) == contact_id)
    row = await uow.session.scalar(statement.with_for_update(key_share=True))
    if row is None:
        raise NotFound
    require(uow.actor, of_own_office, row)
    return row


async def contacts_of(uow: UnitOfWork, page: PageRequest) -> tuple[list[CounsellingContactRow], str | None]:
    """Contacts of the caller's offices, newest first."""
    row = CounsellingContactRow
    statement = select(row).where(col(row.office_id).in_(sorted(uow.actor.offices)))
    return await keyset(uow.session, statement, page, col(row.id), descending=True)


async def contact_counts(uow: UnitOfWork, since: date) -> list[tuple[str, str, int]]:
    """How many contacts of the caller's offices, by purpose and outcome."""
    row = CounsellingContactRow
    statement = (
        select(col(row.purpose), col(row.outcome), func.count())
        .where(col(row.office_id).in_(sorted(uow.actor.offices)), col(row.held_on) >= since)
        .group_by(col(row.purpose), col(row.outcome))
        .order_by(col(row.purpose), col(row.outcome))
    )
    return [(purpose, outcome, number) for purpose, outcome, number in (await uow.session.execute(statement)).all()]


async def notes_before(uow: UnitOfWork, day: date) -> list[UUID]:
    """Contacts whose note has been kept long enough."""
    row = CounsellingContactRow
    statement = select(col(row.id)).where(
        col(row.held_on) <= day, col(row.sealed_note).is_not(None), col(row.destroyed_on).is_(None)
    )
    return list((await uow.session.execute(statement)).scalars())


async def seal_note(uow: UnitOfWork, row: CounsellingContactRow, note: str | None) -> None:
    """Seal what the office wants to remember of a talk."""
    if note is not None:
        row.sealed_note = await uow.vault.seal(Sealed(row.id, "counselling_contact", "note", note.encode()))


async def open_note(uow: UnitOfWork, row: CounsellingContactRow) -> str | None:
    """The note, audited."""
    if row.sealed_note is None:
        return None
    sealed = Sealed(row.id, "counselling_contact", "note", bytes(row.sealed_note))
    opened = await uow.vault.open(sealed, purpose="counselling-contact")
    return opened.decode() if opened is not None else None


async def destroy_note(uow: UnitOfWork, row: CounsellingContactRow) -> None:
    """Destroy the key of the note."""
    await uow.vault.destroy(row.id)
    row.sealed_note, row.destroyed_on = None, uow.now.date()


async def load_question(uow: UnitOfWork, question_id: UUID) -> CountryQuestionRow:
    """The question, locked: a published one for everybody, another one for the office that asked. Raises NotFound."""
    statement: Select[Any] = select(CountryQuestionRow).where(col(CountryQuestionRow.id) == question_id)
    found = await uow.session.scalar(statement.with_for_update(key_share=True))
    if found is None:
        raise NotFound
    row: CountryQuestionRow = found
    if row.status != "published":
        require(uow.actor, of_own_office, row)
    return row


async def questions(
    uow: UnitOfWork, page: PageRequest, *, country: str | None, topic: str | None, words: str | None, outdated: bool
) -> tuple[list[CountryQuestionRow], str | None]:
    """Published answers of all offices and what the caller's own offices have open, newest first."""
    row = CountryQuestionRow
    counsels = uow.actor.has("caseworker") or uow.actor.has("office_lead")
    own = col(row.office_id).in_(sorted(uow.actor.offices) if counsels else [])
    statement = select(row).where(or_(_published(uow.now.date(), outdated=outdated), and_(own, _unpublished())))
    if country is not None:
        statement = statement.where(col(row.country) == country)
    if topic is not None:
        statement = statement.where(col(row.topic) == topic)
    for word in (words or "").split()[:8]:
        plain = LIKE_SIGNS.sub(r"\\\1", word)
        like = f"%{plain}%"
        statement = statement.where(or_(col(row.question).ilike(like), col(row.answer).ilike(like)))
    return await keyset(uow.session, statement, page, col(row.id), descending=True)


def _published(today: date, *, outdated: bool) -> Any:
    row = CountryQuestionRow
    published = col(row.status) == "published"
    return published if outdated else and_(published, col(row.valid_until) >= today)


def _unpublished() -> Any:
    return col(CountryQuestionRow.status).in_(("asked", "answered"))


async def answers_for(uow: UnitOfWork, country: str) -> Sequence[CountryQuestionRow]:
    """Published answers about a country that still hold, the newest first."""
    row = CountryQuestionRow
    statement = select(row).where(col(row.country) == country, _published(uow.now.date(), outdated=False))
    return list((await uow.session.execute(statement.order_by(col(row.id).desc()).limit(100))).scalars())


async def seal_words(uow: UnitOfWork, row: CountryQuestionRow, column: str, words: str) -> None:
    """Seal a question, an answer or its source until it is reviewed."""
    setattr(row, f"sealed_{column}", await uow.vault.seal(Sealed(row.id, "country_question", column, words.encode())))


async def open_words(uow: UnitOfWork, row: CountryQuestionRow) -> dict[str, str | None]:
    """Question, answer and source as they were written, audited."""
    held = {"question": row.sealed_question, "answer": row.sealed_answer, "source": row.sealed_source}
    items = [Sealed(row.id, "country_question", name, bytes(value)) for name, value in held.items() if value]
    opened = await uow.vault.open_many(items, purpose="country-question")
    texts = {item.column: value.decode() for item, value in zip(items, opened, strict=True) if value is not None}
    return {name: texts.get(name) for name in held}

"""The log of attempts; the beginning of an answer is sealed, may hold what a receiver should not have said, and is kept
for 30 days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from services.registry.domain.webhook_schedule import BUSY, is_success
from services.registry.persistence.disclosure_tables import AttemptRow
from shared.database.unit_of_work import UnitOfWork
from shared.ids import new_id

PURPOSE = "webhook-answer"
PURGE = text("UPDATE delivery_attempt SET sealed_answer = NULL WHERE sealed_answer IS NOT NULL AND at < :before")


class Addressed(Protocol):
    """Which delivery, and where it went."""

    @property
    def delivery_id(self) -> UUID:
        """The delivery."""
        ...

    @property
    def endpoint_id(self) -> UUID:
        """The endpoint."""
        ...


class Ended(Protocol):
    """How an attempt ended."""

    @property
    def status(self) -> int | None:
        """The answer's status."""
        ...

    @property
    def error(self) -> str | None:
        """Why there was no answer."""
        ...

    @property
    def milliseconds(self) -> int:
        """How long it took."""
        ...

    @property
    def answer(self) -> bytes:
        """The beginning of the answer's body."""
        ...


def add_attempt(uow: UnitOfWork, sent: Addressed, ended: Ended) -> None:
    """One line; an empty answer is not kept."""
    uow.session.add(
        AttemptRow(
            id=new_id(),
            delivery_id=sent.delivery_id,
            endpoint_id=sent.endpoint_id,
            at=uow.now,
            status=ended.status,
            error=ended.error,
            milliseconds=ended.milliseconds,
            sealed_answer=uow.vault.seal_service(PURPOSE, ended.answer) if ended.answer else None,
        )
    )


async def newest_successes(uow: UnitOfWork, endpoint_id: UUID, since: datetime | None, limit: int) -> list[bool]:
    """Whether the newest attempts succeeded, newest first; a receiver that is only busy says nothing about itself."""
    statement = select(AttemptRow.status).where(
        col(AttemptRow.endpoint_id) == endpoint_id,
        col(AttemptRow.status).is_(None) | col(AttemptRow.status).not_in(BUSY),
    )
    if since is not None:
        statement = statement.where(col(AttemptRow.at) >= since)
    found = await uow.session.execute(statement.order_by(col(AttemptRow.id).desc()).limit(limit))
    return [is_success(status) for status in found.scalars()]


async def attempts_of(uow: UnitOfWork, delivery_id: UUID) -> Sequence[AttemptRow]:
    """Every attempt of a delivery, oldest first."""
    statement = select(AttemptRow).where(col(AttemptRow.delivery_id) == delivery_id).order_by(col(AttemptRow.id))
    return list((await uow.session.execute(statement)).scalars())


def answer_of(uow: UnitOfWork, attempt: AttemptRow) -> str | None:
    """The beginning of the answer as text; None when there was none or its time is over. Raises SealBroken."""
    if attempt.sealed_answer is None:
        return None
    return uow.vault.open_service(PURPOSE, bytes(attempt.sealed_answer)).decode(errors="replace")


async def purge_answers(uow: UnitOfWork, before: datetime) -> None:
    """Forget answers that are older."""
    await uow.session.execute(PURGE, {"before": before})

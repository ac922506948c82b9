"""Draft a warning about a corridor, publish it with four eyes, and lift it with four eyes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.registry.contracts.partnership_events import AdvisoryLiftedV1, AdvisoryPublishedV1
from services.registry.domain.advisory import ADVISORY
from services.registry.domain.steps import another_person, walk
from services.registry.persistence.partnership_tables import AdvisoryRow
from services.registry.persistence.rows import get_row
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

PLACE = ("country", "region", "route", "groups", "effect")


@dataclass(frozen=True, kw_only=True)
class DraftAdvisory:
    """Where, for whom, what it demands, who says so, and from when to when."""

    country: str
    effect: str
    source_kind: str
    source: str
    valid_from: date
    valid_to: date | None = None
    region: str | None = None
    route: str | None = None
    groups: list[str] = field(default_factory=list)


async def draft(command: DraftAdvisory, *, uow: UnitOfWork) -> AdvisoryRow:
    """Holds for nobody yet; a programme manager is told that it waits."""
    row = AdvisoryRow(**command.__dict__, author=uow.actor.subject, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.notify("advisory.drafted", role="programme_manager", scope="*", subject=row.id, effect=row.effect)
    uow.record("advisory.drafted", subject=row.id, effect=row.effect)
    return row


async def publish(advisory_id: UUID, *, uow: UnitOfWork) -> AdvisoryRow:
    """By somebody else than its author. Raises NotFound, TransitionRefused."""
    row = await _loaded(uow, advisory_id)
    row.status = walk(ADVISORY, "publish", row.status, missing=another_person(uow.actor.subject, row.author))
    row.published_by = uow.actor.subject
    place = {name: getattr(row, name) for name in PLACE}
    source = {"source_kind": row.source_kind, "source": row.source}
    uow.publish(
        AdvisoryPublishedV1(advisory_id=row.id, **place, **source, valid_from=row.valid_from, valid_to=row.valid_to)
    )
    return _kept(row, "advisory.published", uow=uow)


async def discard(advisory_id: UUID, *, uow: UnitOfWork) -> AdvisoryRow:
    """A draft that is not wanted. Raises NotFound, TransitionRefused."""
    row = await _loaded(uow, advisory_id)
    row.status = walk(ADVISORY, "discard", row.status)
    return _kept(row, "advisory.discarded", uow=uow)


async def ask_lifting(advisory_id: UUID, *, uow: UnitOfWork) -> AdvisoryRow:
    """The first pair of eyes: until somebody else agrees it goes on holding. Raises NotFound, TransitionRefused."""
    row = await _loaded(uow, advisory_id)
    row.status = walk(ADVISORY, "ask_lifting", row.status)
    row.lifting_asked_by = uow.actor.subject
    uow.notify("advisory.lifting-asked", role="programme_manager", scope="*", subject=row.id, effect=row.effect)
    return _kept(row, "advisory.lifting-asked", uow=uow)


async def keep(advisory_id: UUID, *, uow: UnitOfWork) -> AdvisoryRow:
    """It is not lifted after all. Raises NotFound, TransitionRefused."""
    row = await _loaded(uow, advisory_id)
    row.status = walk(ADVISORY, "keep", row.status)
    row.lifting_asked_by = None
    return _kept(row, "advisory.kept", uow=uow)


async def lift(advisory_id: UUID, *, uow: UnitOfWork) -> AdvisoryRow:
    """By somebody else than who asked for it. Raises NotFound, TransitionRefused."""
    row = await _loaded(uow, advisory_id)
    missing = another_person(uow.actor.subject, row.lifting_asked_by)
    row.status, today = walk(ADVISORY, "lift", row.status, missing=missing), uow.now.date()
    row.lifted_by, row.lifted_on = uow.actor.subject, today
    uow.publish(AdvisoryLiftedV1(advisory_id=row.id, **{name: getattr(row, name) for name in PLACE}, on=today))
    return _kept(row, "advisory.lifted", uow=uow)


async def _loaded(uow: UnitOfWork, advisory_id: UUID) -> AdvisoryRow:
    row = await get_row(uow, AdvisoryRow, advisory_id, lock=True)
    uow.match(row.version)
    return row


def _kept(row: AdvisoryRow, action: str, *, uow: UnitOfWork) -> AdvisoryRow:
    touch(row, now=uow.now)
    uow.record(action, subject=row.id, effect=row.effect)
    return row

"""Record that figures of a period were published, and where; statistics offices are told of it.

The figures themselves are made safe to publish and put where they are read before: nothing is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reporting.contracts.published import ReleasePublishedV1
from services.reporting.persistence.release_tables import ReleaseRow
from services.reporting.persistence.releases import find_release, restatement_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class PeriodNotOver(Invalid):
    """Figures of a period that is not over would change after they were published."""

    slug = "period-not-over"
    title = "The period of a release must be over"


class ReleaseRestatedBefore(Conflict):
    """Another release has taken the place of that one; the newest is the one to restate."""

    slug = "release-restated-before"
    title = "That release was restated before; restate the one that took its place"


class ReleaseOfAnotherPeriod(Conflict):
    """A restated release is about the same days."""

    slug = "release-of-another-period"
    title = "A release takes the place of one of the same period only"


@dataclass(frozen=True, kw_only=True)
class PublishRelease:
    """What was published: both days of the period are included."""

    period_from: date
    period_to: date
    indicators: list[str]
    rule_version: str
    document_url: str
    restates_id: UUID | None = None


async def handle(command: PublishRelease, *, uow: UnitOfWork) -> ReleaseRow:
    """Record it once; raises NotFound, PeriodNotOver, ReleaseRestatedBefore, ReleaseOfAnotherPeriod."""
    if command.period_to >= uow.now.date():
        raise PeriodNotOver
    if command.restates_id is not None:
        before = await find_release(uow, command.restates_id, lock=True)
        if await restatement_of(uow, before.id) is not None:
            raise ReleaseRestatedBefore
        if (before.period_from, before.period_to) != (command.period_from, command.period_to):
            raise ReleaseOfAnotherPeriod
    row = ReleaseRow(
        **{**command.__dict__, "indicators": sorted(set(command.indicators))},
        published_by=uow.actor.subject,
        published_on=uow.now.date(),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.publish(
        ReleasePublishedV1(
            release_id=row.id,
            period_from=row.period_from,
            period_to=row.period_to,
            rule_version=row.rule_version,
            restates_id=row.restates_id,
            on=row.published_on,
        )
    )
    uow.record("release.published", subject=row.id)
    return row

"""Publish a rule version: by somebody else than its author, and for days on which no other version holds."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.registry.commands.draft_rules import require_draft
from services.registry.contracts.published import ProgrammeRulesPublishedV1
from services.registry.persistence.rows import get_row
from services.registry.persistence.rule_versions import overlapping, version_of
from services.registry.persistence.tables import ProgrammeRow, RuleVersionRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class PublicationNeedsAnother(Conflict):
    """Four eyes: the author of a table does not publish it."""

    slug = "publication-needs-another"
    title = "Somebody else than the author must publish these rules"


class ValidityOverlaps(Conflict):
    """Two versions would hold on the same day; says which one is in the way."""

    slug = "validity-overlaps"
    title = "Another published version holds on some of these days"


async def publish(
    programme_id: UUID, rule_version_id: UUID, *, end_previous: bool = False, uow: UnitOfWork
) -> RuleVersionRow:
    """With `end_previous`, a version that began earlier ends the day before this one begins; quotes made by it stand.

    Raises NotFound, PublicationNeedsAnother, AlreadyPublished, DraftWithdrawn, ValidityOverlaps.
    """
    programme = await get_row(uow, ProgrammeRow, programme_id, lock=True)
    row = await version_of(uow, programme_id, rule_version_id, lock=True)
    uow.match(row.version)
    if row.author == uow.actor.subject:
        raise PublicationNeedsAnother
    require_draft(row)
    await _make_room(programme, row, end_previous=end_previous, uow=uow)
    row.published_by, row.published_on = uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.publish(_fact(programme, row))
    uow.record("rules.published", subject=row.id, number=row.number)
    return row


async def _make_room(programme: ProgrammeRow, row: RuleVersionRow, *, end_previous: bool, uow: UnitOfWork) -> None:
    found = await overlapping(uow, row)
    ending = [other for other in found if end_previous and other.valid_from < row.valid_from]
    left = [other for other in found if other not in ending]
    if left:
        raise ValidityOverlaps(
            "Choose other days, or say `end_previous` to end a version that began earlier.",
            overlaps=[
                {"number": it.number, "valid_from": str(it.valid_from), "valid_to": it.valid_to and str(it.valid_to)}
                for it in left
            ],
        )
    for other in ending:
        other.valid_to = row.valid_from - timedelta(days=1)
        touch(other, now=uow.now)
        uow.publish(_fact(programme, other))
        uow.record("rules.ended", subject=other.id, number=other.number)


def _fact(programme: ProgrammeRow, row: RuleVersionRow) -> ProgrammeRulesPublishedV1:
    return ProgrammeRulesPublishedV1(
        programme_id=programme.id,
        partnership_id=programme.partnership_id,
        component_id=programme.component_id,
        host=programme.host,
        destinations=programme.destinations,
        case_kinds=programme.case_kinds,
        version=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        table=row.content,
        source=row.source,
        currency=programme.currency,
    )

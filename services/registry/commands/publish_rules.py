"""Publish a rule version: by somebody else than its author, and for days on which no other version holds."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.registry.commands.draft_rules import require_draft
from services.registry.contracts.published import ProgrammeRulesPublishedV1
from services.registry.domain.rule_days import gaps_beside
from services.registry.persistence.programmes import programme_to_change
from services.registry.persistence.rule_versions import overlapping, published_beside, version_of
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


class RulesRetroactive(Conflict):
    """What held on a day that is past would be another thing now: whoever applied on it would get a second answer."""

    slug = "rules-retroactive"
    title = "Rules that held on past days are not replaced"


class ValidityGap(Conflict):
    """Nobody could be helped on some days between two versions; says which."""

    slug = "validity-gap"
    title = "On some days no rules would hold"


async def publish(
    programme_id: UUID,
    rule_version_id: UUID,
    *,
    end_previous: bool = False,
    leave_gap: bool = False,
    uow: UnitOfWork,
) -> RuleVersionRow:
    """With `end_previous`, a version that began earlier ends the day before this one begins; quotes made by it stand.
    With `leave_gap`, days without rules between two versions are meant so.

    Raises NotFound, PublicationNeedsAnother, AlreadyPublished, DraftWithdrawn, ValidityOverlaps, RulesRetroactive,
    ValidityGap.
    """
    programme = await programme_to_change(uow, programme_id, lock=True)
    row = await version_of(uow, programme_id, rule_version_id, lock=True)
    uow.match(row.version)
    if row.author == uow.actor.subject:
        raise PublicationNeedsAnother
    require_draft(row)
    held_until = await _make_room(programme, row, end_previous=end_previous, uow=uow)
    if not leave_gap:
        await _require_no_gap(row, held_until, uow=uow)
    row.published_by, row.published_on = uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.publish(_fact(programme, row))
    uow.record("rules.published", subject=row.id, number=row.number)
    return row


async def _make_room(
    programme: ProgrammeRow, row: RuleVersionRow, *, end_previous: bool, uow: UnitOfWork
) -> date | None:
    """The last day on which what is ended now would have held; None if nothing is."""
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
    if ending and row.valid_from < uow.now.date():
        raise RulesRetroactive("Let it begin today or later; what was quoted until then stands.")
    held_until = max((other.valid_to or date.max for other in ending), default=None)
    for other in ending:
        other.valid_to = row.valid_from - timedelta(days=1)
        touch(other, now=uow.now)
        uow.publish(_fact(programme, other))
        uow.record("rules.ended", subject=other.id, number=other.number)
    return held_until


async def _require_no_gap(row: RuleVersionRow, held_until: date | None, *, uow: UnitOfWork) -> None:
    """A first version leaves none, whenever it begins or ends."""
    gaps = gaps_beside(row, await published_beside(uow, row), held_until=held_until)
    if gaps:
        raise ValidityGap(
            "Choose other days, or say `leave_gap` if nobody shall be helped on these.",
            gaps=[{"first": str(first), "last": None if last == date.max else str(last)} for first, last in gaps],
        )


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

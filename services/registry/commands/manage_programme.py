"""Set up a programme, draft and publish its rules: two people, a source, a day from which they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.contracts.published import ProgrammeClosedV1, ProgrammeRulesPublishedV1
from services.registry.domain.quote import RuleTableInvalid, check_table
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ComponentRow, PartnershipRow, ProgrammeRow, RuleVersionRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class RulesNotReadable(Invalid):
    """The table does not have the documented form; says which rule."""

    slug = "rules-not-readable"
    title = "The rule table cannot be used"


class PublicationNeedsAnother(Conflict):
    """Four eyes: the author of a table does not publish it."""

    slug = "publication-needs-another"
    title = "Somebody else than the author must publish these rules"


class AlreadyPublished(Conflict):
    """A published version never changes; draft the next one."""

    slug = "already-published"
    title = "This version is published already"


async def create(values: dict[str, Any], *, uow: UnitOfWork) -> ProgrammeRow:
    """A programme without rules takes no cases yet. Raises NotFound."""
    if values.get("partnership_id") is not None:
        await get_row(uow, PartnershipRow, values["partnership_id"])
    if values.get("component_id") is not None:
        await get_row(uow, ComponentRow, values["component_id"])
    row = ProgrammeRow(**values, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.record("programme.created", subject=row.id)
    return row


@dataclass(frozen=True, kw_only=True)
class DraftRules:
    """A rule table with its source and validity."""

    programme_id: UUID
    valid_from: date
    valid_to: date | None
    source: str
    content: dict[str, Any]


async def draft(command: DraftRules, *, uow: UnitOfWork) -> RuleVersionRow:
    """Raises NotFound, RulesNotReadable."""
    programme = await get_row(uow, ProgrammeRow, command.programme_id, lock=True)
    try:
        check_table(command.content)
    except (RuleTableInvalid, KeyError, TypeError, AttributeError) as error:
        raise RulesNotReadable(str(error)[:200] if isinstance(error, RuleTableInvalid) else "") from None
    earlier = select(RuleVersionRow).where(col(RuleVersionRow.programme_id) == programme.id)
    number = len(list((await uow.session.execute(earlier)).scalars())) + 1
    row = RuleVersionRow(
        programme_id=programme.id,
        number=number,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        content=command.content,
        source=command.source,
        author=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("rules.drafted", subject=row.id, number=number)
    return row


async def publish(programme_id: UUID, rule_version_id: UUID, *, uow: UnitOfWork) -> RuleVersionRow:
    """Raises NotFound, PublicationNeedsAnother, AlreadyPublished."""
    programme = await get_row(uow, ProgrammeRow, programme_id, lock=True)
    row = await get_row(uow, RuleVersionRow, rule_version_id, lock=True)
    uow.match(row.version)
    if row.author == uow.actor.subject:
        raise PublicationNeedsAnother
    if row.published_on is not None:
        raise AlreadyPublished
    row.published_by, row.published_on = uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.publish(
        ProgrammeRulesPublishedV1(
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
    )
    uow.record("rules.published", subject=row.id, number=row.number)
    return row


async def close(programme_id: UUID, on: date, *, uow: UnitOfWork) -> ProgrammeRow:
    """No new cases; existing ones go on. Raises NotFound."""
    row = await get_row(uow, ProgrammeRow, programme_id, lock=True)
    uow.match(row.version)
    row.closed_on = on
    touch(row, now=uow.now)
    uow.publish(ProgrammeClosedV1(programme_id=row.id, on=on))
    uow.record("programme.closed", subject=row.id)
    return row

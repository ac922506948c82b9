"""Draft a rule table, copy an earlier one as a new draft, withdraw a draft: a version's content never changes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.contracts.rule_table_reading import RuleTableInvalid, read_table
from services.registry.domain.rule_days import OUTSIDE, never_in
from services.registry.domain.rule_faults import Fault
from services.registry.persistence.programmes import programme_to_change
from services.registry.persistence.rule_versions import next_number, version_of
from services.registry.persistence.tables import ProgrammeRow, RuleVersionRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid


class RulesNotReadable(Invalid):
    """The table does not have the documented form; `errors` say where and why."""

    slug = "rules-not-readable"
    title = "The rule table cannot be used"


class AlreadyPublished(Conflict):
    """A published version never changes; draft the next one."""

    slug = "already-published"
    title = "This version is published already"


class DraftWithdrawn(Conflict):
    """The draft was withdrawn; copy it as a new draft to go on with it."""

    slug = "draft-withdrawn"
    title = "This draft was withdrawn"


@dataclass(frozen=True, kw_only=True)
class DraftRules:
    """A rule table with its source and validity."""

    programme_id: UUID
    valid_from: date
    valid_to: date | None
    source: str
    content: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CopyRules:
    """The table of a version as a new draft, for other days."""

    programme_id: UUID
    rule_version_id: UUID
    valid_from: date
    valid_to: date | None = None
    source: str | None = None


async def draft(command: DraftRules, *, uow: UnitOfWork) -> RuleVersionRow:
    """Raises NotFound, RulesNotReadable."""
    programme = await programme_to_change(uow, command.programme_id, lock=True)
    return await _entered(command, programme, None, uow=uow)


async def copy(command: CopyRules, *, uow: UnitOfWork) -> RuleVersionRow:
    """Also of a withdrawn one: that is how a withdrawal is undone. Raises NotFound, RulesNotReadable."""
    programme = await programme_to_change(uow, command.programme_id, lock=True)
    earlier = await version_of(uow, command.programme_id, command.rule_version_id)
    drafted = DraftRules(
        programme_id=programme.id,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        source=command.source or earlier.source,
        content=earlier.content,
    )
    return await _entered(drafted, programme, earlier.number, uow=uow)


async def withdraw(programme_id: UUID, rule_version_id: UUID, *, uow: UnitOfWork) -> RuleVersionRow:
    """The draft stays on record and is never published. Raises NotFound, AlreadyPublished, DraftWithdrawn."""
    await programme_to_change(uow, programme_id)
    row = await version_of(uow, programme_id, rule_version_id, lock=True)
    uow.match(row.version)
    require_draft(row)
    row.withdrawn_by, row.withdrawn_on = uow.actor.subject, uow.now.date()
    touch(row, now=uow.now)
    uow.record("rules.withdrawn", subject=row.id, number=row.number)
    return row


def require_draft(row: RuleVersionRow) -> None:
    """Raises AlreadyPublished, DraftWithdrawn."""
    if row.published_on is not None:
        raise AlreadyPublished
    if row.withdrawn_on is not None:
        raise DraftWithdrawn


async def _entered(
    command: DraftRules, programme: ProgrammeRow, copied_from: int | None, *, uow: UnitOfWork
) -> RuleVersionRow:
    row = RuleVersionRow(
        programme_id=programme.id,
        number=await next_number(uow, programme.id),
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        content=_readable(command, programme),
        source=command.source,
        author=uow.actor.subject,
        copied_from=copied_from,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("rules.drafted", subject=row.id, number=row.number, copied_from=copied_from)
    return row


def _readable(command: DraftRules, programme: ProgrammeRow) -> dict[str, Any]:
    faults: list[Fault] = []
    table: dict[str, Any] = {}
    try:
        table = read_table(command.content)
    except RuleTableInvalid as error:
        faults += error.faults
    else:
        if table["currency"] != programme.currency:
            faults.append(Fault("currency", "is not the currency of the programme"))
        faults += [Fault(where, OUTSIDE) for where in never_in(table, command.valid_from, command.valid_to)]
    if command.valid_to is not None and command.valid_to < command.valid_from:
        faults.append(Fault("valid_to", "is before valid_from"))
    if faults:
        raise RulesNotReadable("The table is not one that can be calculated with.", errors=_told(faults))
    return table


def _told(faults: list[Fault]) -> list[dict[str, str]]:
    return [{**asdict(fault), "code": "rule_table"} for fault in faults]

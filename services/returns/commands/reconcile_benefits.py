"""Help that one person was granted in two files: a named officer looks at it. Nothing is ever recovered by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.domain.access import in_authority
from services.returns.persistence.cases import remember
from services.returns.persistence.duplicate_pairs import Side, load_pair
from services.returns.persistence.duplicate_tables import DuplicateRow
from services.returns.persistence.reconciliation_tables import ReconciliationRow
from services.returns.persistence.reconciliations import get_reconciliation, reconciliation_of_pair
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

TAKEN_BACK = "not_one_person"


class NotTheNamedOfficer(Conflict):
    """One officer is named for it, and what was found is theirs to say."""

    slug = "not-the-named-officer"
    title = "The officer who is named for this records what was found"


@dataclass(frozen=True, kw_only=True)
class NameOfficer:
    """Who looks at it."""

    reconciliation_id: UUID
    officer: str


@dataclass(frozen=True, kw_only=True)
class SettleReconciliation:
    """What was found; a later finding replaces it."""

    reconciliation_id: UUID
    outcome: str
    reason_code: str
    on: date | None = None


async def follow_decision(uow: UnitOfWork, pair: DuplicateRow, own: Side, other: Side, *, same: bool, on: date) -> None:
    """Opened when two records are found to be one person and both files were granted help; a decision that is taken
    back settles it."""
    row = await reconciliation_of_pair(uow, pair.id)
    if not same:
        if row is not None and row.settled_on is None:
            _settle(uow, row, TAKEN_BACK, "decision_taken_back", on=on)
        return
    if own.case.total_minor is None or other.case.total_minor is None:
        return
    if row is None:
        row = ReconciliationRow(pair_id=pair.id, opened_on=on, created_at=uow.now, updated_at=uow.now)
        uow.session.add(row)
    elif row.outcome == TAKEN_BACK:
        row.outcome = row.reason_code = row.settled_by = row.settled_on = None
        touch(row, now=uow.now)
    else:
        return
    for side in (own, other):
        remember(uow, side.case, "reconciliation-opened", before=side.case.state, on=on)
        uow.notify("reconciliation.opened", role="case_officer", scope=side.case.authority_id, subject=side.case.id)


async def name_officer(command: NameOfficer, *, uow: UnitOfWork) -> ReconciliationRow:
    """By an officer of either authority; another name replaces it. Raises NotFound."""
    row, own = await _own(uow, command.reconciliation_id)
    row.officer, row.officer_named_on = command.officer, uow.now.date()
    touch(row, now=uow.now)
    remember(uow, own.case, "reconciliation-officer", before=own.case.state, on=row.officer_named_on)
    return row


async def settle(command: SettleReconciliation, *, uow: UnitOfWork) -> ReconciliationRow:
    """By the named officer; nothing follows from it here. Raises NotFound, NotTheNamedOfficer."""
    row, own = await _own(uow, command.reconciliation_id)
    if row.officer != uow.actor.subject:
        raise NotTheNamedOfficer
    on = fact_day(uow, command.on)
    _settle(uow, row, command.outcome, command.reason_code, on=on)
    remember(uow, own.case, "reconciliation-settled", before=own.case.state, on=on, about=command.outcome)
    return row


async def _own(uow: UnitOfWork, reconciliation_id: UUID) -> tuple[ReconciliationRow, Side]:
    row = await get_reconciliation(uow, reconciliation_id)
    _, own, _ = await load_pair(uow, row.pair_id, in_authority)
    uow.match(row.version)
    return row, own


def _settle(uow: UnitOfWork, row: ReconciliationRow, outcome: str, reason_code: str, *, on: date) -> None:
    row.outcome, row.reason_code = outcome, reason_code
    row.settled_by, row.settled_on = uow.actor.subject, on
    touch(row, now=uow.now)

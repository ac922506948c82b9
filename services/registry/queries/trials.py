"""Reads trials of rule versions and what they found."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.registry.persistence.programme_tables import RuleTrialRow, TrialDifferenceRow
from services.registry.persistence.rows import get_row
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset


async def trial_of(uow: UnitOfWork, programme_id: UUID, rule_version_id: UUID, trial_id: UUID) -> RuleTrialRow:
    """A trial of this version; raises NotFound for another's."""
    row = await get_row(uow, RuleTrialRow, trial_id)
    if (row.programme_id, row.rule_version_id) != (programme_id, rule_version_id):
        raise NotFound
    return row


async def differences_of(
    uow: UnitOfWork, trial_id: UUID, page: PageRequest, *, newly_ineligible: bool | None
) -> tuple[list[TrialDifferenceRow], str | None]:
    """One page of the quotes that would come out differently."""
    statement = select(TrialDifferenceRow).where(col(TrialDifferenceRow.trial_id) == trial_id)
    if newly_ineligible is not None:
        statement = statement.where(col(TrialDifferenceRow.newly_ineligible).is_(newly_ineligible))
    return await keyset(uow.session, statement, page, col(TrialDifferenceRow.id))

"""The assistance lines of a case, as much of them as the caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from services.reintegration.domain.assistance_line import AFTER_ARRIVAL
from services.reintegration.persistence import fresh
from services.reintegration.persistence.cases import require_case, scope_of
from services.reintegration.persistence.policies import (
    is_caseworker_of,
    is_finance_of,
    is_partner_of,
    may_see_case,
)
from services.reintegration.persistence.tables import LineRow
from services.reintegration.queries.scope import paid_for_measure
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class VisibleLine:
    """A line; without its rule for a partner, and without its amount unless it pays for the partner's own
    measure.
    """

    line: LineRow
    amounts: bool
    rule: bool


async def lines_of_case(uow: UnitOfWork, case_id: UUID) -> list[VisibleLine]:
    """All lines for caseworkers and finance; the time after arrival for partners; own measures for
    providers.
    """
    await require_case(uow, case_id, may_see_case)
    scope = await scope_of(uow, case_id)
    lines = await fresh.every(uow, select(LineRow).where(col(LineRow.case_id) == case_id).order_by(col(LineRow.id)))
    if scope is None or is_caseworker_of(uow.actor, scope) or is_finance_of(uow.actor, scope):
        return [VisibleLine(line, True, True) for line in lines]
    own = await _own(uow, case_id)
    after = AFTER_ARRIVAL if is_partner_of(uow.actor, scope) else frozenset()
    return [VisibleLine(line, line.id in own, False) for line in lines if line.phase in after or line.id in own]


async def _own(uow: UnitOfWork, case_id: UUID) -> set[UUID]:
    statement = select(LineRow).where(col(LineRow.case_id) == case_id, paid_for_measure(uow.actor))
    found: Sequence[LineRow] = await fresh.every(uow, statement)
    return {line.id for line in found}

"""What one person was granted and received in two files, side by side, as far as the reader may see either."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.access import in_authority, may_read
from services.returns.persistence.cards import granted_to, paid_by_line
from services.returns.persistence.duplicate_pairs import Side, load_pair
from services.returns.persistence.reconciliation_tables import ReconciliationRow
from shared.database.unit_of_work import UnitOfWork


class BenefitLine(BaseModel):
    """One line of a grant, and what reached its payee."""

    code: str
    phase: str
    amount_minor: int
    currency: str
    paid_minor: int


class BenefitSide(BaseModel):
    """One of the two files; everything is null when it is outside your scope: ask the other authority."""

    case_id: UUID | None
    person_ref: str | None
    state: str | None
    departed_on: date | None
    lines: list[BenefitLine] | None = Field(description="The person's own and the family's.")


class ReconciliationOut(BaseModel):
    """Two files of one person that were both granted help."""

    id: UUID
    version: int
    opened_on: date
    officer: str | None = Field(description="Subject of the named officer's token; null until somebody is named.")
    outcome: str | None
    reason_code: str | None
    settled_on: date | None
    sides: list[BenefitSide]
    paid_twice: list[str] = Field(description="Kinds of assistance of which something was paid in both files.")


async def reconciliation_out(uow: UnitOfWork, row: ReconciliationRow) -> ReconciliationOut:
    """Raises NotFound when neither file is of the reader's authority."""
    _, own, other = await load_pair(uow, row.pair_id, in_authority)
    sides = [await _side(uow, side) for side in (own, other)]
    paid = [{line.code for line in side.lines or () if line.paid_minor} for side in sides]
    known: dict[str, Any] = row.model_dump(include=set(ReconciliationOut.model_fields))
    return ReconciliationOut(**known, sides=sides, paid_twice=sorted(paid[0] & paid[1]))


async def _side(uow: UnitOfWork, side: Side) -> BenefitSide:
    if not may_read(uow.actor, side.case):
        return BenefitSide(case_id=None, person_ref=None, state=None, departed_on=None, lines=None)
    granted = await granted_to(uow, side.case, side.person.person_ref)
    paid = await paid_by_line(uow, [line.line_id for line in granted])
    lines = [
        BenefitLine(
            **line.model_dump(include={"code", "phase", "amount_minor", "currency"}),
            paid_minor=paid.get(line.line_id, 0),
        )
        for line in granted
    ]
    return BenefitSide(
        case_id=side.case.id,
        person_ref=side.person.person_ref,
        state=side.case.state,
        departed_on=side.case.departed_on,
        lines=lines,
    )

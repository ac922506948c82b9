"""What the same family was granted in files that are linked to this one: a cap of the family counts it once."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.access import may_read
from services.returns.persistence.benefits import family_files, granted_there
from services.returns.persistence.cases import CaseFile
from shared.database.unit_of_work import UnitOfWork


class LinkedAssistance(BaseModel):
    """Help of one kind that the family was granted in one linked file of the same programme."""

    case_id: UUID | None = Field(description="The linked file; everything is null when it is outside your scope.")
    code: str | None = Field(default=None, description="Kind of assistance; pass it on as `granted[].code`.")
    amount_minor: int | None = Field(default=None, description="Pass it on to the quote as `granted[].amount_minor`.")
    currency: str | None = None


async def linked_assistance(uow: UnitOfWork, file: CaseFile) -> list[LinkedAssistance]:
    """By file and kind; of a file outside the reader's scope only that it is there. Empty without linked files."""
    cases = await family_files(uow, file)
    seen = [case for case in cases if may_read(uow.actor, case)]
    shown = [
        LinkedAssistance(
            case_id=found.case.id, code=found.code, amount_minor=found.amount_minor, currency=found.currency
        )
        for found in await granted_there(uow, seen)
    ]
    return shown + [LinkedAssistance(case_id=None) for _ in range(len(cases) - len(seen))]

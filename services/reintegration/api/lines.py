"""Assistance lines: what was granted, by phase, and what remains of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.reintegration.queries.lines import VisibleLine, lines_of_case
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.money import Money
from shared.problems import problems

router = APIRouter(prefix="/assistance-lines", tags=["payments"])
Reader = Annotated[
    Call, caller("caseworker", "finance_officer", "programme_manager", "reintegration_partner", "provider")
]


class LineOut(BaseModel):
    """One frozen line of the decision."""

    line_id: UUID
    case_id: UUID
    phase: str = Field(examples=["departure_cash"])
    person_ref: str | None
    code: str | None = Field(description="Null for partners and providers.")
    rule: str | None = Field(description="Null for partners and providers.")
    amount: Money | None = Field(description="For partners and providers only where it pays for their own measure.")
    remaining: Money | None = Field(description="What may still be requested.")
    paid: Money | None
    supplements_line_id: UUID | None = Field(description="Borne by the programme beside the grant: the line it helps.")


class LinesOut(BaseModel):
    """The lines of one case."""

    items: list[LineOut]


def line_out(seen: VisibleLine) -> LineOut:
    """A line as this caller may see it."""
    line = seen.line
    remaining = line.reserved_minor + line.committed_minor - line.pending_minor
    return LineOut(
        line_id=line.id,
        case_id=line.case_id,
        phase=line.phase,
        person_ref=line.person_ref,
        code=line.code if seen.rule else None,
        rule=line.rule if seen.rule else None,
        amount=Money(line.amount_minor, line.currency) if seen.amounts else None,
        remaining=Money(remaining, line.currency) if seen.amounts else None,
        paid=Money(line.paid_minor, line.currency) if seen.amounts else None,
        supplements_line_id=line.supplements_line_id if seen.rule else None,
    )


@router.get("", operation_id="listAssistanceLines", summary="Lines of a case", responses=problems(NotFound))
async def listing(call: Reader, case_id: Annotated[UUID, Query(description="The return case.")]) -> LinesOut:
    """Exactly the lines the decision froze."""
    async with call.reading() as uow:
        return LinesOut(items=[line_out(seen) for seen in await lines_of_case(uow, case_id)])

"""What an assigned partner sees: the family without names, and the day's plans."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.reintegration.api.lines import LineOut, line_out
from services.reintegration.domain.plan import PlanState
from services.reintegration.persistence.consents import NothingShared
from services.reintegration.queries import plans as queries
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["plans"])
Supporter = Annotated[Call, caller("reintegration_partner", "caseworker")]
Partner = Annotated[Call, caller("reintegration_partner")]


class PersonOut(BaseModel):
    """One person; the name comes from returns, by disclosure."""

    person_ref: str
    relation: str
    travelled: bool | None
    left_plan_on: date | None = Field(default=None, description="Died or went abroad again; shown to the office only.")
    left_plan_reason: Literal["deceased", "re_migrated"] | None = None


class BeneficiaryOut(BaseModel):
    """A family as known here."""

    plan_id: UUID
    case_id: UUID
    destination: str | None
    departed_on: date | None
    arrived_on: date | None
    persons: list[PersonOut]
    lines: list[LineOut] = Field(description="Amounts only of the partner's own measures, never the rule.")


class WorklistItem(BaseModel):
    """One plan on the desk, with the days that were promised."""

    plan_id: UUID
    case_id: UUID
    state: PlanState
    persons_count: int
    arrived_on: date | None
    first_contact_on: date | None
    contact_due_on: date | None = Field(default=None, description="When the next step to a first contact is due.")
    contact_rungs_told: int = Field(default=0, description="How many steps to a first contact are over.")
    contact_attempts: int = Field(default=0, description="How often it was tried in vain.")
    dormant_since: date | None = Field(default=None, description="It rests: nobody was reached.")
    revivable_until: date | None = Field(default=None, description="The last day on which it can be revived.")
    due_on: date | None
    open_measures: int


@router.get(
    "/plans/{plan_id}/beneficiary",
    operation_id="getBeneficiary",
    summary="Whom this plan is for",
    responses=problems(NotFound, NothingShared),
)
async def beneficiary(call: Supporter, plan_id: UUID) -> BeneficiaryOut:
    """For the caseworker; for the assigned partner the persons whose live consent names it, and their children."""
    async with call.reading() as uow:
        found = await queries.beneficiary_of(uow, plan_id)
    return BeneficiaryOut(
        plan_id=found.plan.id,
        case_id=found.plan.case_id,
        destination=found.destination,
        departed_on=found.departed_on,
        arrived_on=found.plan.arrived_on,
        persons=[PersonOut.model_validate(person, from_attributes=True) for person in found.persons],
        lines=[line_out(line) for line in found.lines],
    )


@router.get("/partner-worklist", operation_id="getPartnerWorklist", summary="Your organisation's open plans")
async def worklist(call: Partner, page: Annotated[PageRequest, Depends(page_request)]) -> Page[WorklistItem]:
    """Oldest first."""
    async with call.reading() as uow:
        entries, cursor = await queries.partner_worklist(uow, page)
    names = set(WorklistItem.model_fields)
    items = [
        WorklistItem(
            plan_id=entry.plan.id,
            open_measures=entry.open_measures,
            contact_attempts=entry.contact_attempts,
            **entry.plan.model_dump(include=names),
        )
        for entry in entries
    ]
    return Page(items=items, next_cursor=cursor)

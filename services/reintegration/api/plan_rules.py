"""Rules for the courses a plan can take: the reference data with its source, and what a programme says itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, field_validator

from services.reintegration.api.models import Body
from services.reintegration.commands import publish_plan_rules
from services.reintegration.persistence.course_tables import PlanRuleRow
from services.reintegration.persistence.plan_rules import versions_of
from services.reintegration.persistence.reference_data import default_plan_rules
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(tags=["plans"])
Manager = Annotated[Call, caller("programme_manager")]
Reader = Annotated[Call, caller("programme_manager", "finance_officer", "caseworker", "reintegration_partner")]
Days = Annotated[int, Field(ge=1, le=1_830)]


class RulesIn(Body):
    """What holds for people who arrive from a day on; periods in calendar days."""

    valid_from: date
    contact_after_days: list[Days] = Field(
        min_length=1,
        max_length=10,
        examples=[[30, 60, 90]],
        description="Steps to the first contact, counted from the arrival; after the last one the plan rests.",
    )
    support_window_days: Days = Field(examples=[365], description="How long after the arrival it can be revived.")
    family_continues_after_death: bool = Field(
        description="Whether the family goes on with the plan when somebody of it dies."
    )
    source: str = Field(min_length=3, max_length=500, examples=["Programme handbook 2026, section 7"])

    @field_validator("contact_after_days")
    @classmethod
    def rising(cls, value: list[int]) -> list[int]:
        """Each step comes after the one before."""
        if value != sorted(set(value)):
            raise ValueError("must be in rising order")
        return value


class RulesVersionOut(BaseModel):
    """A version of a programme."""

    id: UUID
    programme_id: UUID
    valid_from: date
    contact_after_days: list[int]
    support_window_days: int
    family_continues_after_death: bool
    source: str


class PlanRulesOut(BaseModel):
    """What holds where a programme says nothing, and its own versions."""

    default_version: str
    contact_after_days: list[int]
    support_window_days: int
    family_continues_after_death: bool
    source: str
    of_the_programme: list[RulesVersionOut] = Field(description="Newest first; empty while it states none.")


def _shown(_uow: UnitOfWork, row: PlanRuleRow) -> RulesVersionOut:
    return RulesVersionOut.model_validate(row, from_attributes=True)


@router.post(
    "/programmes/{programme_id}/plan-rules",
    operation_id="publishPlanRules",
    summary="Publish a programme's own rules for its plans",
    status_code=201,
    response_model=RulesVersionOut,
    responses=problems(NotFound),
)
async def publish(call: Manager, programme_id: UUID, body: RulesIn) -> Any:
    """A new version with its source; people who arrived earlier keep the rules of their day."""
    command = publish_plan_rules.PublishPlanRules(programme_id=programme_id, **body.model_dump())
    return await call.command(lambda uow: publish_plan_rules.handle(command, uow=uow), _shown, status=201, match="none")


@router.get("/programmes/{programme_id}/plan-rules", operation_id="listPlanRules", summary="Rules for plans")
async def rules(call: Reader, programme_id: UUID) -> PlanRulesOut:
    """The reference data with its source, and all versions of the programme."""
    default = default_plan_rules()
    async with call.reading() as uow:
        versions = [_shown(uow, row) for row in await versions_of(uow, programme_id)]
    return PlanRulesOut(
        default_version=default.version,
        contact_after_days=list(default.contact_after_days),
        support_window_days=default.support_window_days,
        family_continues_after_death=default.family_continues_after_death,
        source=default.source,
        of_the_programme=versions,
    )

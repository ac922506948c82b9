"""Who is paid in the place of somebody who died or went away: proposed by one person, confirmed by another."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Dated, EvidenceRef, PersonRef
from services.reintegration.api.plans import REFUSALS
from services.reintegration.commands import decide_successor_payee, propose_successor_payee
from services.reintegration.domain.successor_payee import Kind, SuccessorState
from services.reintegration.persistence.course_tables import SuccessorPayeeRow
from services.reintegration.persistence.plans import all_in_plan, find_in_plan
from services.reintegration.persistence.policies import may_oversee
from services.reintegration.persistence.successor_payees import open_details
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/plans/{plan_id}/successor-payees", tags=["plans"])
Proposer = Annotated[Call, caller("caseworker", "reintegration_partner")]
Decider = Annotated[Call, caller("programme_manager", "finance_officer", "caseworker")]
Reader = Annotated[Call, caller("programme_manager", "finance_officer", "caseworker", "reintegration_partner")]


class DetailsIn(Body):
    """Who somebody outside the plan is; kept sealed, and shown to those who decide."""

    name: str = Field(min_length=1, max_length=200)
    relation: str = Field(min_length=1, max_length=100, examples=["grandmother"])


class SuccessorIn(Dated):
    """In whose place who is paid, and the paper that shows it."""

    of_person_ref: PersonRef = Field(description="Who died or went away.")
    kind: Kind
    person_ref: PersonRef | None = Field(default=None, description="For a member of the family.")
    details: DetailsIn | None = Field(default=None, description="For a guardian or an heir who is not of the plan.")
    evidence_ref: EvidenceRef


class DecisionIn(Dated):
    """The second person's answer."""

    outcome: Literal["confirmed", "refused"] = "confirmed"


class SuccessorOut(BaseModel):
    """A successor and how far it has come."""

    id: UUID
    plan_id: UUID
    of_person_ref: str
    kind: Kind
    person_ref: str | None
    evidence_ref: str
    state: SuccessorState
    proposed_on: date
    decided_on: date | None
    revoked_on: date | None
    version: int
    details: dict[str, str] | None = Field(default=None, description="On one successor only; reading it is audited.")


class SuccessorsOut(BaseModel):
    """The successors of a plan; empty as long as nobody is paid in another's place."""

    items: list[SuccessorOut]


def show(_uow: UnitOfWork, row: SuccessorPayeeRow) -> SuccessorOut:
    """A successor as shown, without who it is outside the plan."""
    return SuccessorOut.model_validate(row.model_dump(include=set(SuccessorOut.model_fields)))


async def show_whole(uow: UnitOfWork, row: SuccessorPayeeRow) -> SuccessorOut:
    """One successor, with who it is."""
    return show(uow, row).model_copy(update={"details": await open_details(uow, row)})


def reload_in(plan_id: UUID) -> Any:
    """Finds a successor of this plan again, for a repeated request."""

    async def reload(uow: UnitOfWork, successor_id: UUID) -> SuccessorPayeeRow:
        return await find_in_plan(uow, SuccessorPayeeRow, plan_id, successor_id, may_oversee)

    return reload


@router.post(
    "",
    operation_id="proposeSuccessorPayee",
    summary="Propose who is paid in the place of somebody",
    response_model=SuccessorOut,
    status_code=201,
    responses={
        **REFUSALS,
        **problems(propose_successor_payee.SuccessorNamed, propose_successor_payee.SuccessorNotDescribed),
    },
)
async def propose(call: Proposer, plan_id: UUID, body: SuccessorIn) -> Any:
    """Until another person has confirmed it, grants for that person's lines are refused."""
    command = propose_successor_payee.ProposeSuccessorPayee(plan_id=plan_id, **body.model_dump())
    return await call.command(
        lambda uow: propose_successor_payee.handle(command, uow=uow),
        show,
        status=201,
        reload=reload_in(plan_id),
        location=f"/reintegration/v1/plans/{plan_id}/successor-payees/{{id}}",
        match="required",
    )


@router.get("", operation_id="listSuccessorPayees", summary="Successors of a plan", responses=problems(NotFound))
async def listing(call: Reader, plan_id: UUID) -> SuccessorsOut:
    """The oldest first, without who they are outside the plan."""
    async with call.reading() as uow:
        rows = await all_in_plan(uow, SuccessorPayeeRow, plan_id, may_oversee)
        return SuccessorsOut(items=[show(uow, row) for row in rows])


@router.get(
    "/{successor_id}",
    operation_id="getSuccessorPayee",
    summary="One successor",
    response_model=SuccessorOut,
    responses=problems(NotFound),
)
async def one(call: Decider, plan_id: UUID, successor_id: UUID) -> Any:
    """With who it is, for those who decide; that is audited."""
    return await call.command(lambda uow: reload_in(plan_id)(uow, successor_id), show_whole, match="none")


@router.post(
    "/{successor_id}/decision",
    operation_id="decideSuccessorPayee",
    summary="The second person's answer",
    response_model=SuccessorOut,
    responses=REFUSALS,
)
async def decide(call: Decider, plan_id: UUID, successor_id: UUID, body: DecisionIn) -> Any:
    """By somebody other than the one who proposed it."""
    command = decide_successor_payee.DecideSuccessorPayee(
        plan_id=plan_id, successor_id=successor_id, **body.model_dump()
    )
    return await call.command(
        lambda uow: decide_successor_payee.handle(command, uow=uow), show, reload=reload_in(plan_id), match="required"
    )


@router.post(
    "/{successor_id}/revocation",
    operation_id="revokeSuccessorPayee",
    summary="Take a confirmation back",
    response_model=SuccessorOut,
    responses=REFUSALS,
)
async def revoke(call: Decider, plan_id: UUID, successor_id: UUID, body: Dated) -> Any:
    """Nothing more is paid to them; another successor may be proposed."""
    return await call.command(
        lambda uow: decide_successor_payee.revoke(plan_id, successor_id, on=body.on, uow=uow),
        show,
        reload=reload_in(plan_id),
        match="required",
    )

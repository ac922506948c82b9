"""Budgets and the ledger."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Code, PositiveMoney
from services.reintegration.commands import open_budget
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.ledger import Move, postings
from services.reintegration.persistence.budgets import find_budget, programmes_of
from services.reintegration.persistence.tables import BudgetRow, TransferRow
from services.reintegration.queries import budgets as queries
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.money import Money
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["budgets"])
Finance = Annotated[Call, caller("finance_officer", "programme_manager")]
Pages = Annotated[PageRequest, Depends(page_request)]


class BudgetIn(Body):
    """What a grant gives for a component in a year."""

    grant_code: Code = Field(examples=["SEM-2026"])
    component: Code = Field(examples=["voluntary_return_assistance"])
    year: int = Field(ge=2000, le=2100)
    appropriation: PositiveMoney
    programme_ids: list[UUID] = Field(min_length=1, max_length=50, description="Programmes this budget funds.")
    on: date | None = Field(default=None, description="Day of the appropriation; default today.")


class BudgetOut(BaseModel):
    """A budget and where its money is."""

    id: UUID
    grant_code: str
    component: str
    year: int
    programme_ids: list[UUID]
    appropriation: Money
    available: Money
    reserved: Money
    committed: Money
    paid: Money


class PostingOut(BaseModel):
    """One entry: what an account gained or lost."""

    account: str
    amount_minor: int


class EntryOut(BaseModel):
    """One movement: two entries that sum to zero."""

    id: UUID
    move: Move
    on: date
    currency: str
    postings: list[PostingOut]
    case_id: UUID | None
    line_id: UUID | None
    payment_id: UUID | None


class AccountOut(BaseModel):
    """One account over all budgets in scope."""

    currency: str
    account: str
    entries_minor: int = Field(description="Sum of all ledger entries.")
    budgets_minor: int = Field(description="Sum of the balances the budgets keep.")


class TrialBalanceOut(BaseModel):
    """Proof that nothing appeared or vanished."""

    accounts: list[AccountOut]
    sums_to_zero: bool
    agrees_with_budgets: bool


def budget_out(row: BudgetRow, programmes: list[UUID]) -> BudgetOut:
    """A budget as shown."""
    return BudgetOut(
        id=row.id,
        grant_code=row.grant_code,
        component=row.component,
        year=row.year,
        programme_ids=sorted(programmes),
        appropriation=Money(row.appropriated_minor, row.currency),
        available=Money(row.available_minor, row.currency),
        reserved=Money(row.reserved_minor, row.currency),
        committed=Money(row.committed_minor, row.currency),
        paid=Money(row.paid_minor, row.currency),
    )


async def show(uow: UnitOfWork, row: BudgetRow) -> BudgetOut:
    """A budget after a command."""
    return budget_out(row, list(await programmes_of(uow, row.id)))


def entry_out(row: TransferRow) -> EntryOut:
    """A movement as its two entries."""
    move = Move(row.move)
    return EntryOut(
        id=row.id,
        move=move,
        on=row.booked_on,
        currency=row.currency,
        postings=[
            PostingOut(account=account.value, amount_minor=amount)
            for account, amount in postings(move, row.amount_minor)
        ],
        case_id=row.case_id,
        line_id=row.line_id,
        payment_id=row.payment_id,
    )


@router.post(
    "/budgets",
    operation_id="openBudget",
    summary="Open a budget",
    response_model=BudgetOut,
    status_code=201,
    responses=problems(NotFound, DateInFuture),
)
async def open_one(call: Finance, body: BudgetIn) -> Any:
    """For programmes of your own only. Cases refused for want of money are asked again."""
    command = open_budget.OpenBudget(
        **{
            **body.model_dump(),
            "appropriation": body.appropriation,
            "programme_ids": frozenset(body.programme_ids),
        }
    )
    return await call.command(
        lambda uow: open_budget.handle(command, uow=uow),
        show,
        status=201,
        reload=find_budget,
        location="/reintegration/v1/budgets/{id}",
        match="none",
    )


@router.get("/budgets", operation_id="listBudgets", summary="Budgets of your programmes")
async def listing(call: Finance, page: Pages, year: Annotated[int | None, Query()] = None) -> Page[BudgetOut]:
    """Oldest first."""
    async with call.reading() as uow:
        rows, cursor = await queries.list_budgets(uow, page, year=year)
        programmes = await queries.programmes_by_budget(uow, [row.id for row in rows])
        return Page(items=[budget_out(row, programmes[row.id]) for row in rows], next_cursor=cursor)


@router.get("/budgets/{budget_id}", operation_id="getBudget", summary="One budget", responses=problems(NotFound))
async def get(call: Finance, budget_id: UUID, response: Response) -> BudgetOut:
    """Where its money is now."""
    async with call.reading() as uow:
        row, programmes = await queries.budget_in_scope(uow, budget_id)
        call.etag(response, row.version)
        return budget_out(row, list(programmes))


@router.get(
    "/budgets/{budget_id}/ledger",
    operation_id="getBudgetLedger",
    summary="The ledger of a budget",
    responses=problems(NotFound),
)
async def get_ledger(call: Finance, budget_id: UUID, page: Pages) -> Page[EntryOut]:
    """Every movement in double entry, oldest first."""
    async with call.reading() as uow:
        rows, cursor = await queries.ledger(uow, budget_id, page)
        return Page(items=[entry_out(row) for row in rows], next_cursor=cursor)


@router.get("/ledger/trial-balance", operation_id="getTrialBalance", summary="Trial balance of your budgets")
async def get_trial_balance(call: Finance) -> TrialBalanceOut:
    """All accounts per currency; their entries sum to zero."""
    async with call.reading() as uow:
        rows = await queries.trial_balance(uow)
    sums = {row.currency: 0 for row in rows}
    for row in rows:
        sums[row.currency] += row.entries_minor
    return TrialBalanceOut(
        accounts=[AccountOut(**vars(row)) for row in rows],
        sums_to_zero=not any(sums.values()),
        agrees_with_budgets=all(row.entries_minor == row.budgets_minor for row in rows),
    )

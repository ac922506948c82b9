"""Exchange rates as dated data with kind and source, prices of measures, and the plan quoted anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from services.reintegration.api.measures import REFUSALS, MeasureOut, Supporter, reload_in
from services.reintegration.api.measures import show as show_measure
from services.reintegration.api.models import Body, Code, PositiveMoney
from services.reintegration.commands import price_measure, quote_plan, record_rate
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.exchange import RateKind
from services.reintegration.domain.ledger import FundsInsufficient
from services.reintegration.persistence.exchange_tables import ExchangeRateRow
from services.reintegration.queries.exchange_rates import get_rate, list_rates
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed
from shared.http_api import Call, caller
from shared.money import Money
from shared.pagination import Page, PageRequest, page_request
from shared.problems import AlreadyExists, problems

router = APIRouter(tags=["exchange"])
Recorder = Annotated[Call, caller("finance_officer")]
Manager = Annotated[Call, caller("programme_manager")]
Reader = Annotated[Call, caller("finance_officer", "programme_manager", "caseworker", "reintegration_partner")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class RateIn(Body):
    """What one unit of the programme's currency bought."""

    base: Currency = Field(description="Currency of the programme.", examples=["CHF"])
    currency: Currency = Field(description="Local currency.", examples=["GEL"])
    kind: RateKind = Field(default=RateKind.OFFICIAL, description="At banks, or in the street.")
    local_per_base: Decimal = Field(
        gt=0, le=Decimal(10) ** 11, decimal_places=8, description="Units of the local currency for one of the base."
    )
    source: Code = Field(description="Who says so, as a code.", examples=["NBG"])
    valid_on: date = Field(description="Day of the rate, never in the future.")


class RateOut(BaseModel):
    """A recorded rate."""

    id: UUID
    base: str
    currency: str
    kind: RateKind
    local_per_base: Decimal
    source: str
    valid_on: date
    version: int


class PriceIn(Body):
    """What it costs there."""

    price: PositiveMoney = Field(description="In the currency that is paid there.")


class QuotedMeasureOut(BaseModel):
    """One measure in the currency of the grant."""

    measure_id: UUID
    price: Money
    before: Money | None = Field(description="What it took of the grant before.")
    now: Money
    rate_of: date | None = Field(description="Day of the rate.")
    open: bool = Field(description="Delivered measures stay as they were.")


class ShortageOut(BaseModel):
    """What a line lacks."""

    line_id: UUID
    lacking: Money
    borne_by: str = Field(description="programme: set aside beside the grant; entitlement: the plan has to be smaller.")


class QuotationOut(BaseModel):
    """A plan quoted at today's prices and rates; the grant stays what it is."""

    plan_id: UUID
    rule_version: str
    measures: list[QuotedMeasureOut]
    shortages: list[ShortageOut]
    version: int


def show_rate(_uow: UnitOfWork, row: ExchangeRateRow) -> RateOut:
    """A rate as shown."""
    return RateOut.model_validate(row.model_dump(include=set(RateOut.model_fields)))


def show_quotation(_uow: Any, found: quote_plan.Quotation) -> QuotationOut:
    """A quotation as shown."""
    return QuotationOut(
        plan_id=found.id,
        rule_version=found.rule_version,
        version=found.version,
        measures=[
            QuotedMeasureOut(
                measure_id=one.measure_id,
                price=one.price,
                before=None if one.before_minor is None else Money(one.before_minor, one.currency),
                now=Money(one.now_minor, one.currency),
                rate_of=one.rate_of,
                open=one.open,
            )
            for one in found.measures
        ],
        shortages=[
            ShortageOut(line_id=one.line_id, lacking=one.lacking, borne_by=one.borne_by) for one in found.shortages
        ],
    )


@router.post(
    "/exchange-rates",
    operation_id="recordExchangeRate",
    summary="Record a rate",
    status_code=201,
    response_model=RateOut,
    responses=problems(record_rate.SameCurrency, DateInFuture, AlreadyExists),
)
async def record(call: Recorder, body: RateIn) -> Any:
    """Once per day, pair of currencies and kind; plans whose quotes it moves are shown to their people."""
    command = record_rate.RecordRate(**body.model_dump())
    return await call.command(
        lambda uow: record_rate.handle(command, uow=uow), show_rate, status=201, reload=get_rate, match="none"
    )


@router.get("/exchange-rates", operation_id="listExchangeRates", summary="Recorded rates")
async def listing(
    call: Reader,
    page: Annotated[PageRequest, Depends(page_request)],
    currency: Annotated[Currency | None, Query(description="Local currency, ISO 4217.")] = None,
) -> Page[RateOut]:
    """The newest first."""
    async with call.reading() as uow:
        rows, cursor = await list_rates(uow, page, currency=currency)
        return Page(items=[show_rate(uow, row) for row in rows], next_cursor=cursor)


@router.post(
    "/plans/{plan_id}/measures/{measure_id}/price",
    operation_id="priceMeasure",
    summary="What a measure costs there",
    response_model=MeasureOut,
    responses=REFUSALS,
)
async def price(call: Supporter, plan_id: UUID, measure_id: UUID, body: PriceIn) -> Any:
    """In local currency; its quote stays until the plan is quoted anew."""
    command = price_measure.PriceMeasure(plan_id=plan_id, measure_id=measure_id, price=body.price)
    return await call.command(
        lambda uow: price_measure.handle(command, uow=uow), show_measure, reload=reload_in(plan_id)
    )


@router.get(
    "/plans/{plan_id}/quotation",
    operation_id="previewQuotation",
    summary="What a new quotation would say",
    responses=problems(NotFound, quote_plan.RateMissing),
)
async def preview(call: Reader, plan_id: UUID) -> QuotationOut:
    """Nothing changes by looking."""
    async with call.reading() as uow:
        return show_quotation(uow, await quote_plan.preview(uow, plan_id))


@router.post(
    "/plans/{plan_id}/quotation",
    operation_id="quotePlan",
    summary="Quote a plan anew",
    response_model=QuotationOut,
    responses=problems(NotFound, PreconditionFailed, quote_plan.RateMissing, FundsInsufficient),
)
async def quote(call: Manager, plan_id: UUID) -> Any:
    """Open measures whose price or rate moved beyond the rule; what the rule lays on the programme is set aside."""
    return await call.command(
        lambda uow: quote_plan.handle(plan_id, uow=uow),
        show_quotation,
        reload=lambda uow, _id: quote_plan.preview(uow, plan_id),
    )

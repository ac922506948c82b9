"""The figures themselves; each answer repeats the definition it was counted by."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reporting.api.access import InPeriod, Period, PeriodNotValid, Reader
from services.reporting.api.indicators import IndicatorOut
from services.reporting.domain.indicators import BY_CODE
from services.reporting.queries.beside_returns import beside_returns, from_detention
from services.reporting.queries.funnel import funnel
from services.reporting.queries.money import paid
from services.reporting.queries.returns_by import returns_by
from services.reporting.queries.scores import scores
from services.reporting.queries.timeliness import timeliness
from shared.problems import problems

router = APIRouter(tags=["figures"])
TOGETHER = ("returns", "unique_persons", "re_returns")
Breakdown = Literal["month", "citizenship", "sex", "age_band", "destination"]


class Figures(BaseModel):
    """Rows of one indicator in a period, with its definition; internal: not for publication."""

    indicator: IndicatorOut
    start: date
    end: date
    n: int = Field(description="How many units the rows are made of.")
    rows: list[dict[str, Any]]
    left: list[dict[str, Any]] = Field(default_factory=list, description="Funnel only: cases that left the path.")
    release: Literal["internal"] = Field(default="internal", description="Not disclosure-controlled; do not publish.")


class Measured(BaseModel):
    """One number with what it means."""

    indicator: IndicatorOut
    value: int


class ReturnFigures(Figures):
    """Returns are never shown without the persons behind them, nor added to what stands beside them."""

    together: list[Measured] = Field(description="Person-returns, unique persons and re-returns of the period.")
    of_which: list[Measured] = Field(description="Among these returns, from detention: never plainly voluntary.")
    beside: list[Measured] = Field(description="Counted apart by their own days; no assisted returns.")


def _measured(code: str, value: int) -> Measured:
    return Measured(indicator=IndicatorOut.of(BY_CODE[code]), value=value)


def _figures(code: str, period: Period, rows: list[Any], *, n: int, left: list[Any] | None = None) -> Figures:
    return Figures(
        indicator=IndicatorOut.of(BY_CODE[code]),
        start=period.start,
        end=period.end,
        n=n,
        rows=[asdict(row) for row in rows],
        left=[asdict(row) for row in left or []],
    )


@router.get("/returns", operation_id="returnsBy", summary="Assisted returns", responses=problems(PeriodNotValid))
async def get_returns(call: Reader, period: InPeriod, by: Breakdown = "month") -> ReturnFigures:
    """Person-returns by day of departure, by one breakdown, with the persons behind them and what stands beside."""
    async with call.reading() as uow:
        found = await returns_by(uow, by=by, start=period.start, end=period.end)
        beside = await beside_returns(uow, start=period.start, end=period.end)
        detained = await from_detention(uow, start=period.start, end=period.end)
    whole = found.whole
    together = (whole.person_returns, whole.unique_persons, whole.re_returns)
    return ReturnFigures(
        **dict(_figures("returns", period, found.rows, n=whole.person_returns)),
        together=[_measured(code, value) for code, value in zip(TOGETHER, together, strict=True)],
        of_which=[_measured("returns_from_detention", detained)],
        beside=[_measured(entry.code, entry.persons) for entry in beside],
    )


@router.get("/funnel", operation_id="funnel", summary="How far a cohort came", responses=problems(PeriodNotValid))
async def get_funnel(call: Reader, period: InPeriod) -> Figures:
    """The cases opened in the period and the stages they have reached by now."""
    async with call.reading() as uow:
        found = await funnel(uow, start=period.start, end=period.end)
    return _figures("funnel", period, found.steps, n=found.steps[0].cases, left=found.left)


@router.get("/timeliness", operation_id="timeliness", summary="Days between steps", responses=problems(PeriodNotValid))
async def get_timeliness(call: Reader, period: InPeriod) -> Figures:
    """Medians and ninetieth percentiles with open cases counted as waiting."""
    async with call.reading() as uow:
        rows = await timeliness(uow, start=period.start, end=period.end)
    return _figures("timeliness", period, rows, n=max((row.cases for row in rows), default=0))


@router.get("/finance", operation_id="finance", summary="Paid assistance", responses=problems(PeriodNotValid))
async def get_finance(call: Reader, period: InPeriod) -> Figures:
    """Settled payments by phase and currency."""
    async with call.reading() as uow:
        rows = await paid(uow, start=period.start, end=period.end)
    return _figures("finance", period, rows, n=sum(row.payments for row in rows))


@router.get("/outcomes", operation_id="outcomes", summary="Reintegration scores", responses=problems(PeriodNotValid))
async def get_outcomes(call: Reader, period: InPeriod) -> Figures:
    """Mean scores per wave and model version, from five surveys on."""
    async with call.reading() as uow:
        rows = await scores(uow, start=period.start, end=period.end)
    return _figures("outcomes", period, rows, n=sum(row.surveys for row in rows))

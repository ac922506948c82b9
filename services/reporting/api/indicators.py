"""The catalogue: what each figure means."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reporting.api.access import Reader
from services.reporting.domain.indicators import BY_CODE, INDICATORS, Indicator
from shared.errors import NotFound
from shared.problems import problems

router = APIRouter(prefix="/indicators", tags=["figures"])


class IndicatorOut(BaseModel):
    """Definition of one indicator."""

    code: str = Field(examples=["returns"])
    title: str
    unit: str = Field(description="What is counted.")
    date_basis: str = Field(description="Which day places it in time.")
    mode: str = Field(description="period or cohort")
    counting_rule: str
    version: int

    @classmethod
    def of(cls, indicator: Indicator) -> IndicatorOut:
        """The definition as shown."""
        return cls.model_validate(indicator, from_attributes=True)


@router.get("", operation_id="listIndicators", summary="All indicators and what they mean")
async def list_indicators(call: Reader) -> list[IndicatorOut]:
    """Every figure of this service refers to one of these."""
    return [IndicatorOut.of(indicator) for indicator in INDICATORS]


@router.get("/{code}", operation_id="getIndicator", summary="One indicator", responses=problems(NotFound))
async def get_indicator(call: Reader, code: str) -> IndicatorOut:
    """The definition of one indicator."""
    if code not in BY_CODE:
        raise NotFound
    return IndicatorOut.of(BY_CODE[code])

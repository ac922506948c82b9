"""Partnerships in the figures: for those who read figures, and for the delegates of both sides."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reporting.api.access import READERS
from services.reporting.api.indicators import IndicatorOut
from services.reporting.domain.indicators import BY_CODE
from services.reporting.queries.partnership_page import PartnershipPage, partnership_page
from services.reporting.queries.partnerships import partnerships
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/partnerships", tags=["figures"])
Reader = Annotated[Call, caller(*READERS, "partnership_delegate")]


class PartnershipOut(BaseModel):
    """One partnership."""

    partnership_id: UUID
    parties: str
    status: str
    signed_on: date | None


class SideOut(BaseModel):
    """The column of a side: its own words, then those of the other side."""

    side: str = Field(description="host or partner")
    owed: int = Field(description="Commitments of this side that both agreed to.")
    reported_in_time: int = Field(description="This side says: kept, by the due day.")
    reported_late: int = Field(description="This side says: kept, after the due day.")
    overdue: int = Field(description="The due day is over, and this side has reported nothing.")
    confirmed: int = Field(description="The other side says: kept.")
    disputed: int = Field(description="The other side says: not kept as reported; not settled yet.")
    waived: int = Field(description="The other side let it go.")


class ComponentFiguresOut(BaseModel):
    """A component and where it stands."""

    component_id: UUID
    component_type: str
    status: str
    since: date


class ActivityFiguresOut(BaseModel):
    """What was done, by kind."""

    component_type: str
    activity_type: str
    activities: int
    participants: int | None = Field(description="Not shown where they are fewer than five.")
    spent: dict[str, int] = Field(description="Minor units by currency; nothing is converted.")


class PartnershipFiguresOut(PartnershipOut):
    """A partnership as both sides see it; there is no total of the two."""

    indicator: IndicatorOut
    sides: list[SideOut]
    components: list[ComponentFiguresOut]
    activities: list[ActivityFiguresOut]
    rounds_held: int
    last_round_on: date | None


@router.get("", operation_id="listPartnershipFigures", summary="Partnerships in the figures")
async def get_partnerships(call: Reader) -> list[PartnershipOut]:
    """Partnerships by day of signature; a delegate sees the own one."""
    async with call.reading() as uow:
        rows = await partnerships(uow)
    return [PartnershipOut.model_validate(row, from_attributes=True) for row in rows]


@router.get(
    "/{partnership_id}",
    operation_id="getPartnershipFigures",
    summary="One partnership: two columns, components, activities",
    responses=problems(NotFound),
)
async def get_partnership(call: Reader, partnership_id: UUID) -> PartnershipFiguresOut:
    """What each side owes as it says itself and as the other says; never anything about cases."""
    async with call.reading() as uow:
        page = await partnership_page(uow, partnership_id)
    return _page(page)


def _page(page: PartnershipPage) -> PartnershipFiguresOut:
    return PartnershipFiguresOut(
        **PartnershipOut.model_validate(page.partnership, from_attributes=True).model_dump(),
        indicator=IndicatorOut.of(BY_CODE["commitments"]),
        sides=[SideOut.model_validate(side, from_attributes=True) for side in page.sides],
        components=[ComponentFiguresOut.model_validate(row, from_attributes=True) for row in page.components],
        activities=[ActivityFiguresOut.model_validate(row, from_attributes=True) for row in page.activities],
        rounds_held=page.rounds_held,
        last_round_on=page.last_round_on,
    )

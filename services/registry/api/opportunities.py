"""Opportunities: what can be done legally, by whom, until when; shown beside the options of return."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.registry.api.partnership_schemas import Code, Country, Paging
from services.registry.persistence.partnership_tables import ActivityRow
from services.registry.queries.opportunities import Wanted, opportunities
from shared.http_api import Call, caller
from shared.pagination import Page

router = APIRouter(tags=["1 partnerships"])
Anybody = Annotated[
    Call,
    caller(
        "caseworker",
        "office_lead",
        "case_officer",
        "protection_officer",
        "best_interests_panel",
        "reintegration_partner",
        "partner_agency",
        "provider",
        "partnership_delegate",
        "programme_manager",
        "administrator",
    ),
]
Offer = Literal["trainee", "young_professional", "worker", "seasonal_worker", "student", "apprentice"]


class OpportunityOut(BaseModel):
    """A legal way that is open: what, for whom, where to apply, until when."""

    id: UUID
    title: str
    offer: str
    destination: str
    for_nationals: list[str]
    sectors: list[str]
    conditions: str | None
    offered_by: str
    apply_at: str
    open_from: date
    open_until: date | None = Field(description="Last day to apply; without end when empty.")
    places_left: int | None = Field(description="Places left; without limit when empty.")
    days_to_visa: int | None
    source: str
    stated_by: str = Field(description="The side that states it. It is information, and no promise to anybody.")
    as_of: date = Field(description="Day on which this was last reported.")


def _shown(row: ActivityRow) -> OpportunityOut:
    facts = row.facts
    left = None if facts["places"] is None else facts["places"] - facts["places_used"]
    own = {"id": row.id, "title": row.title, "source": row.source, "stated_by": row.reported_by}
    own["as_of"] = row.updated_at.date()
    return OpportunityOut.model_validate({**facts, **own, "places_left": left})


@router.get("/opportunities", operation_id="listOpportunities", summary="Legal ways that are open")
async def list_(
    call: Anybody,
    page: Paging,
    nationality: Annotated[Country | None, Query(description="Open to nationals of this country.")] = None,
    destination: Annotated[Country | None, Query(description="In this country.")] = None,
    offer: Annotated[Offer | None, Query(description="Of this kind.")] = None,
    sector: Annotated[Code | None, Query(description="In this branch.")] = None,
    on: Annotated[date | None, Query(description="Open on this day; today when left out.")] = None,
    also_full: Annotated[bool, Query(description="Also those without a place left.")] = False,
) -> Page[OpportunityOut]:
    """What a counsellor can show: information with its source and day, no promise; who decides is `offered_by`. Empty
    when nothing is open: then there is nothing to show, and no error."""
    wanted = Wanted(
        on=on, nationality=nationality, destination=destination, offer=offer, sector=sector, also_full=also_full
    )
    async with call.reading() as uow:
        rows, cursor = await opportunities(uow, wanted, page)
    return Page(items=[_shown(row) for row in rows], next_cursor=cursor)

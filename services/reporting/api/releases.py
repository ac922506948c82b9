"""Releases: which figures were published for which days, under which rules, and where they are read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from services.reporting.api.access import READERS
from services.reporting.commands import publish_release
from services.reporting.domain.indicators import BY_CODE
from services.reporting.persistence.release_tables import ReleaseRow
from services.reporting.persistence.releases import find_release, restatement_of
from services.reporting.queries.releases import list_releases
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/releases", tags=["releases"])
Publisher = Annotated[Call, caller("statistician")]
Reader = Annotated[Call, caller(*READERS, "partner_agency", "partnership_delegate")]


class ReleaseIn(BaseModel):
    """Figures that are published and safe to publish."""

    model_config = ConfigDict(extra="forbid")

    period_from: date = Field(description="The first day that is counted.")
    period_to: date = Field(description="The last day that is counted; the period must be over.")
    indicators: list[str] = Field(
        min_length=1,
        max_length=50,
        examples=[["returns"]],
        description="Codes of `GET /indicators` that the release holds.",
    )
    rule_version: str = Field(
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        examples=["disclosure-control-2026-1"],
        description="Under which version of the rules the figures were made safe to publish.",
    )
    document_url: str = Field(
        pattern=r"^https://[A-Za-z0-9.-]{1,100}(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]{0,180})?$",
        examples=["https://statistics.example.org/returns/2025"],
        description="Where the figures are read: https, without a query.",
    )
    restates_id: UUID | None = Field(default=None, description="The release of the same days whose place this takes.")

    @field_validator("indicators")
    @classmethod
    def known(cls, value: list[str]) -> list[str]:
        """Only what is in the catalogue."""
        if set(value) - set(BY_CODE):
            raise ValueError("must be codes of indicators")
        return value

    @model_validator(mode="after")
    def forward(self) -> ReleaseIn:
        """The first day is not after the last."""
        if self.period_from > self.period_to:
            raise ValueError("must begin before it ends")
        return self


class ReleaseOut(BaseModel):
    """A release; one that was restated stays readable and names what took its place."""

    id: UUID
    period_from: date
    period_to: date
    indicators: list[str]
    rule_version: str
    document_url: str
    restates_id: UUID | None
    restated_by_id: UUID | None
    published_on: date


async def show(uow: UnitOfWork, row: ReleaseRow) -> ReleaseOut:
    """A release as shown."""
    return ReleaseOut(**row.model_dump(), restated_by_id=await restatement_of(uow, row.id))


@router.post(
    "",
    operation_id="publishRelease",
    summary="Publish a release",
    status_code=201,
    response_model=ReleaseOut,
    responses=problems(
        NotFound,
        publish_release.PeriodNotOver,
        publish_release.ReleaseRestatedBefore,
        publish_release.ReleaseOfAnotherPeriod,
    ),
)
async def publish(call: Publisher, body: ReleaseIn) -> Any:
    """Recorded once the figures are out; every statistics office is told (`release.published`). Not to be taken back:
    a mistake is restated."""
    command = publish_release.PublishRelease(**body.model_dump())
    return await call.command(
        lambda uow: publish_release.handle(command, uow=uow), show, status=201, reload=find_release, match="none"
    )


@router.get("", operation_id="listReleases", summary="Published releases")
async def releases(call: Reader, page: Annotated[PageRequest, Depends(page_request)]) -> Page[ReleaseOut]:
    """The newest first, those that were restated among them."""
    async with call.reading() as uow:
        rows, cursor = await list_releases(uow, page)
        return Page(items=[await show(uow, row) for row in rows], next_cursor=cursor)


@router.get("/{release_id}", operation_id="getRelease", summary="One release", responses=problems(NotFound))
async def release(call: Reader, release_id: UUID) -> ReleaseOut:
    """`detail_url` of the webhook `release.published` leads here."""
    async with call.reading() as uow:
        return await show(uow, await find_release(uow, release_id))

"""What recipients owe after a request has ended, and what they say they did."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import col

from services.registry.api.schemas import Body
from services.registry.commands import attest_destruction
from services.registry.domain.coded_facts import ARTICLE
from services.registry.domain.destruction import DataClass, Result
from services.registry.persistence.duties import duty_is_told
from services.registry.persistence.rows import get_row
from services.registry.persistence.webhook_tables import DestructionDutyRow
from services.registry.queries.lists import page_of
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["5 agencies' doors"])
Recipient = Annotated[Call, caller("partner_agency", "reintegration_partner", "provider")]
Reader = Annotated[Call, caller("partner_agency", "reintegration_partner", "provider", "protection_officer", "auditor")]
Paging = Annotated[PageRequest, Depends(page_request)]
Article = Annotated[str, StringConstraints(pattern=f"^{ARTICLE.pattern}$")]
OVERSEEING = ("protection_officer", "auditor")


class AttestationIn(Body):
    """What became of the data; article, classes and until when exactly where national law makes you keep it."""

    result: Result = Field(description="destroyed, not_received or retained_under_national_law.")
    article: Article | None = Field(
        default=None, description="Number of the article that makes you keep it, without words.", examples=["12a(3)"]
    )
    data_classes: list[DataClass] | None = Field(default=None, max_length=20, description="What is kept.")
    retained_until: date | None = Field(default=None, description="Until when it is kept.")


class AttestationOut(BaseModel):
    """A duty to destroy, and what was said about it."""

    id: UUID
    version: int
    recipient_id: UUID
    agency_case_ref: str
    destroy_by: date
    status: str = Field(description="open, overdue or attested.")
    result: str | None
    article: str | None = Field(description="Article by which it is kept.")
    data_classes: list[str]
    retained_until: date | None = Field(description="Until when it is kept.")
    attested_at: datetime | None = Field(description="When it was attested.")


def _attestation(_uow: Any, row: DestructionDutyRow) -> AttestationOut:
    return AttestationOut.model_validate(row, from_attributes=True)


@router.get("/attestations", operation_id="listAttestations", summary="Duties to destroy")
async def list_(
    call: Reader,
    page: Paging,
    status: Annotated[Literal["open", "overdue", "attested"] | None, Query(description="Only in this state.")] = None,
) -> Page[AttestationOut]:
    """A recipient sees its own; protection officers and auditors see all."""
    own = [UUID(value) for value in (call.actor.agency_id, call.actor.partner_id, call.actor.provider_id) if value]
    oversees = call.acting_role in OVERSEEING
    conditions: list[Any] = [col(DestructionDutyRow.status) == status] if status else []
    async with call.reading() as uow:
        conditions += [] if oversees else [col(DestructionDutyRow.recipient_id).in_(own), duty_is_told(uow.now)]
        rows, cursor = await page_of(uow, DestructionDutyRow, page, *conditions)
    return Page(items=[_attestation(None, row) for row in rows], next_cursor=cursor)


@router.post(
    "/agency-cases/{agency_case_ref}/attestation",
    operation_id="attestDestruction",
    summary="Attest destruction",
    status_code=201,
    response_model=AttestationOut,
    responses=problems(NotFound, attest_destruction.NothingToAttest, attest_destruction.RetentionIncomplete),
)
async def attest(call: Recipient, agency_case_ref: str, body: AttestationIn) -> Response:
    """After `request.ended`, by its destroy-by day. Later is better than never: it also ends being overdue."""
    command = attest_destruction.AttestDestruction(agency_case_ref=agency_case_ref, **body.model_dump())
    return await call.command(
        lambda uow: attest_destruction.attest(command, uow=uow),
        _attestation,
        status=201,
        reload=lambda uow, row_id: get_row(uow, DestructionDutyRow, row_id),
    )

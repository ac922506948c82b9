"""Packages of personal data: prepared, seen before, approved by another, taken back; and the freeze."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.answers import case_command
from services.returns.api.packages import NOT_ENCRYPTED, PackageOut, package
from services.returns.api.schemas import Body, CaseOut, Short
from services.returns.commands import approve_disclosure, freeze_disclosures, prepare_disclosure
from services.returns.domain.access import may_read, may_work
from services.returns.domain.disclosure import Purpose
from services.returns.domain.disclosure_basis import Basis
from services.returns.persistence.cases import load_file
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import covered, disclosures_of, get_disclosure, package_content, readable
from services.returns.persistence.encryption_keys import has_key
from services.returns.settings import ReturnsSettings
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["5 disclosure"])
Officer = Annotated[Call, caller("case_officer", "caseworker")]
Approver = Annotated[Call, caller("case_officer")]
Protection = Annotated[Call, caller("protection_officer")]


class DisclosureIn(Body):
    """A package for one named recipient."""

    recipient_id: UUID
    purpose: Purpose
    basis_type: Basis
    basis_instrument: Short = Field(examples=["Agreement on readmission, 2009"])
    basis_article: Short | None = Field(default=None, examples=["Art. 6"])
    clause_id: UUID | None = Field(default=None, description="Needed when the basis is a binding instrument.")
    fields: list[Short] = Field(min_length=1, max_length=20)
    person_refs: list[Short] = Field(min_length=1, max_length=30)
    answer_by: date
    destroy_by: date


class ApprovalIn(Body):
    """The approving officer's own check."""

    no_endangerment: bool = Field(
        default=False,
        description="Checked and recorded: nobody and no relative is endangered by this disclosure.",
    )


class DisclosureOut(BaseModel):
    """A package; no values."""

    id: UUID
    version: int
    case_id: UUID
    recipient_id: UUID
    recipient_kind: str
    purpose: str
    basis_type: str
    basis_instrument: str
    basis_id: UUID | None = Field(description="The recorded legal basis it was approved on.")
    clause_id: UUID | None
    fields: list[str]
    person_refs: list[str]
    status: str
    answer_by: date
    expires_on: date
    destroy_by: date
    approved_on: date | None
    receipt_on: date | None
    recalled_on: date | None = Field(description="The day the package was taken back.")
    read_count: int


class FreezeOut(BaseModel):
    """Since when nothing leaves, and whether somebody proposed to let it go on."""

    frozen_on: date | None = Field(description="Null: disclosures are decided case by case.")
    release_proposed_on: date | None = Field(description="Waiting for another protection officer.")
    proposed_by_caller: bool = Field(description="Then somebody else must release.")


def returns_settings(call: Call) -> ReturnsSettings:
    """This service's own settings."""
    return call.runtime.own_settings(ReturnsSettings)


def show(_uow: Any, row: DisclosureRow) -> DisclosureOut:
    """A package as shown."""
    return DisclosureOut.model_validate(row, from_attributes=True)


async def _again(uow: UnitOfWork, row_id: UUID) -> DisclosureRow:
    row = await get_disclosure(uow, row_id)
    await load_file(uow, row.case_id, may_read)
    return row


@router.post(
    "/disclosures",
    operation_id="prepareDisclosure",
    summary="Prepare a package",
    status_code=201,
    response_model=DisclosureOut,
    responses=problems(
        NotFound,
        prepare_disclosure.RecipientNotKnownYet,
        prepare_disclosure.ClauseNotKnownYet,
        prepare_disclosure.FieldNotOnTheList,
    ),
)
async def prepare(call: Officer, case_id: UUID, body: DisclosureIn) -> Response:
    """Nothing leaves before somebody else approves it."""
    days = returns_settings(call).disclosure_days
    command = prepare_disclosure.PrepareDisclosure(case_id=case_id, days=days, **body.model_dump())
    return await call.command(
        lambda uow: prepare_disclosure.handle(command, uow=uow), show, status=201, reload=_again, match="none"
    )


@router.get("/disclosures", operation_id="listDisclosures", summary="Packages of a case", responses=problems(NotFound))
async def list_(call: Officer, case_id: UUID) -> list[DisclosureOut]:
    """Oldest first, without values."""
    async with call.reading() as uow:
        await load_file(uow, case_id, may_read)
        rows = await disclosures_of(uow, case_id)
    return [show(None, row) for row in rows]


@router.get(
    "/disclosures/{disclosure_id}/preview",
    operation_id="previewDisclosure",
    summary="See what the recipient will see",
    responses=problems(NotFound),
)
async def preview(call: Officer, case_id: UUID, disclosure_id: UUID, response: Response) -> PackageOut:
    """Exactly that, and audited; of an approved package only whom it may name today."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_work)
        row = await get_disclosure(uow, disclosure_id, case_id=case_id)
        people = covered(file, row) if row.status == "prepared" else readable(file, row, uow.now.date())
        persons = await package_content(uow, people, row, purpose="disclosure-preview")
        warnings = [] if await has_key(uow, row.recipient_id) else [NOT_ENCRYPTED]
    call.etag(response, row.version)
    return package(row, persons).model_copy(update={"warnings": warnings})


@router.post(
    "/disclosures/{disclosure_id}/approval",
    operation_id="approveDisclosure",
    summary="Approve a package",
    response_model=DisclosureOut,
    responses=problems(NotFound, TransitionRefused, approve_disclosure.DisclosureIsOver),
)
async def approve(call: Approver, case_id: UUID, disclosure_id: UUID, body: ApprovalIn) -> Response:
    """By another officer than who prepared it; 409 names every obstacle."""
    days = returns_settings(call).endangerment_check_days
    return await call.command(
        lambda uow: approve_disclosure.approve(
            case_id, disclosure_id, no_endangerment=body.no_endangerment, check_days=days, uow=uow
        ),
        show,
        reload=_again,
    )


@router.post(
    "/disclosures/{disclosure_id}/recall",
    operation_id="recallDisclosure",
    summary="Take a package back",
    response_model=DisclosureOut,
    responses=problems(NotFound),
)
async def recall(call: Officer, case_id: UUID, disclosure_id: UUID) -> Response:
    """At once; the recipient gets the neutral stop if it was told."""
    return await call.command(
        lambda uow: approve_disclosure.recall(case_id, disclosure_id, uow=uow),
        show,
        reload=_again,
        match="none",
    )


@router.post(
    "/disclosure-freeze",
    operation_id="freezeDisclosures",
    summary="Stop all disclosures",
    response_model=CaseOut,
)
async def freeze(call: Protection, case_id: UUID) -> Response:
    """Webhooks, feed and package reads stop; nobody outside learns why."""
    return await case_command(call, lambda uow: freeze_disclosures.freeze(case_id, uow=uow), match="none")


@router.post(
    "/disclosure-release",
    operation_id="releaseDisclosures",
    summary="Let disclosures go on",
    response_model=CaseOut,
    responses=problems(NotFound, freeze_disclosures.ReleaseNeedsAnother),
)
async def release(call: Protection, case_id: UUID) -> Response:
    """One protection officer proposes, another releases with the same call; everything is decided anew before it
    leaves."""
    return await case_command(call, lambda uow: freeze_disclosures.release(case_id, uow=uow), match="none")


@router.get(
    "/disclosure-freeze",
    operation_id="getDisclosureFreeze",
    summary="Whether anything may leave",
    responses=problems(NotFound),
)
async def frozen(call: Protection, case_id: UUID) -> FreezeOut:
    """For protection officers only; everybody else meets `not-now`."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
    proposed = freeze_disclosures.proposal_of(file)
    by_caller = proposed is not None and proposed.recorded_by == call.actor.subject
    day = proposed.on if proposed else None
    return FreezeOut(frozen_on=file.case.frozen_on, release_proposed_on=day, proposed_by_caller=by_caller)

"""Families: a child is born, files become one, files belong together, persons nobody could complete."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.answers import case_command
from services.returns.api.cases import Reader
from services.returns.api.schemas import Body, CaseOut, Citizenship, Code, Identity, Short, reporting_citizenship
from services.returns.commands import decide_provisional, link_cases, merge_cases, record_birth
from services.returns.commands.moving import DateInTheFuture
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.links import links_of
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.events.persons import Relation, Sex
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases", tags=["1 application"])
Either = Annotated[Call, caller("caseworker", "case_officer")]
Officer = Annotated[Call, caller("office_lead", "case_officer")]
Kind = Literal["family", "travels_with", "joins_later", "joins_already_returned"]


class MergeIn(Body):
    """Two files of one family; every adult of both has agreed, each asked alone (fact `common_file`)."""

    case_id: UUID = Field(description="The file that goes on; the one that has come less far.")
    joining_case_id: UUID = Field(description="The file whose persons come over; it stays readable, empty.")
    relations: dict[Short, Relation] = Field(
        default_factory=dict, description="What those who come over are to the main applicant, by reference."
    )
    reason_code: Code = "one_family"
    on: date | None = None


class BirthIn(Body):
    """A newborn; what is not known yet, the name included, is left out and completed later."""

    parent_ref: Short = Field(description="An adult of the file who is the child's parent.")
    born_on: date
    sex: Sex = Field(default=0, description="ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable.")
    identity: Identity = Identity()
    citizenships: list[Citizenship] = Field(default_factory=list, max_length=5)
    statelessness: Literal["established", "claimed", "at_risk"] | None = None
    holders_agreed: bool = Field(
        default=False, description="The named parent agrees; every other holder is named and asked for themself."
    )


class LinkIn(Body):
    """Another file in your scope that belongs to this one."""

    other_case_id: UUID
    kind: Kind = Field(description="What joins them; each file is decided for itself.")
    on: date | None = None


class LinkOut(BaseModel):
    """A file that belongs to this one, as codes."""

    id: UUID
    kind: str
    since: date
    ended_on: date | None
    other_case_id: UUID | None = Field(description="Null when it is outside your scope.")
    other_file_reference: str | None = Field(description="Null when it is outside your scope.")
    other_state: str | None = Field(description="Null when it is outside your scope.")


class LinkEndingIn(Body):
    """Since when it does not hold."""

    on: date | None = None


class ProvisionalDecisionIn(Body):
    """More time, or off the file; the code says why."""

    outcome: Literal["extended", "expired"]
    reason_code: Code = Field(examples=["passport_expected"])
    until: date | None = Field(default=None, description="For `extended`: the last day of the new period.")


@router.post(
    "/merge",
    operation_id="mergeCases",
    summary="Join two files of one family",
    response_model=CaseOut,
    responses=problems(
        NotFound, TransitionRefused, merge_cases.MergedWithItself, PreconditionRequired, PreconditionFailed
    ),
)
async def merge(call: Either, body: MergeIn) -> Response:
    """Before the decision; consents, declarations, papers and facts come along. `split` undoes it."""
    command = merge_cases.MergeCases(**body.model_dump())
    return await case_command(call, lambda uow: merge_cases.handle(command, uow=uow), match="required")


@router.post(
    "/{case_id}/births",
    operation_id="recordBirth",
    summary="A child is born",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, record_birth.ParentNotOnFile, DateInTheFuture),
)
async def birth(call: Either, case_id: UUID, body: BirthIn) -> Response:
    """At any time before everybody has arrived. A ready family is prepared anew; a grant stands, its officer knows."""
    values = body.model_dump(exclude={"identity", "citizenships"})
    command = record_birth.RecordBirth(
        case_id=case_id,
        **values,
        identity=body.identity.model_dump(exclude_none=True),
        citizenships=[entry.model_dump() for entry in body.citizenships],
        reporting_citizenship=reporting_citizenship(body.citizenships, body.statelessness),
    )
    return await case_command(call, lambda uow: record_birth.handle(command, uow=uow), status=201)


@router.post(
    "/{case_id}/links",
    operation_id="linkCases",
    summary="Link another file",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, link_cases.LinkedWithItself),
)
async def link(call: Either, case_id: UUID, body: LinkIn) -> Response:
    """Both files stay as they are; one withdrawing does not touch the other."""
    command = link_cases.LinkCases(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: link_cases.handle(command, uow=uow), status=201)


@router.get(
    "/{case_id}/links", operation_id="listLinks", summary="Files that belong to this one", responses=problems(NotFound)
)
async def links(call: Reader, case_id: UUID) -> list[LinkOut]:
    """Ended ones too, oldest first; of a file outside your scope only that it is there."""
    async with call.reading() as uow:
        await load_file(uow, case_id, may_read)
        found = await links_of(uow, case_id)
        return [
            LinkOut(
                **row.model_dump(include={"id", "kind", "since", "ended_on"}),
                other_case_id=other.id if seen else None,
                other_file_reference=other.file_reference if seen else None,
                other_state=other.state if seen else None,
            )
            for row, other in found
            for seen in [may_read(uow.actor, other)]
        ]


@router.post(
    "/{case_id}/links/{link_id}/ending",
    operation_id="endLink",
    summary="A link holds no longer",
    response_model=CaseOut,
    responses=problems(NotFound),
)
async def end_link(call: Either, case_id: UUID, link_id: UUID, body: LinkEndingIn) -> Response:
    """Or never did; it stays readable."""
    command = link_cases.EndLink(case_id=case_id, link_id=link_id, on=body.on)
    return await case_command(call, lambda uow: link_cases.end(command, uow=uow))


@router.post(
    "/{case_id}/persons/{person_ref}/provisional-decision",
    operation_id="decideProvisional",
    summary="Decide about a person nobody completed",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused, decide_provisional.ExtensionWithoutDay),
)
async def decide(call: Officer, case_id: UUID, person_ref: Short, body: ProvisionalDecisionIn) -> Response:
    """After the programme's period, by somebody else than who opened the file. Nobody is ever dropped by a timer."""
    command = decide_provisional.DecideProvisional(case_id=case_id, person_ref=person_ref, **body.model_dump())
    return await case_command(call, lambda uow: decide_provisional.handle(command, uow=uow))

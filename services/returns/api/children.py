"""What protects a child: each holder of parental responsibility for themself, and the child's own view."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Language, Short
from services.returns.commands import hear_child, name_holder, record_parental_answer
from services.returns.commands.give_consent import ConsentNotTakenAlone
from services.returns.domain.access import may_read
from services.returns.domain.custody import EstablishedBy, Relation
from services.returns.persistence.cases import load_file
from services.returns.queries.children import ChildProtection, protection_of
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}/persons/{person_ref}", tags=["1 application"])
Recorder = Annotated[Call, caller("caseworker", "best_interests_panel")]
Reader = Annotated[Call, caller("caseworker", "case_officer", "best_interests_panel", "protection_officer")]


class HolderContact(Body):
    """Who a holder is and how to reach them; sealed under the child's key."""

    name: Short | None = None
    phone: Short | None = None
    address: Short | None = Field(default=None, description="Where the holder lives.")


class HolderIn(Body):
    """A holder of parental responsibility and how it is known that they hold it."""

    relation: Relation
    established_by: EstablishedBy
    holder_ref: Short | None = Field(default=None, description="Who it is on the file; leave out when not on it.")
    contact: HolderContact = Field(default=HolderContact(), description="Of a holder who is not on the file; sealed.")


class ParentalAnswerIn(Body):
    """Where a holder stands. Absent or unreachable alone opens nothing: a decision must stand in."""

    standing: Literal[
        "agrees", "disagrees", "absent", "unreachable", "deprived", "deceased", "decided_instead", "not_a_holder"
    ]
    evidence: (
        Literal[
            "signed_in_person",
            "signed_before_notary",
            "recorded_remote_talk",
            "register_search",
            "statement",
            "attempts_recorded",
            "court_order",
            "custody_register",
            "death_certificate",
            "court_declaration",
            "child_protection_order",
            "guardianship_order",
            "recorded_in_error",
        ]
        | None
    ) = Field(default=None, description="One that counts for this answer; 422 names them. None for `disagrees`.")
    taken_alone: bool = Field(default=True, description="Asked without anybody else of the family in the room.")
    language: Language | None = None
    interpreter: Literal["none", "professional"] | None = None
    on: date | None = None


class HearingIn(Body):
    """A talk with the child; what it said in words is not kept here."""

    view: Literal["agrees", "disagrees", "no_view"]
    heard_by: Literal[
        "caseworker", "guardian", "child_psychologist", "child_protection_officer", "best_interests_panel"
    ]
    setting: Literal["office", "home", "school", "reception_centre", "shelter", "hospital", "remote"]
    alone: bool = Field(description="Without parents or siblings; asked for from the programme's age on.")
    language: Language
    interpreter: Literal["none", "professional"] = "none"
    on: date | None = None


@router.post(
    "/parental-holders",
    operation_id="nameParentalHolder",
    summary="Name a holder of parental responsibility",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, name_holder.NotAChild, name_holder.HolderNotPossible),
)
async def name(call: Recorder, case_id: UUID, person_ref: Short, body: HolderIn) -> Response:
    """One record for each holder; once all are named, record the fact `custody_established`."""
    values = body.model_dump(exclude={"contact"})
    contact = body.contact.model_dump(exclude_none=True)
    command = name_holder.NameHolder(case_id=case_id, child_ref=person_ref, contact=contact, **values)
    return await case_command(call, lambda uow: name_holder.handle(command, uow=uow), status=201)


@router.post(
    "/parental-holders/{parental_holder_id}/answers",
    operation_id="recordParentalAnswer",
    summary="Record where a holder stands",
    status_code=201,
    response_model=CaseOut,
    responses=problems(
        NotFound,
        name_holder.NotAChild,
        record_parental_answer.EvidenceNeeded,
        record_parental_answer.HolderAlreadyAnswered,
        ConsentNotTakenAlone,
    ),
)
async def answer(
    call: Recorder, case_id: UUID, person_ref: Short, parental_holder_id: UUID, body: ParentalAnswerIn
) -> Response:
    """The last answer counts, earlier ones stay. Who disagrees brings the case to rest until an order decides."""
    command = record_parental_answer.RecordParentalAnswer(
        case_id=case_id, child_ref=person_ref, parental_holder_id=parental_holder_id, **body.model_dump()
    )
    return await case_command(call, lambda uow: record_parental_answer.handle(command, uow=uow), status=201)


@router.post(
    "/hearings",
    operation_id="hearChild",
    summary="Record a talk with the child",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, name_holder.NotAChild),
)
async def hear(call: Recorder, case_id: UUID, person_ref: Short, body: HearingIn) -> Response:
    """A child that is against it brings the case to rest; a court or child protection decides, not we."""
    command = hear_child.HearChild(case_id=case_id, child_ref=person_ref, **body.model_dump())
    return await case_command(call, lambda uow: hear_child.handle(command, uow=uow), status=201)


@router.get(
    "/child-protection",
    operation_id="getChildProtection",
    summary="What protects a child",
    responses=problems(NotFound),
)
async def protection(call: Reader, case_id: UUID, person_ref: Short, response: Response) -> ChildProtection:
    """Holders with all their answers, and the talks; reading names and contacts is audited."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        return await protection_of(uow, await load_file(uow, case_id, may_read), person_ref)

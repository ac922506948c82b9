"""Access requests: one person's whole file as a bundle that can be handed over."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.returns.api.person_bundle import bundle
from services.returns.api.schemas import Language, Short
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.person_file import TooManyFiles
from services.returns.queries.person_file import person_file
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}/persons/{person_ref}", tags=["0 caseload"])
Holder = Annotated[Call, caller("caseworker", "case_officer", "protection_officer")]
ZIP: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bundle", "content": {"application/zip": {"schema": {"type": "string"}}}}
}


@router.get(
    "/file",
    operation_id="getPersonFile",
    summary="One person's whole file, for an access request",
    response_class=Response,
    responses={**ZIP, **problems(NotFound, TooManyFiles)},
)
async def take_out(
    call: Holder,
    case_id: UUID,
    person_ref: Short,
    language: Annotated[Language, Query(description="Language of the page; English where there is none.")] = "en",
) -> Response:
    """A zip with `file.json` and `file.html`: what is held, who was told what, what happened. About this person alone:
    nothing of other adults of the family. Audited; hand it over to the person themself and to nobody else."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        sections = await person_file(uow, file, file.person(person_ref))
        on = uow.now.date()
    named = {"Content-Disposition": 'attachment; filename="file.zip"', "Cache-Control": "no-store"}
    return Response(bundle(sections, language=language, on=on), media_type="application/zip", headers=named)

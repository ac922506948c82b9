"""What an agency without a server looks at: its cases, what each side owes the other, and the page that shows them."""

from __future__ import annotations

from datetime import date, datetime
from importlib import resources
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from services.registry.commands import list_agency_cases
from services.registry.commands.sender_access import recipient_of
from services.registry.domain.mutual_clocks import Owed
from services.registry.queries.mutual_clocks import mutual_clocks
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import PageRequest, page_request
from shared.problems import problems
from shared.static_page import StaticPage

router = APIRouter(tags=["5 agencies' doors"])
page_router = APIRouter(prefix="/inbox", tags=["5 agencies' doors"])
Paging = Annotated[PageRequest, Depends(page_request)]
Recipient = Annotated[Call, caller("partner_agency", "reintegration_partner", "provider")]
FOLDER = resources.files("services.registry") / "api" / "inbox_page"
PAGE, PACKAGES = StaticPage(FOLDER, "inbox"), StaticPage(FOLDER, "package")


class AgencyCaseOut(BaseModel):
    """A case as you know it; read its events with `GET /agency-cases/{agency_case_ref}/events`."""

    agency_case_ref: str
    last_sequence: int = Field(description="Number of the last payload you were told; 0: nothing read yet.")
    ended_on: date | None = Field(description="Day on which the request ended.")
    last_news_at: datetime = Field(description="When there was last something to tell.")


class OwedOut(BaseModel):
    """Something that is owed; `due` is null where no clause of an agreement sets a day."""

    agency_case_ref: str
    what: str = Field(description="The payload or message that waits for an answer, or the attestation that is due.")
    since: date
    due: date | None
    overdue: bool


class ClocksOut(BaseModel):
    """Who owes whom: the same count on both sides, most urgent first."""

    recipient_id: UUID
    name: str
    roles: list[str]
    answers_by_form: bool
    you_owe_us: list[OwedOut]
    we_owe_you: list[OwedOut]


def _owed(entry: Owed, today: date) -> OwedOut:
    return OwedOut(overdue=entry.overdue(today), **vars(entry))


@router.get("/agency-cases", operation_id="listAgencyCases", summary="The cases you know", responses=problems(NotFound))
async def cases(
    call: Recipient,
    page: Paging,
    request: Request,
    response: Response,
    ended: Annotated[bool, Query(description="Those whose request has ended, instead of the open ones.")] = False,
    agency_case_ref: Annotated[str, Query(max_length=80, description="Only those whose reference begins so.")] = "",
) -> list[AgencyCaseOut]:
    """Newest news first; checked again at this moment. Where there are more, `Link` names the next page (RFC 8288)."""
    async with call.reading() as uow:
        recipient = await recipient_of(uow)
        found, cursor = await list_agency_cases.handle(uow, recipient.id, page, ended=ended, begins=agency_case_ref)
    if cursor is not None:
        wanted = {
            "ended": str(ended).lower(),
            "limit": page.limit,
            "agency_case_ref": agency_case_ref,
            "cursor": cursor,
        }
        response.headers["Link"] = f'<{request.url.path}?{urlencode(wanted)}>; rel="next"'
    return [AgencyCaseOut(**vars(entry)) for entry in found]


@router.get(
    "/agency-clocks", operation_id="getClocks", summary="What each side owes the other", responses=problems(NotFound)
)
async def clocks(call: Recipient) -> ClocksOut:
    """Our open requests with the day to answer by, destruction you owe, and your questions that wait for us."""
    async with call.reading() as uow:
        recipient = await recipient_of(uow)
        they, we = await mutual_clocks(uow, recipient)
        today = uow.now.date()
    return ClocksOut(
        recipient_id=recipient.id,
        you_owe_us=[_owed(entry, today) for entry in they],
        we_owe_you=[_owed(entry, today) for entry in we],
        **recipient.model_dump(include={"name", "roles", "answers_by_form"}),
    )


@page_router.get("", operation_id="inbox", summary="The inbox page", response_class=Response)
async def shell() -> Response:
    """Open without a token, because it holds nothing; open `/registry/inbox#token=...` to see your cases."""
    return PAGE.html()


@page_router.get("/inbox.js", include_in_schema=False)
async def script() -> Response:
    """The page's script."""
    return PAGE.script()


@page_router.get("/package.js", include_in_schema=False)
async def packages_script() -> Response:
    """What opens packages and seals answers."""
    return PACKAGES.script()


@page_router.get("/inbox.css", include_in_schema=False)
async def style() -> Response:
    """The page's style."""
    return PAGE.style()

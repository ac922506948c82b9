"""The page of the card: forms and nothing else, so that it works on any telephone and leaves as little as possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response

from services.returns.api import card_page
from services.returns.api.public_door import UNTRACED, DoorIsBusy, Knock, door
from services.returns.commands import ask_withdrawal, receive_complaint
from services.returns.persistence.complaint_desks import desk_of_card
from services.returns.queries.card import look
from shared.errors import NotFound
from shared.problems import problems

page_router = APIRouter(prefix="/card", tags=["9 the card"])
Visitor = Annotated[Knock, door("card")]
FORM: dict[str, Any] = {
    "required": True,
    "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {}}}},
}
PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}},
    **problems(DoorIsBusy),
}
LONGEST_ACCOUNT = 8_000


def _shown(content: str) -> Response:
    return Response(content, media_type="text/html; charset=utf-8", headers={**UNTRACED, **card_page.PAGE_HEADERS})


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form; of a field that comes twice the first."""
    body = (await request.body()).decode("utf-8", "replace").replace("\0", "")
    try:
        return {name: values[0] for name, values in parse_qs(body, max_num_fields=10).items()}
    except ValueError:
        return {}


@page_router.get(
    "", operation_id="cardEntrance", summary="Where a card is opened", response_class=Response, responses=PAGE
)
async def entrance(
    knock: Visitor, language: Annotated[str, Query(max_length=20, description="Language of the page.")] = "en"
) -> Response:
    """A neutral page with a field for a code; it says nothing of what the code is for."""
    return _shown(card_page.entrance(language, leave_to=knock.settings.card_leave_to))


@page_router.post(
    "",
    operation_id="cardOpened",
    summary="The card as a page",
    response_class=Response,
    responses=PAGE,
    openapi_extra={"requestBody": FORM},
)
async def opened(knock: Visitor, request: Request) -> Response:
    """What the code shows; whatever is no code leads back to the entrance."""
    form, leave_to = await _form(request), knock.settings.card_leave_to
    try:
        async with knock.unit() as uow:
            shown = await look(uow, form.get("code", ""))
    except NotFound:
        return _shown(card_page.entrance(form.get("language", "en"), leave_to=leave_to, unknown=True))
    return _shown(card_page.card(shown, code=form["code"], leave_to=leave_to))


@page_router.post(
    "/withdrawal",
    operation_id="cardWithdrawal",
    summary="I do not want to go, on the page",
    response_class=Response,
    responses=PAGE,
    openapi_extra={"requestBody": FORM},
)
async def withdrawal(knock: Visitor, request: Request) -> Response:
    """One press: everything onward stops, and the page says so."""
    form, leave_to = await _form(request), knock.settings.card_leave_to
    code, told = form.get("code", ""), "stopped"
    try:
        async with knock.unit() as uow:
            shown = await look(uow, code)
            await ask_withdrawal.handle(code, uow=uow)
    except NotFound:
        return _shown(card_page.entrance("en", leave_to=leave_to, unknown=True))
    except ask_withdrawal.NothingToWithdraw:
        told = "over"
    told = "general" if shown.promises is None else told
    return _shown(card_page.message(shown.language, told, leave_to=leave_to))


@page_router.post(
    "/complaint",
    operation_id="cardComplaint",
    summary="Complain, on the page",
    response_class=Response,
    responses=PAGE,
    openapi_extra={"requestBody": FORM},
)
async def complaint(knock: Visitor, request: Request) -> Response:
    """Like `POST /public/complaints`: what is sent is tied to no card and no case."""
    form, leave_to = await _form(request), knock.settings.card_leave_to
    account = form.get("account", "").strip()[:LONGEST_ACCOUNT]
    try:
        async with knock.unit() as uow:
            language = (await look(uow, form.get("code", ""))).language
            if not account:
                raise NotFound
            command = receive_complaint.ReceiveComplaint(
                desk=await desk_of_card(uow, form["code"]),
                kind="conduct" if form.get("conduct") else "other",
                account=account,
                language=language,
                channel="card",
            )
            row, code = await receive_complaint.handle(command, uow=uow)
    except NotFound:
        return _shown(card_page.entrance("en", leave_to=leave_to, unknown=True))
    return _shown(card_page.receipt(language, code, row.answer_by.isoformat(), leave_to=leave_to))

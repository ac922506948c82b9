"""GET /notifications: what a role in its scope should look at, in every service the same."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, decode_cursor, encode_cursor, page_request

router = APIRouter(prefix="/notifications", tags=["notifications"])

NOTICES = text(
    "SELECT id, kind, role, scope, subject, facts, created_at FROM notification "
    "WHERE role = ANY(:roles) AND (scope = ANY(:scopes) OR scope = '*') AND (CAST(:after AS "
    "uuid) IS NULL OR id > :after) "
    "ORDER BY id LIMIT :limit"
)


class NotificationOut(BaseModel):
    """One thing to look at; facts are codes and counts."""

    id: UUID
    kind: str = Field(examples=["agency-message.not-applied"])
    role: str
    subject: str = Field(description="What it is about, for example a case id.")
    facts: dict[str, Any]
    created_at: datetime


def scopes_of(actor: Principal) -> list[str]:
    """Every scope value the principal's claims give."""
    single = (actor.authority_id, actor.agency_id, actor.partner_id, actor.provider_id, actor.partnership_id)
    return sorted({*actor.offices, *actor.programmes, *(value for value in single if value)})


@router.get("", operation_id="listNotifications", summary="What needs your attention")
async def list_notifications(
    call: Annotated[Call, caller()], page: Annotated[PageRequest, Depends(page_request)]
) -> Page[NotificationOut]:
    """Oldest first; keep the cursor and ask again to see only what is new."""
    after = decode_cursor(page.cursor, 1)[0] if page.cursor else None
    values = {"roles": sorted(call.actor.roles), "scopes": scopes_of(call.actor), "after": after}
    async with call.reading() as uow:
        found = (await uow.session.execute(NOTICES, {**values, "limit": page.limit})).mappings().all()
    items = [NotificationOut.model_validate(dict(row)) for row in found]
    cursor = encode_cursor([items[-1].id]) if len(items) == page.limit else None
    return Page(items=items, next_cursor=cursor)

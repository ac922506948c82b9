"""The history of a partnership: who changed what, when; for both sides the same."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.registry.api.partnership_schemas import ADMINISTRATOR, DELEGATE, MANAGER, Paging
from services.registry.queries.partnership_history import history_of
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Follower = Annotated[Call, caller(DELEGATE, MANAGER, ADMINISTRATOR, "auditor")]


class ChangeOut(BaseModel):
    """One change; a role and a side did it, never a name."""

    id: UUID
    at: datetime
    action: str = Field(examples=["component.amended"])
    subject: str = Field(description="What was changed, by its id.")
    role: str = Field(description="The role in which it was done; `system` for a timer.")
    side: str | None = Field(description="The side that did it, where a side did.")
    facts: dict[str, Any] = Field(description="Codes and names of changed fields; never their words.")


def _shown(row: dict[str, Any]) -> ChangeOut:
    facts = {name: value for name, value in row["facts"].items() if name != "side"}
    own = {"role": row["actor_role"], "side": row["facts"].get("side"), "facts": facts}
    return ChangeOut(**{name: row[name] for name in ("id", "at", "action", "subject")}, **own)


@router.get(
    "/partnerships/{partnership_id}/history",
    operation_id="getPartnershipHistory",
    summary="Who changed what",
    responses=problems(NotFound),
)
async def history(call: Follower, partnership_id: UUID, page: Paging) -> Page[ChangeOut]:
    """Oldest first: entry, components, commitments, activities, rounds, questions, agreements. Interests and working
    groups are one side's own and not in it."""
    async with call.reading() as uow:
        rows, cursor = await history_of(uow, partnership_id, page)
    return Page(items=[_shown(row) for row in rows], next_cursor=cursor)

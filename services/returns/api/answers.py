"""How a case command is answered: the case as codes, and the same again on an idempotent replay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal
from uuid import UUID

from fastapi import Response

from services.returns.api.schemas import CaseOut, case_out
from services.returns.domain.access import may_confirm_arrival
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.http_api import Call

Match = Literal["required", "optional", "none"]


async def show_case(uow: UnitOfWork, row: ReturnCaseRow) -> CaseOut:
    """The case as codes."""
    return case_out(await load_file(uow, row.id, may_confirm_arrival), on=uow.now.date())


async def reload_case(uow: UnitOfWork, case_id: UUID) -> ReturnCaseRow:
    """The case again, if it is still in the caller's scope."""
    return (await load_file(uow, case_id, may_confirm_arrival)).case


async def case_command(
    call: Call,
    do: Callable[[UnitOfWork], Awaitable[ReturnCaseRow]],
    *,
    status: int = 200,
    match: Match = "optional",
    location: str | None = None,
    show: Callable[[UnitOfWork, Any], Any] = show_case,
) -> Response:
    """Run a command on a case and answer with the case."""
    return await call.command(do, show, status=status, reload=reload_case, location=location, match=match)

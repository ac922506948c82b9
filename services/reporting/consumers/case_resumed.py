"""returns.case.resumed: it goes on, so it has not left the path."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_resumed(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.resumed: it goes on, so it has not left the path."""
    await record_stage.goes_on(seen.case_id, uow=uow)

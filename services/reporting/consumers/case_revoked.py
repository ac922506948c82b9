"""returns.case.revoked: the day goes to the stage 'revoked'."""

from __future__ import annotations

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseStageSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_revoked(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """returns.case.revoked: the day goes to the stage 'revoked'."""
    await record_stage.handle(seen.case_id, stage="revoked", on=seen.on, uow=uow)

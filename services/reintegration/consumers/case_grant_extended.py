"""returns.case.grant-extended: set aside the lines of who joined after the decision, on top of the grant."""

from __future__ import annotations

from services.reintegration.commands import extend_grant
from services.reintegration.contracts.consumed import CaseGrantExtendedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_grant_extended(seen: CaseGrantExtendedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.grant-extended: set aside the lines of who joined after the decision, on top of the grant."""
    await extend_grant.handle(seen, uow=uow)

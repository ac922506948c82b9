"""returns.case.disclosure-frozen: nothing more leaves, and nobody learns why."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import FreezeSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_disclosure_frozen(seen: FreezeSeen, *, uow: UnitOfWork) -> None:
    """returns.case.disclosure-frozen: nothing more leaves, and nobody learns why."""
    await project_disclosure.keep_case(seen.case_id, uow=uow, frozen=True)

"""returns.case.disclosure-released: disclosures may go on."""

from __future__ import annotations

from services.registry.commands import project_disclosure, retry_waiting
from services.registry.contracts.consumed import FreezeSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_disclosure_released(seen: FreezeSeen, *, uow: UnitOfWork) -> None:
    """returns.case.disclosure-released: disclosures may go on."""
    await project_disclosure.disclosure_released(seen.case_id, uow=uow)
    await retry_waiting.of_case(seen.case_id, uow=uow)

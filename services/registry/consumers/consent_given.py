"""returns.consent.given: recipients who may be told."""

from __future__ import annotations

from services.registry.commands import project_disclosure, retry_waiting
from services.registry.contracts.consumed import ConsentGivenSeen
from shared.database.unit_of_work import UnitOfWork


async def on_consent_given(seen: ConsentGivenSeen, *, uow: UnitOfWork) -> None:
    """returns.consent.given: recipients who may be told."""
    await project_disclosure.consent_given(seen, uow=uow)
    await retry_waiting.of_case(seen.case_id, uow=uow)

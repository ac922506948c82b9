"""returns.consent.given: recipients who may be shown a person."""

from __future__ import annotations

from services.reintegration.commands import record_consent
from services.reintegration.contracts.consumed import ConsentGivenSeen
from shared.database.unit_of_work import UnitOfWork


async def on_consent_given(seen: ConsentGivenSeen, *, uow: UnitOfWork) -> None:
    """returns.consent.given: recipients who may be shown a person."""
    await record_consent.given(seen, uow=uow)

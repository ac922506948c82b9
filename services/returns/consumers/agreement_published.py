"""registry.agreement.published: clauses on which disclosures can rest."""

from __future__ import annotations

from services.returns.commands import learn_clauses
from services.returns.contracts.consumed import AgreementPublishedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_agreement_published(seen: AgreementPublishedSeen, *, uow: UnitOfWork) -> None:
    """registry.agreement.published: clauses on which disclosures can rest."""
    await learn_clauses.handle(seen, uow=uow)

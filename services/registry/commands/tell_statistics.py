"""Tell statistics offices that figures were published: which days, under which rules, where; never about a case."""

from __future__ import annotations

from typing import Any

from services.registry.commands.tell_recipient import endpoints_for, queue
from services.registry.contracts.consumed_for_recipients import ReleasePublishedSeen
from services.registry.domain.disclosure_matrix import PURPOSES, RELEASE, allowed_types
from services.registry.persistence.recipients import enrolled_with
from shared.database.unit_of_work import UnitOfWork

STATISTICS = "statistics"


async def tell_statistics(seen: ReleasePublishedSeen, *, uow: UnitOfWork) -> None:
    """Queue it for every enrolled organisation with that role, under the numbers of what belongs to no case."""
    facts: dict[str, Any] = seen.model_dump(mode="json", exclude_none=True)
    for recipient in await enrolled_with(uow, STATISTICS):
        if RELEASE in allowed_types(recipient.kind, recipient.roles):
            targets = await endpoints_for(uow, recipient.id, RELEASE, PURPOSES[STATISTICS])
            queue(uow, recipient.id, targets, payload_type=RELEASE, facts=facts, purpose=PURPOSES[STATISTICS])

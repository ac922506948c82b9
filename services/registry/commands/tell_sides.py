"""Tell the ministries and delegations of both sides what happens in their partnership: references, days and codes.

Nothing here is about a case, and no words of a side leave: what a commitment says, or why a round meets, is read under
a delegate's own token. With or without an endpoint for a type, it is in the recipient's feed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.registry.commands.tell_recipient import endpoints_for, queue
from services.registry.domain.disclosure_matrix import DIALOGUE, allowed_types
from services.registry.domain.sides import side_of_country
from services.registry.persistence.recipients import enrolled_with
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import PartnershipRow
from shared.database.unit_of_work import UnitOfWork


async def tell_sides(uow: UnitOfWork, partnership_id: UUID, payload_type: str, **facts: Any) -> None:
    """Queue it for every enrolled organisation of a party's country that takes part in the dialogue."""
    parent = await get_row(uow, PartnershipRow, partnership_id)
    for recipient in await enrolled_with(uow, DIALOGUE):
        if side_of_country(parent.parties, recipient.country) is None:
            continue
        if payload_type not in allowed_types(recipient.kind, recipient.roles):
            continue
        targets = await endpoints_for(uow, recipient.id, payload_type, DIALOGUE)
        told = {"partnership_id": str(partnership_id), **{name: _plain(value) for name, value in facts.items()}}
        queue(uow, recipient.id, targets, payload_type=payload_type, facts=told, purpose=DIALOGUE)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value)

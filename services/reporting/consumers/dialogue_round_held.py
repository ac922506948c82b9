"""registry.dialogue-round.held: the sides met."""

from __future__ import annotations

from services.reporting.commands import record_partnership
from services.reporting.contracts.consumed import RoundHeldSeen
from shared.database.unit_of_work import UnitOfWork


async def on_dialogue_round_held(seen: RoundHeldSeen, *, uow: UnitOfWork) -> None:
    """registry.dialogue-round.held: the sides met."""
    await record_partnership.round_held(seen, uow=uow)

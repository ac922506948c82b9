"""Throw the read models away and fill them again from the log, after a counting rule was mended."""

from __future__ import annotations

from services.reporting.persistence.facts import forget_facts
from shared.database.unit_of_work import UnitOfWork
from shared.inbox.positions import begin_again

CONSUMER = "reporting"


async def handle(*, uow: UnitOfWork) -> int:
    """Empty everything in one commit; a worker that runs meanwhile begins at the beginning. Returns of how many
    partitions.

    Until the log is read to its end again, figures are too low.
    """
    await forget_facts(uow.session)
    return await begin_again(uow, CONSUMER)

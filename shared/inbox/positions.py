"""Reading from the beginning again: for a log that was lost or replaced, and for read models that are built anew."""

from __future__ import annotations

from sqlalchemy import text

from shared.database.unit_of_work import UnitOfWork

FORGET = text("DELETE FROM consumer_offset WHERE consumer = :consumer RETURNING partition")
# Offsets begin at 0 again, and a parked event is known by its offset: what is parked moves below 0, each time further,
# so that no event of the other log meets one that was parked from this log.
MOVE_PARKED = text(
    'UPDATE parked_event SET "offset" = "offset" - ('
    'SELECT greatest(max("offset"), 0) - least(min("offset"), 0) + 1 FROM parked_event WHERE consumer = :consumer) '
    "WHERE consumer = :consumer"
)


FORGET_KNOWN = text(
    "DELETE FROM inbox WHERE consumer = :consumer AND event_id NOT IN ("
    "SELECT event_id FROM parked_event WHERE consumer = :consumer AND resolution = 'discarded' "
    "AND event_id IS NOT NULL)"
)
FORGET_PARKED = text(
    "DELETE FROM parked_event WHERE consumer = :consumer AND resolution IS DISTINCT FROM 'discarded' RETURNING id"
)


async def begin_again(uow: UnitOfWork, consumer: str) -> int:
    """Read everything as if for the first time: positions, known and parked events are forgotten, discards are not.

    Only for a consumer whose whole effect was thrown away in the same unit. Returns of how many partitions.
    """
    await uow.session.execute(FORGET_KNOWN, {"consumer": consumer})
    parked = (await uow.session.execute(FORGET_PARKED, {"consumer": consumer})).all()
    uow.record("inbox.emptied", subject=consumer, parked=len(parked))
    return await reset_positions(uow, consumer)


async def reset_positions(uow: UnitOfWork, consumer: str) -> int:
    """Forget how far this consumer has read; returns of how many partitions.

    Events it has handled before are recognised by their ids. A worker that runs meanwhile loses its right to advance
    and takes its partitions again, from the beginning.
    """
    forgotten = (await uow.session.execute(FORGET, {"consumer": consumer})).all()
    await uow.session.execute(MOVE_PARKED, {"consumer": consumer})
    uow.record("positions.reset", subject=consumer, partitions=len(forgotten))
    return len(forgotten)

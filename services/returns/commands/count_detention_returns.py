"""Returns from detention are counted apart, by programme and past month, and never case by case.

Voluntariness is presumed doubtful there, so no figure may call them plainly voluntary (domain-rules.md 14); that
somebody is detained must not be in an event (8). So it is a count, not told before the month is over: nobody can read
it off the departures around it. Who is brought back or was recorded wrongly is restated.
"""

from __future__ import annotations

from services.returns.contracts.published_contacts import DetentionReturnsCountedV1
from services.returns.persistence.detention_returns import counted_now, remember_told, told_last
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "detention-returns"


async def run(runtime: Runtime) -> None:
    """The timer."""
    async with runtime.units.begin(actor=Principal.system(JOB)) as uow:
        await handle(uow=uow)


async def handle(*, uow: UnitOfWork) -> None:
    """Tell every count that is not what was told last."""
    now = await counted_now(uow, before=uow.now.date().replace(day=1))
    told = await told_last(uow)
    for month in sorted({*now, *told}):
        if now[month] != told[month]:
            await remember_told(uow, month, now[month])
            fact = {"programme_id": month[0], "month": month[1], "persons_count": now[month]}
            uow.publish(DetentionReturnsCountedV1(**fact))

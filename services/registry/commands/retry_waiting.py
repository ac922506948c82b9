"""What waits to be told is tried again when a consent, a legal basis or the release of its case comes, and each hour.

Events of different services have no order among each other, and people may agree after something was arranged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col

from services.registry.commands import follow_referrals, follow_tasks, follow_transfer
from services.registry.persistence.waiting_facts import waiting_ids, waiting_where
from services.registry.persistence.waiting_tables import WaitingFactRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Job, Runtime

HOUR = 3_600.0
RETRY = "retry-waiting-facts"


RETRIES: Mapping[str, Callable[..., Awaitable[None]]] = {
    follow_referrals.MADE: follow_referrals.try_again,
    follow_transfer.OFFERED: follow_transfer.try_again,
    follow_tasks.ORDERED: follow_tasks.try_again_ordered,
    follow_tasks.NEAR: follow_tasks.try_again_near,
}
"""Each tells it if it may be told now; else it goes on waiting, or is given up after its last day."""


async def of_case(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Somebody consented, or the case was approved, released or resumed."""
    await _retry(uow, col(WaitingFactRow.case_id) == case_id)


async def for_recipient(recipient_id: UUID, *, uow: UnitOfWork) -> None:
    """A legal basis for telling it something was approved."""
    await _retry(uow, col(WaitingFactRow.recipient_id) == recipient_id)


async def run(runtime: Runtime) -> None:
    """Everything, each in a unit of work of its own: bases begin and last days pass without any event."""
    await one_by_one(runtime, Principal.system(RETRY), waiting_ids, _again)


async def _again(row_id: UUID, *, uow: UnitOfWork) -> None:
    await _retry(uow, col(WaitingFactRow.id) == row_id)


async def _retry(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    for row in await waiting_where(uow, which):
        await RETRIES[row.payload_type](row, uow=uow)


JOBS = (Job(RETRY, HOUR, run),)

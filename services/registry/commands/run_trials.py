"""Go on with trials that are too large for one request: batch by batch, each a commit of its own.

A process that dies leaves a trial where its last batch ended; another one takes it up there.
"""

from __future__ import annotations

import asyncio

from sqlmodel import col, select

from services.registry.commands.try_rules import DONE, advance
from services.registry.persistence.programme_tables import RuleTrialRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RuleVersionRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

WORKER = Principal.system("rule-trials")
BATCH = 1_000
POLL_SECONDS = 2.0


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Until told to stop; a trial under way is left to whoever comes next."""
    while not stop.is_set():
        if not await next_batch(runtime):
            try:
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)
            except TimeoutError:
                continue


async def next_batch(runtime: Runtime) -> bool:
    """One batch of the oldest trial that nobody works on; whether there was one."""
    async with runtime.units.begin(actor=WORKER) as uow:
        trial = await _oldest(uow)
        if trial is None:
            return False
        trial.status = "running"
        await advance(trial, await get_row(uow, RuleVersionRow, trial.rule_version_id), BATCH, uow=uow)
        if trial.status == DONE:
            scope = str(trial.programme_id)
            uow.notify("rule-trial.finished", role="programme_manager", scope=scope, subject=trial.id)
    return True


async def _oldest(uow: UnitOfWork) -> RuleTrialRow | None:
    statement = select(RuleTrialRow).where(col(RuleTrialRow.status) != DONE).order_by(col(RuleTrialRow.id)).limit(1)
    found: RuleTrialRow | None = await uow.session.scalar(statement.with_for_update(key_share=True, skip_locked=True))
    return found

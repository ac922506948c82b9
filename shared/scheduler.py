"""Timers: every worker offers itself, the one holding the service's leader lock runs the jobs."""

from __future__ import annotations

import asyncio
import zlib

import asyncpg
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.idempotency import forget_old_keys
from shared.service import Job, Runtime

LEADER_CLASS = 0x57_41_59_48  # the first half of the advisory lock; keeps clear of the relay's and the log's locks
TICK_SECONDS = 0.25


async def _forget_keys(runtime: Runtime) -> None:
    async with runtime.units.begin(actor=Principal.system("forget-idempotency-keys")) as uow:
        await forget_old_keys(uow.session)


QUEUES = text(
    "SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL),"
    " (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) FROM outbox "
    "WHERE published_at IS NULL),"
    " (SELECT count(*) FROM parked_event WHERE resolved_at IS NULL)"
)


async def observe_queues(runtime: Runtime) -> None:
    """Put outbox age and length and the parked events into the metrics."""
    async with runtime.engine.connect() as connection:
        unpublished, oldest, parked = (await connection.execute(QUEUES)).one()
    runtime.metrics.outbox_unpublished.set(unpublished)
    runtime.metrics.outbox_oldest_seconds.set(float(oldest))
    runtime.metrics.parked_events.set(parked)


KIT_JOBS = (Job(name="forget-idempotency-keys", every_seconds=3_600, run=_forget_keys),)
OBSERVE_EVERY_SECONDS = 2.0


async def run_jobs(runtime: Runtime, stop: asyncio.Event) -> None:
    """Run due jobs while holding the leader lock; a lost connection is a lost lock and raises."""
    jobs = (*KIT_JOBS, *runtime.service.jobs)
    due = {job.name: 0.0 for job in jobs}
    observed = 0.0
    connection = await asyncpg.connect(runtime.dsn)
    try:
        leader = False
        while not stop.is_set():
            now = asyncio.get_running_loop().time()
            if now >= observed:
                await observe_queues(runtime)
                observed = now + OBSERVE_EVERY_SECONDS
                leader = leader or await _try_lead(connection, runtime.service.name)
                await connection.execute("SELECT 1")  # a dead connection must not go on leading
            if leader:
                for job in jobs:
                    if now >= due[job.name]:
                        due[job.name] = now + job.every_seconds
                        await _run_job(runtime, job)
            await _tick(stop)
    finally:
        await connection.close(timeout=2)


async def _try_lead(connection: asyncpg.Connection, name: str) -> bool:
    second = zlib.crc32(name.encode()) & 0x7FFF_FFFF
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", LEADER_CLASS, second))


async def _run_job(runtime: Runtime, job: Job) -> None:
    try:
        await job.run(runtime)
    except Exception as error:  # one job's failure must not stop the others; it is due again after its interval
        runtime.log.error("job.failed", job=job.name, error_class=type(error).__name__, exc_info=error)


async def _tick(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), TICK_SECONDS)
    except TimeoutError:
        return

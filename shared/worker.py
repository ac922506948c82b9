"""The background half of a service: relay, consumers, jobs and loops in one task group, drained on SIGTERM."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from shared.eventlog.protocol import EventLog
from shared.inbox.consumer import ConsumerLoop
from shared.inbox.processor import InboxProcessor
from shared.outbox.relay import Relay
from shared.scheduler import run_jobs
from shared.service import Loop, Runtime

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 10.0
DRAIN_SECONDS = 20.0

Part = Callable[[asyncio.Event], Awaitable[None]]


async def run_worker(runtime: Runtime, log: EventLog, stop: asyncio.Event) -> None:
    """Run every part until told to stop; one that fails is restarted after a growing pause, never silently dropped."""
    async with asyncio.TaskGroup() as group:
        for name, part in worker_parts(runtime, log).items():
            group.create_task(_kept_running(runtime, name, part, stop), name=name)


def worker_parts(runtime: Runtime, log: EventLog) -> dict[str, Part]:
    """Every background part of this service by name."""
    service = runtime.service
    parts: dict[str, Part] = {}
    if service.published:
        parts["relay"] = make_relay(runtime, log).run
    if service.subscriptions:
        parts["consumer"] = make_consumer(runtime, log).run
    parts["jobs"] = lambda stop: run_jobs(runtime, stop)
    for loop in service.loops:
        parts[f"loop:{loop.name}"] = _loop_part(runtime, loop)
    return parts


def make_relay(runtime: Runtime, log: EventLog) -> Relay:
    """The relay of this service, woken by its own commits."""
    return Relay(
        dsn=runtime.dsn,
        log=log,
        service_name=runtime.service.name,
        topic_prefix=runtime.settings.topic_prefix,
        wake=runtime.relay_wake,
        on_published=runtime.metrics.relay_published.inc,
        tracing=runtime.tracing,
    )


def make_processor(runtime: Runtime) -> InboxProcessor:
    """The one processor behind live consumption and replay."""
    return InboxProcessor(
        service_name=runtime.service.name,
        subscriptions=runtime.service.subscriptions,
        units=runtime.units,
        on_outcome=lambda outcome: runtime.metrics.inbox_processed.labels(outcome=outcome).inc(),
        tracing=runtime.tracing,
    )


def make_consumer(runtime: Runtime, log: EventLog) -> ConsumerLoop:
    """The consumer loop of this service."""
    topics = [runtime.settings.topic_prefix + topic for topic in runtime.service.topics]
    return ConsumerLoop(
        processor=make_processor(runtime),
        log=log,
        topics=topics,
        readiness=runtime.readiness,
        on_lag=lambda place, lag: runtime.metrics.consumer_lag.labels(
            topic=place.topic, partition=str(place.partition)
        ).set(lag),
    )


def _loop_part(runtime: Runtime, loop: Loop) -> Part:
    return lambda stop: loop.run(runtime, stop)


async def _kept_running(runtime: Runtime, name: str, part: Part, stop: asyncio.Event) -> None:
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        started = asyncio.get_running_loop().time()
        try:
            await part(stop)
            return
        except Exception as error:  # whatever it was, the part must come back
            runtime.log.error("worker.part-failed", part=name, error_class=type(error).__name__, exc_info=error)
        if asyncio.get_running_loop().time() - started > 60:
            pause = FIRST_PAUSE_SECONDS
        await pause_or_stop(stop, pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


async def pause_or_stop(stop: asyncio.Event, seconds: float) -> bool:
    """Wait, but no longer than until told to stop; True if told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True

"""Where the time of one relay or one consumer goes, by function."""

from __future__ import annotations

import cProfile
import io
import pstats

from services.reporting.persistence.tables import ReportingTable
from services.returns.persistence.tables import ReturnsTable
from tests.bench.consuming import consume_all, fill_topic
from tests.bench.facts import commit_to_outbox, sealed_facts
from tests.bench.figures import Size
from tests.bench.ground import Ground
from tests.bench.relaying import relay_all

SHOWN = 25


async def profile_relay(ground: Ground, engine: str, size: Size) -> str:
    """One burst under the profiler."""
    profiler = cProfile.Profile()
    async with ground.database(ReturnsTable.metadata) as url, ground.log(engine) as log:
        await commit_to_outbox(url, sealed_facts(size.events, size.keys))
        profiler.enable()
        seconds = await relay_all(url, log, size.events)
        profiler.disable()
    return _said(profiler, f"relay, {engine}, {size.events} facts in {seconds:.2f} s under the profiler")


async def profile_consumer(ground: Ground, engine: str, size: Size) -> str:
    """One consumer's run under the profiler."""
    profiler = cProfile.Profile()
    async with ground.database(ReportingTable.metadata) as url, ground.log(engine) as log:
        topic = await fill_topic(log, sealed_facts(size.events, size.keys))
        profiler.enable()
        seconds = await consume_all(url, log, topic, size)
        profiler.disable()
    return _said(profiler, f"consumer, {engine}, {size.events} events in {seconds:.2f} s under the profiler")


PROFILES = {"relay": profile_relay, "consumer": profile_consumer}


def _said(profiler: cProfile.Profile, title: str) -> str:
    stream = io.StringIO()
    pstats.Stats(profiler, stream=stream).strip_dirs().sort_stats("tottime").print_stats(SHOWN)
    return f"{title}\n{stream.getvalue()}"

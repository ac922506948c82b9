"""`make bench`: measures, prints a table, writes down everything, and fails when a gate is missed."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from deploy.local.state import PROJECT
from tests.bench import case_creation, consuming, delivering, finding_duplicates, listing, relaying, visibility
from tests.bench.figures import FULL, QUICK, Measured, Size
from tests.bench.gates import missed_gates, table_of
from tests.bench.ground import ENGINES, Ground, ground, kafka_missing
from tests.bench.machine import machine_facts
from tests.bench.profiling import PROFILES

OnEngine = Callable[[Ground, str, Size], Awaitable[Measured]]
MEASUREMENTS: dict[str, OnEngine] = {
    "relay": relaying.burst,
    "kept": relaying.burst_behind_kept,
    "acknowledgement": relaying.delay,
    "consumer": consuming.consume,
    "visibility": visibility.become_visible,
}
WITHOUT_LOG: dict[str, tuple[Callable[[Ground, Size], Awaitable[Measured]], ...]] = {
    "creation": (case_creation.create_cases,),
    "duplicates": (
        finding_duplicates.find_duplicates,
        finding_duplicates.find_under_another_seed,
        finding_duplicates.find_held_out,
    ),
    "deliveries": (delivering.deliver, delivering.deliver_beside_bad_ones),
}
SEVERAL_AT_ONCE: dict[str, Callable[[Ground, Size], Awaitable[list[Measured]]]] = {"worklist": listing.walk_lists}
NAMES = (*MEASUREMENTS, *WITHOUT_LOG, *SEVERAL_AT_ONCE)
FOLDER = PROJECT / ".local" / "bench"
PLAIN_WIDTH = 150
console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def main(
    repeat: Annotated[int | None, typer.Option(min=1, help="Repetitions of each measurement; default 3.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Less of everything, once.")] = False,
    only: Annotated[str | None, typer.Option(help=f"One of: {', '.join(NAMES)}.")] = None,
    engine: Annotated[str, typer.Option(help="embedded, kafka or both.")] = "both",
    gates: Annotated[bool, typer.Option("--gates/--no-gates", help="Whether a missed gate fails the run.")] = True,
    profile: Annotated[str | None, typer.Option(help=f"Instead: one of {', '.join(PROFILES)}, by function.")] = None,
) -> None:
    """How fast the house is, beside what the same work costs without it."""
    _known(only, NAMES)
    _known(profile, tuple(PROFILES))
    engines = _engines(engine)
    size = QUICK if quick else FULL
    if repeat is not None:
        size = replace(size, repeat=repeat)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a new topic has no leaders for a moment
    started, stamp = time.monotonic(), f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    FOLDER.mkdir(parents=True, exist_ok=True)

    def say(line: str) -> None:
        console.print(f"{time.monotonic() - started:6.1f} s  {line}", highlight=False, soft_wrap=True)

    with ground(engines, say) as servers, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if profile is not None:
            runner.run(_profiled(servers, profile, engines, size, stamp))
            return
        facts, found = runner.run(_measured(servers, engines, size, only))
    say("done")
    missed = _report(found, facts, size, stamp)
    raise typer.Exit(1 if missed and gates else 0)


def _known(name: str | None, names: tuple[str, ...]) -> None:
    if name is not None and name not in names:
        raise typer.BadParameter(f"{name} is none of {', '.join(names)}")


def _engines(wanted: str) -> tuple[str, ...]:
    _known(wanted, (*ENGINES, "both"))
    chosen = ENGINES if wanted == "both" else (wanted,)
    if "kafka" in chosen and (why := kafka_missing()):
        console.print(f"Without Kafka: {why}")
        if wanted == "kafka":
            raise typer.Exit(2)
        return ENGINES[:1]
    return chosen


async def _measured(
    servers: Ground, engines: tuple[str, ...], size: Size, only: str | None
) -> tuple[dict[str, Any], list[Measured]]:
    facts, found = await machine_facts(servers), []
    async with servers.database() as servers.log_url:
        for name, measure in MEASUREMENTS.items():
            if only in (None, name):
                found += [await measure(servers, engine, size) for engine in engines]
        for name, measures in WITHOUT_LOG.items():
            if only in (None, name):
                found += [await measure_once(servers, size) for measure_once in measures]
        for name, measure_several in SEVERAL_AT_ONCE.items():
            if only in (None, name):
                found += await measure_several(servers, size)
    return facts | {"load after": [round(value, 2) for value in os.getloadavg()]}, found


async def _profiled(servers: Ground, name: str, engines: tuple[str, ...], size: Size, stamp: str) -> None:
    async with servers.database() as servers.log_url:
        for engine in engines:
            said = await PROFILES[name](servers, engine, size)
            path = FOLDER / f"{stamp}-{name}-{engine}.txt"
            path.write_text(said, encoding="utf-8")
            typer.echo(said)
            console.print(f"written to {path.relative_to(PROJECT)}")


def _report(found: list[Measured], facts: dict[str, Any], size: Size, stamp: str) -> list[str]:
    console.print(table_of(found))
    missed = missed_gates(found)
    document = {
        "at": stamp,
        "machine": facts,
        "size": asdict(size),
        "missed gates": missed,
        "measurements": [asdict(measured) for measured in found],
    }
    path = FOLDER / f"{stamp}.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    plainly = partial(console.print, highlight=False, soft_wrap=True)
    plainly(f"{facts['cores']} cores, load {facts['load before'][0]} before; written to {path.relative_to(PROJECT)}")
    for line in missed:
        plainly(f"[red]missed:[/] {line}")
    return missed


if __name__ == "__main__":
    typer.run(main)

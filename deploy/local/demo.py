"""The demo from start to end: supervisor, showcase, the lines to try, the season, the closing account."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import time
from dataclasses import dataclass

import uvloop

from deploy.kafka.broker import BrokerFailed
from deploy.kafka.jars import JarUnavailable
from deploy.local import queues
from deploy.local.children import ChildFailed
from deploy.local.client import Lines, Refused
from deploy.local.narration import Narrator
from deploy.local.ready import show_ready
from deploy.local.season import play_season
from deploy.local.showcase import play_showcase
from deploy.local.state import SERVICES, LocalState
from deploy.local.supervisor import AlreadyRunning, PortTaken, Supervisor
from shared.database.embedded import EmbeddedUnavailable

SETTLE_SECONDS = 120.0
INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for on the command line."""

    once: bool
    cases: int
    fresh: bool
    port: int | None
    seed: int | None


def run_demo(state: LocalState, narrator: Narrator, options: Options) -> int:
    """Run it; the answer is the exit code."""
    if options.fresh:
        if state.running():
            narrator.say("Wayhome is running here; stop it before emptying its state.")
            return 1
        state.empty()
        narrator.say("The state of earlier runs is gone.")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_until_told_to_stop(state, narrator, options))
    except (AlreadyRunning, PortTaken, EmbeddedUnavailable, BrokerFailed, JarUnavailable, ChildFailed) as error:
        narrator.say(str(error))
        return 1


async def _until_told_to_stop(state: LocalState, narrator: Narrator, options: Options) -> int:
    """SIGINT and SIGTERM end the play once; what follows is the orderly stop, which cannot be interrupted."""
    play = asyncio.create_task(_play(state, narrator, options))
    told = False

    def stop() -> None:
        nonlocal told
        if not told:
            told = True
            play.cancel()

    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(which, stop)
    try:
        return await play
    except asyncio.CancelledError:
        return 0 if not options.once else INTERRUPTED


async def _play(state: LocalState, narrator: Narrator, options: Options) -> int:
    async with Supervisor(state, port=options.port, say=narrator.say) as house:
        lines = Lines({name: house.url for name in SERVICES})
        direct = Lines(house.addresses)
        try:
            cast = await play_showcase(house, lines, narrator)
            show_ready(house, cast, narrator)
            seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
            problems = await play_season(cast.using(direct), narrator, cases=options.cases, seed=seed)
            problems += await _account(house, narrator)
        except (Refused, TimeoutError) as error:
            narrator.say(f"This should not have happened: {error}")
            narrator.say(f"The logs are in {state.logs}.")
            problems = [str(error)]
        finally:
            await lines.close()
            await direct.close()
        if options.once:
            return 1 if problems else 0
        narrator.say("Everything keeps running; Ctrl-C stops it.")
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return 0


async def _account(house: Supervisor, narrator: Narrator) -> list[str]:
    """Wait until every fact has travelled, and say what did not go right."""
    began = time.monotonic()
    after = await queues.settle(house.databases, within=SETTLE_SECONDS)
    problems = [f"{queue.service}: {queue.parked} events are parked" for queue in after if queue.parked]
    if house.agencies.problems:
        problems += house.agencies.problems
    if house.restarts:
        problems.append(f"{house.restarts} service processes had to be started again")
    narrator.act("Account")
    narrator.say(f"All facts have travelled ({time.monotonic() - began:.1f} s after the last case).")
    narrator.say("Outboxes are empty, nothing is parked." if not problems else "; ".join(problems))
    return problems

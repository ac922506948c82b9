"""A campaign: load, blows, rest, proof; in rounds, so that a broken promise is found soon after it broke."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from shared.http.trusted import ConnectionFailed, trusted_client
from shared.testing.eventually import eventually
from tests.resilience.tally.checker import findings, settle
from tests.resilience.tally.load import Load
from tests.resilience.tally.mill import Mill, mill

SHORTEST_GAP_SECONDS, LONGEST_GAP_SECONDS = 0.2, 1.2
LOAD_ONLY_SECONDS = 1.5
READY_WITHIN_SECONDS = 120
Say = Callable[[str], None]


@dataclass
class Account:
    """How a campaign went."""

    engine: str
    ablation: str | None
    seed: int
    kills: int = 0
    asked: int = 0
    acknowledged: int = 0
    seconds: float = 0.0
    blows: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


async def campaign(
    engine: str,
    *,
    kills: int,
    seed: int,
    ablation: str | None = None,
    per_round: int = 25,
    rest_within: float = 60.0,
    say: Say = lambda _: None,
) -> Account:
    """Strike until the number is reached or a promise is broken; the account says what was found."""
    account = Account(engine=engine, ablation=ablation, seed=seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wayhome-mill-") as folder:
        async with mill(Path(folder), engine, seed=seed, ablation=ablation) as running:
            await _ready(running)
            load = Load(f"http://127.0.0.1:{running.plan.port}", running.token, seed)
            while account.kills < kills and not account.findings:
                await _round(running, load, min(per_round, kills - account.kills))
                account.findings = await settle(running, within=rest_within)
                account.findings += await findings(running, load)
                account.kills = sum(running.kills.values())
                say(
                    f"{engine}: {account.kills} of {kills} kills, {load.asked} commands, {account.findings or 'all held'}"
                )
            account.asked, account.acknowledged = load.asked, len(load.acknowledged)
            account.blows = dict(sorted(running.kills.items()))
    account.seconds = time.monotonic() - began
    return account


async def _ready(running: Mill) -> None:
    async with trusted_client(f"http://127.0.0.1:{running.plan.port}") as client:

        async def answers() -> bool:
            try:
                return (await client.get("/tally/health/live")).status_code == 200
            except ConnectionFailed:
                return False

        await eventually(answers, within=READY_WITHIN_SECONDS)


async def _round(running: Mill, load: Load, blows: int) -> None:
    stop = asyncio.Event()
    asking = asyncio.create_task(load.run(stop))
    try:
        await asyncio.sleep(LOAD_ONLY_SECONDS)
        for _ in range(blows):
            await running.strike()
            await asyncio.sleep(running.chance.uniform(SHORTEST_GAP_SECONDS, LONGEST_GAP_SECONDS))
    finally:
        stop.set()
        await asking

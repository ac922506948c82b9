"""Runs the small deployment: PostgreSQL, perhaps Kafka, its processes; kills and stops them, and starts them again."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import MetaData, text

from deploy.kafka.broker import LocalBroker
from deploy.kafka.home import LIBRARIES
from deploy.local.state import free_port
from shared.auth.local_issuer import LocalIssuer
from shared.database.embedded import EmbeddedServer, EmbeddedUnavailable
from shared.database.engine import create_engine
from shared.database.tables import add_kit_tables
from shared.testing.scratch import SPEED
from tests.resilience.tally import weaker
from tests.resilience.tally.process import ISSUER, Plan
from tests.resilience.tally.service import SEEN, SLOW_COMMITS, TallyTable

LONGEST_PAUSE_SECONDS = 4.0
CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"


class Mill:
    """One running small deployment."""

    def __init__(self, folder: Path, engine: str, ablation: str | None, *, seed: int) -> None:
        self.folder = folder
        self.engine = engine
        self.ablation = ablation
        self.chance = random.Random(seed)
        self.postgres = EmbeddedServer(folder / "postgres", port=free_port(), options=SPEED)
        self.broker: LocalBroker | None = None
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: dict[str, int] = {}
        self.plan: Plan
        relays = weaker.RELAYS.get(ablation or "", 2)
        self.parts = ["api", *(f"relay-{number}" for number in range(relays)), "consumer-0", "consumer-1"]

    async def start(self) -> None:
        """Bring everything up."""
        self.postgres.start()
        urls = {name: await self._database(name) for name in ("producer", "consumer", "log")}
        log_url = urls["log"]
        if self.engine == "kafka":
            self.broker = LocalBroker(self.folder / "broker", LIBRARIES, free_port(), free_port())
            await asyncio.to_thread(self.broker.start)
            log_url = self.broker.servers
        await self._prepare(urls)
        issuer = self.folder / "issuer.pem"
        self.token = LocalIssuer.at(issuer, issuer=ISSUER).issue(roles=["caseworker"], subject="mill", offices=["X"])
        self.plan = Plan(
            engine=self.engine,
            log_url=log_url,
            prefix=f"m{secrets.token_hex(3)}-",
            producer_url=urls["producer"],
            consumer_url=urls["consumer"],
            port=free_port(),
            issuer_key=str(issuer),
            ablation=self.ablation,
        )
        self.plan.write(self.folder / "plan.json")
        for part in self.parts:
            self._spawn(part)

    async def _database(self, name: str) -> str:
        connection = await asyncpg.connect(self.postgres.dsn())
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        return self.postgres.dsn(name)

    async def _prepare(self, urls: dict[str, str]) -> None:
        ledger = MetaData()
        add_kit_tables(ledger)
        unsafe = weaker.unsafe_schema(self.ablation)
        plans: list[tuple[str, Any, list[str]]] = [
            (urls["producer"], TallyTable.metadata, [SLOW_COMMITS, *unsafe]),
            (urls["consumer"], ledger, [SEEN]),
        ]
        for url, metadata, statements in plans:
            engine = create_engine(url, pool_size=1, application="set-up")
            async with engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
                for block in statements:
                    raw = await connection.get_raw_connection()
                    await raw.driver_connection.execute(block)  # type: ignore[union-attr]
                await connection.execute(text("SELECT 1"))
            await engine.dispose()

    def _spawn(self, part: str) -> None:
        kind = part.split("-")[0]
        command = [sys.executable, "-m", "tests.resilience.tally.process", kind, str(self.folder / "plan.json")]
        with (self.folder / f"{part}.log").open("ab") as output:
            self.processes[part] = subprocess.Popen(command, stdout=output, stderr=output)

    async def strike(self) -> str:
        """One blow at somebody, drawn by the seed; whoever it was is running again afterwards. Returns what it was."""
        victims = [*self.parts, *self.parts, "postgres", "connections", *(["broker"] if self.broker else [])]
        victim = self.chance.choice(victims)
        self.kills[victim] = self.kills.get(victim, 0) + 1
        if victim == "postgres":
            await self._strike_postgres()
        elif victim == "connections":
            await self._cut_connections()
        elif self.chance.random() < 0.2:
            await self._pause(victim)
        elif victim == "broker":
            await self._strike_broker()
        else:
            self.processes[victim].kill()
            self.processes[victim].wait()
            self._spawn(victim)
        return victim

    async def _pause(self, victim: str) -> None:
        """SIGSTOP, long enough to be taken for dead; then it goes on as if nothing had been."""
        process = self.broker.process if victim == "broker" and self.broker else self.processes[victim]
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(self.chance.uniform(0.5, LONGEST_PAUSE_SECONDS))
        process.send_signal(signal.SIGCONT)

    async def _strike_postgres(self) -> None:
        assert self.postgres.pid is not None
        os.kill(self.postgres.pid, signal.SIGKILL)
        self.postgres.stop()
        for _ in range(100):  # its children notice the death of the postmaster within moments
            try:
                await asyncio.to_thread(self.postgres.start)
                return
            except EmbeddedUnavailable:
                await asyncio.sleep(0.1)
        raise AssertionError("PostgreSQL did not come back")

    async def _strike_broker(self) -> None:
        assert self.broker is not None
        assert self.broker.process is not None
        self.broker.process.kill()
        self.broker.process.wait()
        await asyncio.to_thread(self.broker.start)

    async def _cut_connections(self) -> None:
        """Every connection to the producer's database is lost, and the relays' locks with them."""
        connection = await asyncpg.connect(self.postgres.dsn())
        await connection.fetch(CONNECTIONS, "producer")
        await connection.close()

    def running(self) -> bool:
        """No process ended by itself."""
        return all(process.poll() is None for process in self.processes.values())

    def stop(self) -> None:
        """Take everything down and away."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        if self.broker:
            self.broker.stop()
        self.postgres.remove()


@asynccontextmanager
async def mill(folder: Path, engine: str, *, seed: int, ablation: str | None = None) -> AsyncIterator[Mill]:
    """A running mill until the block ends."""
    found = Mill(folder, engine, ablation, seed=seed)
    try:
        await found.start()
        yield found
    finally:
        found.stop()

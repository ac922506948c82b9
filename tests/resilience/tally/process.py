"""One process of the small deployment: its API, one relay or one consumer; started and killed by the mill."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvicorn

from shared.auth.local_issuer import LocalIssuer
from shared.auth.tokens import TokenVerifier
from shared.eventlog.protocol import EventLog
from shared.service import Service, open_runtime
from shared.settings import ServiceSettings
from shared.telemetry.logs import configure_logging
from shared.worker import _kept_running
from tests.resilience.tally import service as tally
from tests.resilience.tally import weaker
from tests.shared.eventlog.engines import client_of

ISSUER = "https://identity.test"


@dataclass(frozen=True)
class Plan:
    """What every process of one run is told."""

    engine: str
    log_url: str
    prefix: str
    producer_url: str
    consumer_url: str
    port: int
    issuer_key: str
    ablation: str | None

    def write(self, path: Path) -> None:
        """For the processes to read."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """As written."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    @property
    def topic(self) -> str:
        """The one topic."""
        return f"{self.prefix}tally"

    def settings(self, url: str) -> ServiceSettings:
        """Settings of either service."""
        return ServiceSettings.model_validate(
            {
                "database_url": url,
                "master_key": base64.b64encode(bytes(32)).decode(),
                "oidc_issuer": ISSUER,
                "oidc_jwks_url": f"{ISSUER}/jwks",
                "port": self.port,
                "topic_prefix": self.prefix,
            }
        )


async def serve(plan: Plan, stop: asyncio.Event) -> None:
    """The API."""
    from shared.app import create_app

    weaker.weaken_writer(plan.ablation)
    issuer = LocalIssuer.at(Path(plan.issuer_key), issuer=ISSUER)
    tokens = TokenVerifier(issuer=ISSUER, jwks=issuer.jwks())
    async with open_runtime(tally.TALLY, plan.settings(plan.producer_url), tokens=tokens, pool_size=16) as runtime:
        config = uvicorn.Config(create_app(runtime), host="127.0.0.1", port=plan.port, log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        await stop.wait()
        server.should_exit = True
        await serving


async def relay(plan: Plan, stop: asyncio.Event) -> None:
    """One relay, restarted when it fails, as the worker does."""
    async with open_runtime(tally.TALLY, plan.settings(plan.producer_url)) as runtime:
        log = await _log(plan)
        kind = weaker.relay_kind(plan.ablation)
        part = kind(dsn=runtime.dsn, log=log, service_name="tally", topic_prefix=plan.prefix)
        await _kept_running(runtime, "relay", part.run, stop)
        await log.close()


async def consume(plan: Plan, stop: asyncio.Event) -> None:
    """One consumer, restarted when it fails, as the worker does."""
    ledger = Service(
        name="ledger",
        title="Ledger",
        description="Sees.",
        settings=ServiceSettings,
        metadata=tally.TallyTable.metadata,
        subscriptions=tally.SUBSCRIPTIONS,
    )
    async with open_runtime(ledger, plan.settings(plan.consumer_url)) as runtime:
        log = await _log(plan)
        processor = weaker.processor_kind(plan.ablation)(
            service_name="ledger", subscriptions=tally.SUBSCRIPTIONS, units=runtime.units
        )
        loop = weaker.loop_kind(plan.ablation)(processor=processor, log=log, topics=[plan.topic])
        await _kept_running(runtime, "consumer", loop.run, stop)
        await log.close()


async def _log(plan: Plan) -> EventLog:
    while True:
        try:
            return await client_of(plan.engine, plan.log_url, plan.prefix)
        except Exception:  # its database or broker is being killed as well
            await asyncio.sleep(0.2)


PARTS: dict[str, Any] = {"api": serve, "relay": relay, "consumer": consume}


async def main(part: str, plan: Plan) -> None:
    """Run one part until told to stop."""
    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    await PARTS[part](plan, stop)


if __name__ == "__main__":
    import uvloop

    configure_logging("tally", level=logging.CRITICAL)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1], Plan.read(Path(sys.argv[2]))))

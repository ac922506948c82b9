"""One service running inside a test: real database, the app in process, events in through the real inbox."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from shared.app import create_app
from shared.auth.local_issuer import LocalIssuer
from shared.auth.tokens import TokenVerifier
from shared.clock import FixedClock
from shared.database.engine import driver_dsn
from shared.events.envelope import Envelope, instant
from shared.http.in_process import InProcessClient, in_process_client
from shared.ids import new_id
from shared.service import Runtime, Service, open_runtime
from shared.settings import ServiceSettings
from shared.telemetry.tracing import Tracing
from shared.worker import make_processor

ISSUER = "https://identity.test"


def service_named(name: str) -> Service:
    """The table of contents of a service, found by name so that the kit imports no service."""
    module = importlib.import_module(f"services.{name}.service")
    service = module.SERVICE
    assert isinstance(service, Service)  # noqa: S101 - a test fixture
    return service


def test_settings(service: Service, database_url: str, **overrides: Any) -> ServiceSettings:
    """Settings of a service under test; its master key differs from every other service's."""
    key = base64.b64encode(hashlib.sha256(service.name.encode()).digest()).decode()
    values: dict[str, Any] = {
        "database_url": database_url,
        "master_key": key,
        "oidc_issuer": ISSUER,
        "oidc_jwks_url": f"{ISSUER}/jwks",
        "allow_loopback_webhooks": True,
        **overrides,
    }
    return service.settings.model_validate(values)


class RunningService:
    """What a test may touch of a running service."""

    def __init__(self, runtime: Runtime, issuer: LocalIssuer, clock: FixedClock) -> None:
        self.runtime = runtime
        self.app = create_app(runtime)
        self.issuer = issuer
        self.clock = clock
        self.units = runtime.units
        self._sequences: Counter[str] = Counter()
        self._offset = 0

    def client(self, *roles: str, subject: str | None = None, **claims: Any) -> InProcessClient:
        """A client with a bearer token for these roles and scope claims; no role: no token at all."""
        headers: dict[str, str] = {}
        if roles:
            token = self.issuer.issue(roles=list(roles), subject=subject or f"{roles[0]}-1", **claims)
            headers["Authorization"] = f"Bearer {token}"
        return in_process_client(self.app, headers=headers)

    async def receive(self, event_type: str, data: dict[str, Any], *, key: str, event_id: str | None = None) -> Any:
        """Let an event of another service arrive, through the real inbox processor."""
        self._sequences[key] += 1
        envelope = foreign_envelope(
            event_type,
            data,
            key=key,
            sequence=self._sequences[key],
            time=instant(self.clock.now()),
            event_id=event_id,
        )
        self._offset += 1
        return await make_processor(self.runtime).process_one(envelope)

    async def published(self, event_type: str | None = None) -> list[Envelope]:
        """Every event this service has published so far, in commit order."""
        rows = await self.fetch("SELECT envelope FROM outbox ORDER BY position")
        envelopes = [Envelope.parse(bytes(row["envelope"])) for row in rows]
        return [entry for entry in envelopes if event_type is None or entry.type == event_type]

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        """Rows straight from the database."""
        connection = await asyncpg.connect(driver_dsn(self.runtime.dsn))
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def run_job(self, name: str) -> None:
        """Run one timer now."""
        job = next(job for job in self.runtime.service.jobs if job.name == name)
        await job.run(self.runtime)


def foreign_envelope(
    event_type: str, data: dict[str, Any], *, key: str, sequence: int, time: str, event_id: str | None = None
) -> bytes:
    """The bytes of an event as another service would have published it."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": event_id or str(new_id()),
            "source": f"/wayhome/{event_type.split('.', 1)[0]}",
            "type": event_type,
            "subject": key,
            "time": time,
            "datacontenttype": "application/json",
            "sequence": str(sequence),
            "correlationid": "test",
            "data": {"occurred_at": time, "actor_role": "system", **data},
        }
    ).encode()


@asynccontextmanager
async def run_service(
    service: Service,
    database_url: str,
    *,
    issuer: LocalIssuer,
    clock: FixedClock,
    tracing: Tracing | None = None,
    **overrides: Any,
) -> AsyncIterator[RunningService]:
    """Run one service on a database until the block ends."""
    settings = test_settings(service, database_url, **overrides)
    tokens = TokenVerifier(issuer=ISSUER, jwks=issuer.jwks())
    async with open_runtime(service, settings, clock=clock, tokens=tokens, tracing=tracing) as runtime:
        yield RunningService(runtime, issuer, clock)

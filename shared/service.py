"""What a service is: its table of contents (Service) and one running instance of it (Runtime).

Nothing lives at module level: metrics, tracer, clock, keys and connections hang on the Runtime, so
tests run four services in one process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog
from fastapi import APIRouter
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.auth.principal import Principal
from shared.auth.tokens import TokenVerifier
from shared.clock import Clock, SystemClock
from shared.database.engine import create_engine, driver_dsn
from shared.database.units import BeforeCommit, Units
from shared.events.contract import EventContract
from shared.events.subscriptions import Subscription
from shared.protection.vault import Vault
from shared.rewrap import ServiceSeal
from shared.settings import ServiceSettings
from shared.telemetry.metrics import Metrics
from shared.telemetry.tracing import Tracing


class Verifies(Protocol):
    """Turns a bearer token into a principal; raises Unauthenticated."""

    async def verify(self, token: str) -> Principal:
        """The principal the token speaks for."""
        ...


@dataclass(frozen=True)
class Job:
    """Something one worker at a time does every so often, under a leader lock."""

    name: str
    every_seconds: float
    run: Callable[[Runtime], Awaitable[None]]


@dataclass(frozen=True)
class Loop:
    """Something every worker does all the time until told to stop."""

    name: str
    run: Callable[[Runtime, asyncio.Event], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Service:
    """The table of contents of one service; the one place where its parts are put together."""

    name: str
    title: str
    description: str
    settings: type[ServiceSettings]
    metadata: MetaData
    routers: Sequence[APIRouter] = ()
    open_routers: Sequence[APIRouter] = ()
    published: Sequence[type[EventContract]] = ()
    subscriptions: Sequence[Subscription] = ()
    jobs: Sequence[Job] = ()
    loops: Sequence[Loop] = ()
    service_seals: Sequence[ServiceSeal] = ()
    uploads: Sequence[str] = ()
    """Patterns of paths that take a whole file as their body, up to `max_upload_bytes`."""
    before_commit: BeforeCommit | None = None

    @property
    def package(self) -> str:
        """The Python package of this service."""
        return f"services.{self.name}"

    @property
    def folder(self) -> Path:
        """Where the package lives."""
        return Path(str(resources.files(self.package)))

    @property
    def migrations(self) -> Path:
        """The Alembic environment of this service."""
        return self.folder / "persistence" / "migrations"

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics this service reads."""
        return tuple(sorted({subscription.event_type.split(".", 1)[0] for subscription in self.subscriptions}))


Own = TypeVar("Own", bound=ServiceSettings)


@dataclass
class Runtime:
    """One running instance: settings, connections, keys, clock, metrics, traces."""

    service: Service
    settings: ServiceSettings
    engine: AsyncEngine
    units: Units
    clock: Clock
    vault: Vault
    tokens: Verifies
    metrics: Metrics
    tracing: Tracing
    log: Any
    relay_wake: asyncio.Event = field(default_factory=asyncio.Event)
    readiness: dict[str, str] = field(default_factory=dict)

    def own_settings(self, kind: type[Own]) -> Own:
        """The settings with what is special in this service; raises TypeError for a service that has others."""
        if not isinstance(self.settings, kind):
            raise TypeError(f"{self.service.name} does not run with {kind.__name__}")
        return self.settings

    @property
    def dsn(self) -> str:
        """The database address for the bare driver."""
        return driver_dsn(self.settings.database_url.get_secret_value())


@asynccontextmanager
async def open_runtime(
    service: Service,
    settings: ServiceSettings,
    *,
    clock: Clock | None = None,
    tokens: Verifies | None = None,
    tracing: Tracing | None = None,
    pool_size: int | None = None,
) -> AsyncIterator[Runtime]:
    """Build everything one instance needs and take it down again."""
    clock = clock or SystemClock()
    engine = create_engine(
        settings.database_url.get_secret_value(),
        pool_size=pool_size or settings.pool_size_api,
        application=f"wayhome-{service.name}",
    )
    vault = Vault(service.name, settings.master_key_bytes, settings.old_master_key_bytes)
    tracing = tracing or _tracing(service.name, settings.otlp_endpoint)
    verifier = tokens or TokenVerifier(issuer=settings.oidc_issuer, jwks_url=settings.oidc_jwks_url)
    runtime = Runtime(
        service=service,
        settings=settings,
        engine=engine,
        units=Units(engine=engine, clock=clock, vault=vault, here=tracing.here, before_commit=service.before_commit),
        clock=clock,
        vault=vault,
        tokens=verifier,
        metrics=Metrics(service.name),
        tracing=tracing,
        log=structlog.get_logger(service.name),
    )
    runtime.units.wake_relay = runtime.relay_wake.set
    try:
        yield runtime
    finally:
        await engine.dispose()
        await tracing.close()


def _tracing(service: str, endpoint: str | None) -> Tracing:
    """Traces to the collector at this address (OTLP over HTTP); without one the SDK is not even loaded."""
    if not endpoint:
        return Tracing()
    from shared.telemetry.span_export import trace_to_collector

    return trace_to_collector(service, endpoint)

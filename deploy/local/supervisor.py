"""Runs the house on one machine: PostgreSQL, one child per service, gateway, issuer, stand-in agency."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Self

import uvicorn

from deploy.kafka.broker import LocalBroker
from deploy.kafka.home import LIBRARIES
from deploy.local.children import Child, ChildFailed, stop_all
from deploy.local.environment import service_environment
from deploy.local.event_log import kafka_address
from deploy.local.gateway import Gateway, issuer_app
from deploy.local.orphans import end_orphan
from deploy.local.stand_in_agency import StandInAgencies
from deploy.local.state import SERVICES, LocalState, free_port
from shared.database.embedded import EmbeddedServer
from shared.database.provision import provision
from shared.http.trusted import ConnectionFailed, trusted_client
from shared.serving import Limits, server_config

READY_WITHIN_SECONDS = 60.0
MOST_RESTARTS = 20
Say = Callable[[str], None]


class AlreadyRunning(RuntimeError):
    """Another supervisor uses this state."""


class PortTaken(RuntimeError):
    """Somebody else listens where the gateway should."""


class Supervisor:
    """Starts everything in order, keeps the services running, stops everything in order."""

    def __init__(
        self,
        state: LocalState,
        *,
        port: int | None = None,
        say: Say = lambda _: None,
        services: Sequence[str] = SERVICES,
    ) -> None:
        self.state = state
        self.services = tuple(services)
        self._wanted_port = port
        self._say = say
        self._stack = AsyncExitStack()
        self.children: dict[str, Child] = {}
        self.addresses: dict[str, str] = {}
        self.databases: dict[str, str] = {}
        self.restarts = 0
        self.port = 0
        self.agencies: StandInAgencies
        self.broker: LocalBroker | None = None

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *unused: object) -> None:
        self._say("Stopping: services drain, then PostgreSQL.")
        await self._stack.aclose()

    async def _start(self) -> None:
        if other := self.state.running():
            raise AlreadyRunning(f"Wayhome runs already: {other['url']} (process {other['supervisor']}).")
        self.state.prepare()
        server = self._find_database()
        self._socket = self._take_port()
        self._start_database(server)
        await self._provision()
        if self.state.engine == "kafka":
            self._start_kafka()
        self.addresses = {name: f"http://127.0.0.1:{free_port()}" for name in self.services}
        await self._serve_gateway()
        self._spawn_all()
        await self._await_ready()
        self._stack.enter_context(cancelled_on_exit(asyncio.create_task(self._keep_running(), name="keep-running")))
        self.state.announce(
            url=self.url,
            databases=self.databases,
            children={name: child.process.pid for name, child in self.children.items()},
        )
        self._stack.callback(self.state.retract)

    def _take_port(self) -> socket.socket:
        """Listen on the gateway's port from the start, so that nobody else can take it meanwhile."""
        self.port = self._wanted_port or self.state.secrets().port
        taken = socket.socket()
        self._stack.callback(taken.close)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", self.port))
            taken.listen(128)
        except OSError:
            raise PortTaken(f"Port {self.port} is taken; choose another with --port.") from None
        return taken

    def _find_database(self) -> EmbeddedServer:
        """The server of this state, with nobody on it. The cluster of a state that was removed by hand is under keys
        that nobody has; as root it lies elsewhere, and is still there when the project is fetched again to the same
        place."""
        server = EmbeddedServer(self.state.database, options={"synchronous_commit": "on"})
        end_orphan(server.place.data / "postmaster.pid", str(server.place.data))
        if self.state.is_new:
            self.state.forget_cluster()
        return server

    def _start_database(self, server: EmbeddedServer) -> None:
        server.start()
        self._stack.callback(server.stop)
        self._server = server
        self._say("PostgreSQL is up.")

    def _start_kafka(self) -> None:
        broker = LocalBroker(self.state.folder / "broker", LIBRARIES, free_port(), free_port())
        end_orphan(broker.pid_file, str(broker.folder), signal.SIGTERM)
        broker.start(self._say)
        self._stack.callback(broker.stop)
        self.broker = broker
        self.databases["log"] = kafka_address(broker.servers)
        self._say("Apache Kafka is up.")

    async def _provision(self) -> None:
        secrets = self.state.secrets()
        log = () if self.state.engine == "kafka" else ("log",)
        for name in (*log, *self.services):
            password = secrets.passwords[name]
            role = f"wayhome_{name}"
            await provision(self._server.dsn(), database=role, role=role, password=password)
            self.databases[name] = self._server.dsn(role, role=role, password=password)

    def _environment(self, name: str) -> dict[str, str]:
        port = self.addresses[name].rsplit(":", 1)[1]
        return service_environment(name, state=self.state, databases=self.databases, url=self.url, port=port)

    def _spawn_all(self) -> None:
        for name in self.services:
            self.children[name] = self._spawn(name, migrate=True)
        self._stack.push_async_callback(self._stop_children)

    def _spawn(self, name: str, *, migrate: bool) -> Child:
        module = f"services.{name}"
        arguments = ["deploy.local.migrate_and_serve", module] if migrate else [module, "all"]
        return Child(name, arguments, environment=self._environment(name), log=self.state.logs / f"{name}.log")

    async def _stop_children(self) -> None:
        await stop_all(list(self.children.values()))

    async def _serve_gateway(self) -> None:
        issuer = self.state.issuer(self.port)
        self.agencies = StandInAgencies(public_url=self.url, issuer=issuer, state=self.state)
        apps = {
            "identity": issuer_app(issuer.jwks(), issuer.configuration()),
            "stand-in-agencies": self.agencies.app,
        }
        gateway = Gateway(self.addresses, apps)
        server = uvicorn.Server(
            server_config(gateway, host="127.0.0.1", port=self.port, limits=Limits(drain_seconds=5))
        )
        server.capture_signals = _no_signals  # type: ignore[method-assign]  # the command line has set ours
        serving = asyncio.create_task(server.serve(sockets=[self._socket]), name="gateway")

        async def close() -> None:
            server.should_exit = True
            await asyncio.wait({serving}, timeout=10)
            await self.agencies.close()
            await gateway.close()

        self._stack.push_async_callback(close)

    async def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        for name, child in self.children.items():
            async with trusted_client(self.addresses[name], timeout=2.0) as client:
                while True:
                    if not child.running:
                        raise child.failure()
                    if time.monotonic() > deadline:
                        raise ChildFailed(f"{name} is not ready after {READY_WITHIN_SECONDS:.0f} s; see {child.log}")
                    with contextlib.suppress(ConnectionFailed):
                        if (await client.get(f"/{name}/health/ready")).status_code == 200:
                            break
                    await asyncio.sleep(0.05)
            self._say(f"{name} is ready.")

    async def _keep_running(self) -> None:
        """Start a service again when its process dies; the log and the outbox make that harmless."""
        while True:
            await asyncio.sleep(0.2)
            for name, child in self.children.items():
                if child.running:
                    continue
                self.restarts += 1
                self._say(f"{name} ended with {child.process.returncode}; starting it again (log: {child.log}).")
                if self.restarts > MOST_RESTARTS:
                    self._say("Too many restarts; leaving it alone. Stop with Ctrl-C and read the log.")
                    return
                self.children[name] = self._spawn(name, migrate=False)


@contextlib.contextmanager
def _no_signals() -> Iterator[None]:
    yield


@contextlib.contextmanager
def cancelled_on_exit(task: asyncio.Task[None]) -> Iterator[None]:
    """Cancel a background task when the block ends."""
    try:
        yield
    finally:
        task.cancel()

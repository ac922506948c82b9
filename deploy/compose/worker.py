"""A worker with an address for its metrics: outbox age, lag and deliveries are counted in this process only."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys

import uvicorn
import uvloop

from deploy.compose.gateway import HEALTH
from deploy.local.gateway import Receive, Scope, Send, answer
from shared.eventlog.opening import open_log
from shared.service import Runtime, Service, open_runtime
from shared.settings import load_settings
from shared.telemetry.logs import configure_logging
from shared.worker import run_worker


class Metrics:
    """Serves `/<service>/metrics` and `/health`, inside only."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._path = f"/{runtime.service.name}/metrics"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["path"] == self._path:
            start = [(b"content-type", b"text/plain; version=0.0.4")]
            await send({"type": "http.response.start", "status": 200, "headers": start})
            await send({"type": "http.response.body", "body": self._runtime.metrics.render()})
        elif scope["path"] == HEALTH:
            reasons = dict(self._runtime.readiness)
            await answer(send, 503 if reasons else 200, {"reasons": reasons})
        else:
            await answer(send, 404, {"title": "Nothing here", "status": 404})


async def work(service: Service) -> None:
    """Run the background parts and the metrics until told to stop."""
    settings = load_settings(service.settings)
    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    async with (
        open_runtime(service, settings, pool_size=settings.pool_size_worker) as runtime,
        open_log(settings) as log,
    ):
        config = uvicorn.Config(
            Metrics(runtime), host=settings.host, port=settings.port, log_config=None, access_log=False, lifespan="off"
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())  # without the server's own signal handlers
        try:
            await run_worker(runtime, log, stop)
        finally:
            server.should_exit = True
            await serving


def main() -> None:
    """`python -m deploy.compose.worker <service>`."""
    service: Service = importlib.import_module(f"services.{sys.argv[1]}.service").SERVICE
    configure_logging(service.name)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(service))


if __name__ == "__main__":
    main()

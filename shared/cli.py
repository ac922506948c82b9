"""The command line every service has: python -m services.<name> api | worker | all | migrate | contracts, and what
operators do."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
import uvicorn
import uvloop
from alembic.config import Config

from shared.app import create_app
from shared.database import migrations
from shared.eventlog.opening import open_log
from shared.events.catalog import BreakingChange, check_contracts, write_contracts
from shared.operator_commands import add_operator_commands
from shared.service import Runtime, Service, open_runtime
from shared.serving import limits_of, server_config
from shared.settings import ServiceSettings, load_settings
from shared.settled_memory import settle_memory
from shared.telemetry.logs import configure_logging
from shared.worker import run_worker


def service_cli(service: Service) -> typer.Typer:
    """The commands of one service."""
    cli = typer.Typer(
        no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=service.description
    )

    @cli.command()
    def api() -> None:
        """Serve HTTP."""
        _run(service, http=True, background=False)

    @cli.command()
    def worker() -> None:
        """Run relay, consumers, timers and loops."""
        _run(service, http=False, background=True)

    @cli.command(name="all")
    def everything() -> None:
        """Serve HTTP and run the background parts in one process, for one machine."""
        _run(service, http=True, background=True)

    _add_database_commands(cli, service)
    _add_contract_commands(cli, service)
    add_operator_commands(cli, service, lambda: _alembic(service, _database_url(service)))
    return cli


def _add_database_commands(cli: typer.Typer, service: Service) -> None:
    @cli.command()
    def migrate() -> None:
        """Bring the database to the newest revision."""
        config = _alembic(service, _database_url(service))
        if newer := migrations.ahead(config):
            typer.echo(f"{service.name}: database is at {newer}, newer than this code; it is left as it is")
            return
        migrations.upgrade(config)
        typer.echo(f"{service.name}: database is up to date")

    @cli.command()
    def makemigration(message: str, replace: Annotated[bool, typer.Option("--replace")] = False) -> None:
        """Write a revision from the difference between the tables in code and a freshly migrated scratch database."""
        from shared.testing.scratch import scratch_database

        with scratch_database() as url:
            config = _alembic(service, url)
            versions = service.migrations / "versions"
            if not replace:
                migrations.upgrade(config)
            for path in migrations.revise(config, message, replace=replace, versions=versions):
                typer.echo(str(path))


def _add_contract_commands(cli: typer.Typer, service: Service) -> None:
    @cli.command()
    def contracts(
        check: Annotated[bool, typer.Option("--check", help="Compare only; exit 1 if different.")] = False,
        accept_breaking: Annotated[
            bool, typer.Option("--accept-breaking", help="Overwrite although readers may fail; never after a release.")
        ] = False,
    ) -> None:
        """Write the JSON Schemas and golden examples of the events this service publishes; a change that breaks a
        reader is refused."""
        found = _contracts(service, check=check, accept_breaking=accept_breaking)
        for line in found:
            typer.echo(line, err=True)
        sys.exit(1 if found else 0)


def _contracts(service: Service, *, check: bool, accept_breaking: bool) -> list[str]:
    folder = service.folder / "contracts" / "schemas"
    if check:
        return check_contracts(service.published, folder)
    try:
        write_contracts(service.published, folder, accept_breaking=accept_breaking)
    except BreakingChange as error:
        advice = "nothing was written: publish the next major version beside it, or say --accept-breaking"
        return [*error.reasons, advice]
    return []


def _database_url(service: Service) -> str:
    return load_settings(service.settings).database_url.get_secret_value()


def _alembic(service: Service, url: str) -> Config:
    return migrations.alembic_config(migrations=service.migrations, url=url, metadata=service.metadata)


def _run(service: Service, *, http: bool, background: bool) -> None:
    configure_logging(service.name)
    settings = load_settings(service.settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(service, settings, http=http, background=background))


async def _serve(service: Service, settings: ServiceSettings, *, http: bool, background: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    pool = settings.pool_size_api if http else settings.pool_size_worker
    async with open_runtime(service, settings, pool_size=pool) as runtime, asyncio.TaskGroup() as group:
        if background:
            group.create_task(_background(runtime, stop))
        if http:
            group.create_task(_http(runtime, stop))


async def _background(runtime: Runtime, stop: asyncio.Event) -> None:
    async with open_log(runtime.settings, client=runtime.service.name) as log:
        await run_worker(runtime, log, stop)


async def _http(runtime: Runtime, stop: asyncio.Event) -> None:
    settings = runtime.settings
    config = server_config(
        create_app(runtime),
        host=settings.host,
        port=settings.port,
        limits=limits_of(settings),
        on_refused=lambda slug: runtime.metrics.http_refused.labels(reason=slug).inc(),
    )
    settle_memory()
    server = uvicorn.Server(config)
    server.capture_signals = _no_signals  # type: ignore[method-assign]  # ours are set already
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stop.set()
    await serving


@contextmanager
def _no_signals() -> Iterator[None]:
    yield

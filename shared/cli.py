"""The command line every service has: python -m services.<name> api | worker | all | migrate | contracts | republish
| parked."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar
from uuid import UUID

import typer
import uvicorn
import uvloop
from alembic.config import Config

from shared.app import create_app
from shared.database import migrations
from shared.eventlog.opening import open_log
from shared.events.catalog import BreakingChange, check_contracts, write_contracts
from shared.inbox.parked import list_parked, replay_parked
from shared.republish import republish
from shared.service import Runtime, Service, open_runtime
from shared.settings import ServiceSettings, load_settings
from shared.telemetry.logs import configure_logging
from shared.worker import make_processor, run_worker


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
    _add_event_commands(cli, service)
    return cli


def _add_database_commands(cli: typer.Typer, service: Service) -> None:
    @cli.command()
    def migrate() -> None:
        """Bring the database to the newest revision."""
        settings = load_settings(service.settings)
        migrations.upgrade(_alembic(service, settings.database_url.get_secret_value()))
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


def _add_event_commands(cli: typer.Typer, service: Service) -> None:
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

    @cli.command(name="republish")
    def republish_command(
        since: Annotated[str | None, typer.Option(help="RFC 3339 instant; default: all kept.")] = None,
    ) -> None:
        """Mark kept outbox rows unpublished, so that the relay sends them again (same ids: consumers skip what they
        know)."""
        count = asyncio.run(_with_runtime(service, lambda runtime: republish(runtime.units, since)))
        typer.echo(f"{count} events will be published again")

    @cli.command()
    def parked(
        replay: Annotated[str | None, typer.Option(help="Id of a parked event, or 'all'.")] = None,
    ) -> None:
        """List parked events, or replay them in order with their followers."""
        for line in asyncio.run(_with_runtime(service, lambda runtime: _parked(runtime, replay))):
            typer.echo(line)


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


async def _parked(runtime: Runtime, replay: str | None) -> list[str]:
    entries = await list_parked(runtime.units, runtime.service.name)
    if replay is None:
        return [str(entry) for entry in entries] or ["nothing is parked"]
    first = [entry.id for entry in entries if entry.behind is None]
    wanted = first if replay == "all" else [UUID(replay)]
    done = [await replay_parked(make_processor(runtime), parked_id) for parked_id in wanted]
    return [f"{sum(done)} of {len(entries)} parked events are processed"]


Result = TypeVar("Result")


async def _with_runtime(service: Service, work: Callable[[Runtime], Awaitable[Result]]) -> Result:
    async with open_runtime(service, load_settings(service.settings)) as runtime:
        return await work(runtime)


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
    config = uvicorn.Config(
        create_app(runtime),
        host=runtime.settings.host,
        port=runtime.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=15,
        h11_max_incomplete_event_size=16_384,
    )
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

"""What somebody who runs a service does with it by hand: look, replay, send again, read again, change keys.

The run-book docs/operations.md says when. Every command may be repeated.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from alembic.config import Config

from shared.auth.principal import Principal
from shared.inbox.parked import NotParked, ReasonNotCoded, discard_parked, heads, list_parked, replay_parked
from shared.inbox.positions import reset_positions
from shared.republish import republish
from shared.rewrap import rewrap_keys
from shared.service import Runtime, Service, open_runtime
from shared.settings import load_settings
from shared.standing import look
from shared.worker import make_processor

Result = TypeVar("Result")
ReplayOption = Annotated[str | None, typer.Option(help="Id of a parked event, or 'all'.")]
DiscardOption = Annotated[UUID | None, typer.Option(help="Id of a parked event that shall have no effect, for good.")]
ReasonOption = Annotated[str | None, typer.Option(help="With --discard: a code or the number of a ticket, no words.")]


def add_operator_commands(cli: typer.Typer, service: Service, alembic: Callable[[], Config]) -> None:
    """Add them to a service's command line; `alembic` gives its migrations."""
    _add_event_commands(cli, service)

    @cli.command()
    def status() -> None:
        """How this service stands; exit 1 if something needs somebody."""
        standing = asyncio.run(with_runtime(service, lambda runtime: look(runtime, alembic())))
        for line in standing.lines():
            typer.echo(line)
        sys.exit(1 if standing.concerns else 0)

    @cli.command(name="rewrap-keys")
    def rewrap() -> None:
        """Put every key under the current master key, so that an earlier one can be given up."""
        done = asyncio.run(
            with_runtime(service, lambda runtime: rewrap_keys(runtime.units, runtime.vault, service.service_seals))
        )
        typer.echo(f"{done.changed} keys are under the current master key now, {done.current} were already")


def _add_event_commands(cli: typer.Typer, service: Service) -> None:
    @cli.command(name="republish")
    def republish_command(
        since: Annotated[str | None, typer.Option(help="RFC 3339 instant; default: all kept.")] = None,
    ) -> None:
        """Mark kept outbox rows unpublished, so that the relay sends them again (same ids: consumers skip what they
        know)."""
        count = asyncio.run(with_runtime(service, lambda runtime: republish(runtime.units, since)))
        typer.echo(f"{count} events will be published again")

    @cli.command(name="reset-positions")
    def reset() -> None:
        """Read the log from its beginning again (events known by their ids have no second effect)."""
        count = asyncio.run(with_runtime(service, _reset))
        typer.echo(f"{count} partitions will be read from the beginning")

    @cli.command()
    def parked(replay: ReplayOption = None, discard: DiscardOption = None, reason: ReasonOption = None) -> None:
        """List parked events, replay them in order with their followers, or discard one with a reason."""
        if discard is not None:
            asyncio.run(with_runtime(service, lambda runtime: _discard(runtime, discard, reason or "")))
            typer.echo("1 parked event is discarded; replay what stood behind it")
            return
        for line in asyncio.run(with_runtime(service, lambda runtime: _parked(runtime, replay))):
            typer.echo(line)


async def _parked(runtime: Runtime, replay: str | None) -> list[str]:
    entries = await list_parked(runtime.units, runtime.service.name)
    if replay is None:
        return [str(entry) for entry in entries] or ["nothing is parked"]
    wanted = heads(entries) if replay == "all" else [UUID(replay)]
    done = [await replay_parked(make_processor(runtime), parked_id) for parked_id in wanted]
    return [f"{sum(done)} of {len(entries)} parked events are processed"]


async def _discard(runtime: Runtime, wanted: UUID, reason: str) -> None:
    try:
        await discard_parked(runtime.units, runtime.service.name, wanted, reason=reason)
    except NotParked:
        raise typer.BadParameter("no open parked event has this id", param_hint="--discard") from None
    except ReasonNotCoded:
        wanted_form = "3 to 60 letters, digits, dots, hyphens: a code or a ticket, never words about a person"
        raise typer.BadParameter(wanted_form, param_hint="--reason") from None


async def _reset(runtime: Runtime) -> int:
    async with runtime.units.begin(actor=Principal.system("reset-positions")) as uow:
        return await reset_positions(uow, runtime.service.name)


async def with_runtime(service: Service, work: Callable[[Runtime], Awaitable[Result]]) -> Result:
    """Do one thing with an instance of the service and take it down again."""
    async with open_runtime(service, load_settings(service.settings)) as runtime:
        return await work(runtime)

"""python -m services.returns: the command line of this service."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from services.returns.commands import rotate_index_key
from services.returns.service import SERVICE
from shared.auth.principal import Principal
from shared.cli import service_cli
from shared.operator_commands import with_runtime
from shared.service import Runtime

cli = service_cli(SERVICE)


@cli.command(name="rotate-index-key")
def rotate(
    now: Annotated[bool, typer.Option("--now", help="Move all records here, not by and by in the worker.")] = False,
) -> None:
    """Give the index by which people are found a new key; both are searched until every record has moved."""
    try:
        asyncio.run(with_runtime(SERVICE, lambda runtime: _rotate(runtime, now=now)))
    except rotate_index_key.RotationUnderWay as refused:
        typer.echo(f"{refused.title}; index-keys says how far it is", err=True)
        sys.exit(1)


@cli.command(name="index-keys")
def show() -> None:
    """How far the rotation of the index key is."""
    typer.echo(str(asyncio.run(with_runtime(SERVICE, _progress))))


async def _rotate(runtime: Runtime, *, now: bool) -> None:
    async with runtime.units.begin(actor=Principal.system("rotate-index-key")) as uow:
        number = await rotate_index_key.start(uow=uow)
    typer.echo(f"records are written under key {number} now")
    while now and await rotate_index_key.move_some(runtime):
        typer.echo(str(await _progress(runtime)))
    typer.echo(str(await _progress(runtime)))


async def _progress(runtime: Runtime) -> rotate_index_key.Progress:
    async with runtime.units.read(actor=Principal.system("index-keys")) as uow:
        return await rotate_index_key.progress(uow)


if __name__ == "__main__":
    cli()

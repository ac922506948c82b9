"""python -m services.reporting: the command line of this service."""

from __future__ import annotations

import asyncio

import typer

from services.reporting.commands import rebuild_projections
from services.reporting.service import SERVICE
from shared.auth.principal import Principal
from shared.cli import service_cli
from shared.operator_commands import with_runtime
from shared.service import Runtime

cli = service_cli(SERVICE)


@cli.command()
def rebuild() -> None:
    """Empty the read models and fill them again from the log; until that is read, figures are too low."""
    count = asyncio.run(with_runtime(SERVICE, _rebuild))
    typer.echo(f"the read models are empty; {count} partitions will be read from the beginning")


async def _rebuild(runtime: Runtime) -> int:
    async with runtime.units.begin(actor=Principal.system("rebuild")) as uow:
        return await rebuild_projections.handle(uow=uow)


if __name__ == "__main__":
    cli()

"""Plays the family and a season against the containers, through the gateway only, with tokens of the issuer."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from deploy.compose.patience import PatientLines
from deploy.compose.stage import Stage, open_stage
from deploy.local import client
from deploy.local.cast import Cast
from deploy.local.client import Lines, Refused
from deploy.local.narration import Narrator
from deploy.local.season import play_season
from deploy.local.setting import make_setting
from deploy.local.showcase import play_showcase
from deploy.local.state import SERVICES

WIDTH = 150


async def _play(url: str, *, cases: int, seed: int, family: bool) -> tuple[list[str], int]:
    """What went wrong, and how many commands were acknowledged."""
    narrator = Narrator(Console(highlight=False, soft_wrap=True, width=WIDTH))
    lines = PatientLines(dict.fromkeys(SERVICES, url))
    async with open_stage(url) as stage:
        try:
            cast = await _cast(stage, lines, narrator, family=family)
            problems = await play_season(cast, narrator, cases=cases, seed=seed) if cases else []
        except (Refused, TimeoutError) as error:
            problems = [str(error)]
        finally:
            await lines.close()
        return [*problems, *stage.agencies.problems], len(lines.acknowledged)


async def _cast(stage: Stage, lines: Lines, narrator: Narrator, *, family: bool) -> Cast:
    if family:
        return await play_showcase(stage.as_house(), lines, narrator)
    cast = Cast(lines=lines, issuer=stage.state.issuer(stage.port))
    await make_setting(cast, stage.agencies, stage.state, narrator)
    return cast


def main(
    cases: Annotated[int, typer.Option(min=0, help="How many cases the season has.")] = 50,
    seed: Annotated[int, typer.Option(help="The same seed tells the same stories.")] = 7,
    family: Annotated[bool, typer.Option(help="Play the family of the showcase first.")] = True,
    patience: Annotated[float, typer.Option(help="Seconds to wait for a fact of another service.")] = 30.0,
) -> None:
    """Play it; exit 0 only if everything went right."""
    client.LONGEST_WAIT_SECONDS = patience
    url = os.environ["WAYHOME_PUBLIC_URL"]
    problems, acknowledged = asyncio.run(_play(url, cases=cases, seed=seed, family=family))
    for problem in problems:
        typer.echo(f"wrong: {problem}", err=True)
    typer.echo(f"drive: {cases} cases, {len(problems)} problems, {acknowledged} commands acknowledged")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    typer.run(main)

"""`make resilience`: the campaign in full on both engines, then every ablation, with a seed that can be repeated."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.state import PROJECT
from tests.resilience.tally.campaign import Account, campaign
from tests.resilience.tally.weaker import ABLATIONS

ENGINES = ("embedded", "kafka")
MOST_KILLS_PER_ABLATION = 200


def main(
    kills: Annotated[int, typer.Option(min=1, help="Per engine.")] = 200,
    seed: Annotated[int | None, typer.Option(help="Default: another one each time; printed.")] = None,
    engine: Annotated[str, typer.Option(help="embedded, kafka or both.")] = "both",
    ablations: Annotated[bool, typer.Option("--ablations/--no-ablations")] = True,
    only: Annotated[str | None, typer.Option(help="One ablation by name.")] = None,
) -> None:
    """Kill, stop and cut at random under load; prove that nothing was lost or doubled; prove that the proof can fail."""
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    engines = ENGINES if engine == "both" else (engine,)
    console = Console()
    console.print(f"seed {chosen}")
    accounts = [] if only else [_run(console, name, kills, chosen, None) for name in engines]
    if ablations or only:
        wanted = [only] if only else list(ABLATIONS)
        accounts += [
            _run(console, name, MOST_KILLS_PER_ABLATION, chosen, which) for which in wanted for name in engines
        ]
    _report(console, accounts, chosen)
    missed = [a for a in accounts if bool(a.findings) != bool(a.ablation)]
    raise typer.Exit(1 if missed else 0)


def _run(console: Console, engine: str, kills: int, seed: int, ablation: str | None) -> Account:
    rest = 60.0 if ablation is None else 12.0
    return asyncio.run(
        campaign(
            engine,
            kills=kills,
            seed=seed,
            ablation=ablation,
            per_round=25 if ablation is None else 4,
            rest_within=rest,
            say=lambda line: console.print(f"{ablation or 'everything in place'}: {line}"),
        )
    )


def _report(console: Console, accounts: list[Account], seed: int) -> None:
    table = Table("safeguard taken out", "engine", "kills", "commands", "acknowledged", "seconds", "findings")
    for account in accounts:
        said = "; ".join(account.findings) or "none: nothing lost, doubled or out of order"
        numbers = (str(account.kills), str(account.asked), str(account.acknowledged), f"{account.seconds:.0f}")
        table.add_row(account.ablation or "none", account.engine, *numbers, said)
    console.print(table)
    folder = PROJECT / ".local" / "resilience"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{seed}.json"
    path.write_text(json.dumps([asdict(account) for account in accounts], indent=1), encoding="utf-8")
    console.print(f"written to {path.relative_to(PROJECT)}")


if __name__ == "__main__":
    typer.run(main)

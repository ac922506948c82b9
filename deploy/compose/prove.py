"""Proves the deployment on a real engine: the family, kill -9 of every container during a season, down and up again.

`.venv/bin/python -m deploy.compose.prove` as root (it kills processes from outside). It uses a project of its own and
removes it afterwards with its data; a project that is running already is not touched.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from deploy.compose import hardening
from deploy.compose.account import SERVICES, check, settle
from deploy.compose.project import Project

VICTIMS = ("postgres", "kafka", "issuer", "gateway", *SERVICES, *(f"{name}-worker" for name in SERVICES))
FIRST_KILL_SECONDS, BETWEEN_KILLS_SECONDS = 3.0, 1.0
RECORDED = "SELECT count(*) AS commands FROM idempotency"
LAST = "SELECT clock_timestamp()::text AS at"
HELD = (
    "SELECT (SELECT md5(string_agg(event_id::text, ',' ORDER BY position))"
    " FROM outbox WHERE created_at <= '{at}') AS told,"
    " (SELECT md5(string_agg(event_id::text, ',' ORDER BY consumer, event_id))"
    " FROM inbox WHERE processed_at <= '{at}') AS heard"
)
"""What was told and heard until a moment; timers go on telling afterwards."""


class NotProven(RuntimeError):
    """Something did not hold."""


FAILURES = (NotProven, RuntimeError, TimeoutError, subprocess.SubprocessError)
"""What a proof may end with."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """One part of the proof with the time it took."""
    began = time.monotonic()
    typer.echo(f"-- {what}")
    yield
    typer.echo(f"   ok ({time.monotonic() - began:.0f} s)")


def drive(*options: str) -> list[str]:
    """The command that plays inside the project."""
    play = ("stand-in-agencies", "deploy.compose.drive", *options)
    return ["--profile", "demo", "run", "--rm", "--no-deps", "--use-aliases", "-T", *play]


def up(project: Project) -> None:
    """Start everything and wait until it is healthy."""
    project.run("up", "--detach", "--wait")


def hold_account(project: Project) -> None:
    """Nothing lost, nothing doubled; raises NotProven."""
    typer.echo(f"   all facts have travelled after {settle(project):.0f} s")
    wrong, figures = check(project)
    typer.echo("   " + ", ".join(f"{name}: {count}" for name, count in figures.items()))
    if wrong:
        raise NotProven("; ".join(wrong))


def hold_closed(project: Project) -> None:
    """The running containers are as closed as promised; raises NotProven."""
    found, processes = hardening.look(project)
    if found:
        raise NotProven("; ".join(found))
    typer.echo(f"   {processes} processes: none root, none with capabilities, none that may gain privileges")


def recorded_commands(project: Project) -> int:
    """How many commands the services have carried out, by their own record."""
    return sum(project.rows(service, RECORDED)[0]["commands"] for service in SERVICES)


def season_with_kills(project: Project, cases: int) -> None:
    """Every container dies once while cases are under way; what was acknowledged was done, and once."""
    commands = recorded_commands(project)
    before = project.rows("returns", "SELECT count(*) AS cases FROM return_case")[0]["cases"]
    patience = str(project.patience_seconds)
    season = project.start(*drive("--no-family", "--cases", str(cases), "--seed", "11", "--patience", patience))
    said: list[str] = []
    listener = threading.Thread(target=lambda: said.extend(season.stdout or ()), daemon=True)
    listener.start()
    try:
        while season.poll() is None and not any("A season" in line for line in said):
            time.sleep(0.2)
        time.sleep(FIRST_KILL_SECONDS)
        for victim in VICTIMS:
            if season.poll() is not None:
                raise NotProven(f"the season ended before {victim} was killed: {''.join(said)[-2000:]}")
            typer.echo(f"   kill -9 {victim}: healthy again after {project.kill(victim):.1f} s")
            time.sleep(BETWEEN_KILLS_SECONDS)
        season.wait(timeout=1_800)
    finally:
        season.terminate()
    listener.join(timeout=10)
    typer.echo("   " + "   ".join(said[-12:]).rstrip())
    if season.returncode != 0:
        raise NotProven("the season did not end well")
    after = project.rows("returns", "SELECT count(*) AS cases FROM return_case")[0]["cases"]
    if after - before != cases:
        raise NotProven(f"{cases} cases were opened and {after - before} are there")
    acknowledged = int(re.findall(r"(\d+) commands acknowledged", "".join(said))[-1])
    done = recorded_commands(project) - commands
    typer.echo(f"   {acknowledged} commands acknowledged, {done} carried out")
    if acknowledged != done:
        raise NotProven("acknowledged commands and effects differ")


def down_and_up(project: Project) -> None:
    """Stop, start, and find everything again."""
    asked = {name: HELD.format(at=project.rows(name, LAST)[0]["at"]) for name in SERVICES}
    before = {name: project.rows(name, statement) for name, statement in asked.items()}
    keys = project.read("/identity/jwks", "none")
    project.run("down")
    up(project)
    after = {name: project.rows(name, statement) for name, statement in asked.items()}
    if after != before:
        raise NotProven(f"the databases hold something else after down and up: {before} and {after}")
    if project.read("/identity/jwks", "none") != keys:
        raise NotProven("the issuer has another key after down and up")


def prove(project: Project, *, cases: int) -> None:
    """The whole proof; raises NotProven, RuntimeError or TimeoutError."""
    with step("build, secrets, up --wait"):
        project.run("build", "secrets")
        project.run("run", "--rm", "secrets")
        up(project)
    with step("the running containers are closed"):
        hold_closed(project)
    with step("the family and five cases through the gateway"):
        typer.echo("   " + project.run(*drive("--cases", "5")).strip().splitlines()[-1])
    with step("account"):
        hold_account(project)
    with step(f"a season of {cases} cases while every container is killed once"):
        season_with_kills(project, cases)
    with step("account"):
        hold_account(project)
    with step("down, up: the data is still there"):
        down_and_up(project)
    with step("a second family and five more cases, account"):
        typer.echo("   " + project.run(*drive("--cases", "5", "--seed", "12")).strip().splitlines()[-1])
        hold_account(project)


def play(
    project: Project,
    proof: Callable[[], None],
    *,
    keep: bool,
    settings: str = "",
    failures: tuple[type[Exception], ...] = FAILURES,
) -> None:
    """A proof on a project that begins with nothing and is gone afterwards; exits with 1 when it did not hold."""
    project.prepare(settings)
    project.run("--profile", "*", "down", "--volumes", "--remove-orphans")
    try:
        proof()
        typer.echo("proven")
    except failures as error:
        typer.echo(f"NOT PROVEN: {error}", err=True)
        sys.exit(1)
    finally:
        if not keep:
            project.run("--profile", "*", "down", "--volumes", "--remove-orphans")


def main(
    cases: Annotated[int, typer.Option(help="Cases of the season with kills.")] = 150,
    port: Annotated[int, typer.Option(help="Where the gateway is published.")] = 8765,
    patience: Annotated[float, typer.Option(help="Seconds a killed container may take to be healthy again.")] = 300.0,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running afterwards.")] = False,
) -> None:
    """Prove it; exit 0 only if everything held."""
    project = Project("wayhome-proof", Path(tempfile.gettempdir()) / "wayhome-proof", port, patience)
    play(project, lambda: prove(project, cases=cases), keep=keep)


if __name__ == "__main__":
    typer.run(main)

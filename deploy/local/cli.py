"""The `wayhome` command: the demo, tokens, and a look into a running one-machine deployment."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Annotated, Any

import typer

from deploy.local.state import ENGINES, PROJECT, SERVICES, LocalState

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Wayhome on one machine."
)


@cli.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when all is done; exit 0 only if all went right.")] = False,
    cases: Annotated[int, typer.Option(min=0, help="How many cases the season has.")] = 500,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what earlier runs left.")] = False,
    port: Annotated[int | None, typer.Option(help="Where the gateway listens; default: 8000, or as last time.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the season; default: another one each time.")] = None,
    kafka: Annotated[bool, typer.Option("--kafka", help="Apache Kafka as the event log (needs Java 17).")] = False,
) -> None:
    """Start everything, play one family's return, then a season of cases."""
    from deploy.local.narration import Narrator

    narrator = Narrator()
    log = "Apache Kafka" if kafka else "the embedded event log"
    narrator.say(f"Wayhome starts: one PostgreSQL, {log}, four services, a gateway, an issuer and a stand-in agency.")
    from deploy.local.demo import Options, run_demo  # the services' libraries take a moment

    options = Options(once=once, cases=cases, fresh=fresh, port=port, seed=seed)
    raise typer.Exit(run_demo(LocalState(engine="kafka" if kafka else "embedded"), narrator, options))


@cli.command()
def token(
    role: Annotated[list[str], typer.Option(help="May be repeated.")],
    subject: Annotated[str | None, typer.Option(help="Who it is; default: <role>-1.")] = None,
    office: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    authority: Annotated[str | None, typer.Option()] = None,
    agency: Annotated[str | None, typer.Option()] = None,
    partner: Annotated[str | None, typer.Option()] = None,
    provider: Annotated[str | None, typer.Option()] = None,
    side: Annotated[str | None, typer.Option()] = None,
    partnership: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Print a bearer token of the local issuer for a role in its scope."""
    state, facts = _running()
    claims: dict[str, Any] = {
        "offices": office or None,
        "programmes": programme or None,
        "countries": country or None,
        "authority_id": authority,
        "agency_id": agency,
        "partner_id": partner,
        "provider_id": provider,
        "side": side,
        "partnership_id": partnership,
    }
    issuer = state.issuer(int(facts["url"].rsplit(":", 1)[1]))
    typer.echo(issuer.issue(roles=role, subject=subject or f"{role[0]}-1", **claims))


@cli.command()
def programmes(name: Annotated[str | None, typer.Argument(help="Show this one.")] = None) -> None:
    """The rule tables of real programmes that come with Wayhome, with their sources and what is not in them."""
    from deploy.local import programmes as tables

    if name is None:
        for each in tables.names():
            typer.echo(f"{each:<28} {tables.shipped(each)['about']}")
        return
    try:
        document = tables.shipped(name)
    except tables.NotLoaded as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for part in ("sources", "reading", "not_in_here"):
        typer.echo(part.replace("_", " "))
        for sentence in document[part]:
            typer.echo(f"  - {sentence}")


@cli.command(name="draft-programme")
def draft_programme(
    name: Annotated[str, typer.Argument(help="One of `wayhome programmes`.")],
    destination: Annotated[list[str], typer.Option(help="Country, ISO 3166-1 alpha-3; may be repeated.")],
    valid_from: Annotated[str | None, typer.Option(help="First day; needed where the source gives none.")] = None,
    url: Annotated[str | None, typer.Option(help="The gateway; default: the deployment that runs here.")] = None,
    token: Annotated[str | None, typer.Option(help="A programme manager's token; default: one of the demo.")] = None,
) -> None:
    """Enter one of these tables as a draft; somebody else than you publishes it."""
    from deploy.local import programmes as tables

    if url is None or token is None:
        state, facts = _running()
        url = url or str(facts["url"])
        issuer = state.issuer(int(facts["url"].rsplit(":", 1)[1]))
        token = token or issuer.issue(roles=["programme_manager"], subject="programme_manager-1")
    try:
        work = tables.draft_at(url, token, name, destinations=destination, valid_from=valid_from)
        drafted = asyncio.run(work)
    except tables.NotLoaded as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"drafted; to be published by somebody else: POST {drafted.publication}")


@cli.command()
def status() -> None:
    """What runs, and how far the queues are; exit 1 when the database or the log cannot be asked."""
    from deploy.local import queues

    _, facts = _running()
    typer.echo(f"{facts['url']}  (supervisor {facts['supervisor']})")
    try:
        found = asyncio.run(queues.look(facts["databases"]))
    except queues.UNREACHABLE as failure:
        typer.echo(f"concern  the database or the event log cannot be reached ({type(failure).__name__})")
        raise typer.Exit(1) from None
    for queue in found:
        typer.echo(
            f"{queue.service:<14} process {facts['children'].get(queue.service, '-'):<8}"
            f" outbox {queue.unpublished:<5} unread {queue.unread:<5} parked {queue.parked}"
        )


@cli.command()
def parked() -> None:
    """Events that could not be handled; replay them with `wayhome service <name> parked --replay all`."""
    from deploy.local import queues

    found = asyncio.run(queues.parked_events(_running()[1]["databases"]))
    for service, row in found:
        waits = f" (behind {row['behind']})" if row["behind"] else ""
        typer.echo(f"{service:<14} {row['id']} {row['type']} key {row['key']}: {row['error_class']}{waits}")
    if not found:
        typer.echo("nothing is parked")
    raise typer.Exit(1 if found else 0)


@cli.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
def service(
    context: typer.Context, name: Annotated[str, typer.Argument(help="registry, returns, reintegration or reporting.")]
) -> None:
    """A command of a service that runs here, with its settings: `wayhome service returns parked --replay all`."""
    from deploy.local.environment import service_environment

    state, facts = _running()
    if name not in SERVICES:
        raise typer.BadParameter(f"one of {', '.join(SERVICES)}", param_hint="NAME")
    own = service_environment(name, state=state, databases=facts["databases"], url=facts["url"])
    command = [sys.executable, "-m", f"services.{name}", *context.args]
    raise typer.Exit(subprocess.run(command, env={**os.environ, **own}, cwd=PROJECT, check=False).returncode)  # noqa: S603


def _running() -> tuple[LocalState, dict[str, Any]]:
    """The deployment that runs here, on whichever engine of the event log."""
    for engine in ENGINES:
        state = LocalState(engine=engine)
        if facts := state.running():
            return state, facts
    typer.echo("Wayhome is not running here; start it with `make demo`.", err=True)
    raise typer.Exit(1)


def main() -> None:
    """The console script."""
    cli()


if __name__ == "__main__":
    main()

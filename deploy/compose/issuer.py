"""The development issuer as a container: serves its public keys; tokens are made by whoever may run a command in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from deploy.compose.gateway import HEALTH
from deploy.local.gateway import Receive, Scope, Send, answer, issuer_app
from shared.auth.local_issuer import DEFAULT_LIFETIME_SECONDS, LocalIssuer
from shared.serving import server_config

KEY = Path("/var/lib/wayhome/issuer.pem")
cli = typer.Typer(no_args_is_help=True, add_completion=False, help="The development issuer; never for production.")
Texts = Annotated[list[str] | None, typer.Option(help="May be repeated.")]
Text = Annotated[str | None, typer.Option()]


def open_issuer() -> LocalIssuer:
    """The issuer of this deployment; its key is made on first use and stays in its volume."""
    return LocalIssuer.at(KEY, issuer=os.environ["WAYHOME_OIDC_ISSUER"])


@cli.command()
def serve() -> None:
    """Serve the keys and the discovery document."""
    issuer = open_issuer()
    inner = issuer_app(issuer.jwks(), issuer.configuration())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == HEALTH:
            await answer(send, 200, {"status": "live"})
        else:
            await inner(scope, receive, send)

    host = "0.0.0.0"  # noqa: S104 - reached by the gateway and the services only
    uvicorn.Server(server_config(app, host=host, port=8080)).run()


@cli.command()
def token(
    role: Annotated[list[str], typer.Option(help="May be repeated.")],
    subject: Text = None,
    office: Texts = None,
    programme: Texts = None,
    country: Texts = None,
    authority: Text = None,
    agency: Text = None,
    partner: Text = None,
    provider: Text = None,
    side: Text = None,
    partnership: Text = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24)] = DEFAULT_LIFETIME_SECONDS / 3600,
) -> None:
    """Print a bearer token for roles in a scope, for example --role caseworker --office ZRH."""
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
    who = subject or f"{role[0]}-1"
    typer.echo(open_issuer().issue(roles=role, subject=who, lifetime_seconds=int(hours * 3600), **claims))


if __name__ == "__main__":
    cli()

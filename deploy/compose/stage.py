"""What the showcase needs of a house, when the house runs in containers: its address, its issuer, stand-in agencies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import uvicorn

from deploy.compose.issuer import open_issuer
from deploy.local.stand_in_agency import StandInAgencies
from deploy.local.state import LocalState
from deploy.local.supervisor import Supervisor
from shared.auth.local_issuer import LocalIssuer

PORT = 8080
REMEMBERED = Path("/var/lib/wayhome-demo")


class ContainerState(LocalState):
    """What the stand-in agencies remember, in their volume; tokens come from the issuer's key, mounted to be read."""

    def issuer(self, port: int) -> LocalIssuer:
        """The issuer of this deployment, wherever its gateway is reached."""
        del port
        return open_issuer()


@dataclass
class Stage:
    """The part of a supervisor that the showcase uses."""

    url: str
    state: ContainerState
    agencies: StandInAgencies

    @property
    def port(self) -> int:
        """The port of the public address."""
        return urlsplit(self.url).port or 80

    def as_house(self) -> Supervisor:
        """For the showcase, which asks for a supervisor and uses these facts of it only."""
        return cast(Supervisor, self)


@asynccontextmanager
async def open_stage(url: str) -> AsyncIterator[Stage]:
    """Take webhooks at /stand-in-agencies/<name> for as long as the block lasts."""
    state = ContainerState(REMEMBERED)
    agencies = StandInAgencies(public_url=url, issuer=open_issuer(), state=state)
    config = uvicorn.Config(
        agencies.app,
        host="0.0.0.0",  # noqa: S104 - reached through the gateway only
        port=PORT,
        interface="asgi3",  # a bound method is not recognised as one
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        yield Stage(url, state, agencies)
    finally:
        server.should_exit = True
        await asyncio.wait({serving}, timeout=10)
        await agencies.close()

"""Doors that are open without a token: counted and limited, with an actor who is nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, Request, Response

from services.returns.persistence.complaints import count_knock
from services.returns.settings import ReturnsSettings
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import TooManyRequests
from shared.service import Runtime

NOBODY = Principal(subject="public", roles=frozenset({"public"}))
UNTRACED = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Nothing of what a door shows is kept by a browser or told to the next page."""


class DoorIsBusy(TooManyRequests):
    """More requests in this minute than the door takes from everybody together."""

    slug = "door-is-busy"
    title = "Too many requests at the moment; please try again in a minute"


class Knock:
    """One request of somebody unknown."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.settings = runtime.own_settings(ReturnsSettings)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work in nobody's name."""
        async with self.runtime.units.begin(actor=NOBODY, acting_role="public") as uow:
            yield uow


def door(name: str) -> Any:
    """Dependency: whoever comes, as long as the door is not overrun. Counted in a unit of its own, so that what is
    refused counts too. Raises DoorIsBusy."""

    async def opened(request: Request, response: Response) -> Knock:
        knock = Knock(request.app.state.runtime)
        async with knock.unit() as uow:
            count = await count_knock(uow, name)
        if count > knock.settings.public_requests_per_minute:
            raise DoorIsBusy
        response.headers.update(UNTRACED)
        return knock

    return Depends(opened)

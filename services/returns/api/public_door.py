"""Doors that are open without a token: limited by caller and as a whole, with an actor who is nobody."""

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
from shared.http.callers import FORWARDED, CallerPace, caller_of
from shared.service import Runtime

NOBODY = Principal(subject="public", roles=frozenset({"public"}))
UNTRACED = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Nothing of what a door shows is kept by a browser or told to the next page."""


class DoorIsBusy(TooManyRequests):
    """More requests in this minute than the door takes from one address, or from everybody together."""

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
    """Dependency: whoever comes, as long as neither they nor everybody together overrun the door. Whoever comes too
    often is refused before the database is asked and takes nothing from the others. Raises DoorIsBusy."""

    async def opened(request: Request, response: Response) -> Knock:
        knock = Knock(request.app.state.runtime)
        if _times(request, knock, name) > knock.settings.public_requests_per_caller:
            raise DoorIsBusy
        async with knock.unit() as uow:
            count = await count_knock(uow, name)
        if count > knock.settings.public_requests_per_minute:
            raise DoorIsBusy
        response.headers.update(UNTRACED)
        return knock

    return Depends(opened)


def _times(request: Request, knock: Knock, name: str) -> int:
    """How often this caller came to this door in this minute, as far as this process knows."""
    state = request.app.state
    if not hasattr(state, "caller_pace"):
        state.caller_pace = CallerPace()
    pace: CallerPace = state.caller_pace
    peer = request.client.host if request.client else None
    caller = caller_of(peer, request.headers.getlist(FORWARDED), knock.settings.trusted_networks)
    return pace.count(name, caller, now=knock.runtime.clock.now())

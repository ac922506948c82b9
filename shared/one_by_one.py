"""What a timer finds is dealt with one by one, each in a unit of work of its own: one never holds up another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

Key = TypeVar("Key")


async def one_by_one(
    runtime: Runtime,
    actor: Principal,
    find: Callable[[UnitOfWork], Awaitable[Iterable[Key]]],
    handle: Callable[..., Awaitable[object]],
) -> None:
    """Look once, in the order in which `find` answers; `handle(key, uow=...)` looks again, under its own locks."""
    async with runtime.units.read(actor=actor) as uow:
        found = await find(uow)
    for key in found:
        async with runtime.units.begin(actor=actor) as uow:
            await handle(key, uow=uow)

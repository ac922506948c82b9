"""Proves, after everything came to rest, that nothing was lost, doubled, reordered or forgotten; or says what was."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import asyncpg

from shared.eventlog.protocol import EventLog
from tests.resilience.tally.load import Load
from tests.resilience.tally.mill import Mill
from tests.shared.eventlog.engines import client_of

REST_WITHIN_SECONDS = 60.0


async def settle(mill: Mill, *, within: float = REST_WITHIN_SECONDS) -> list[str]:
    """Wait until outbox and log are read to their ends; what is still on its way then is a finding."""
    deadline = asyncio.get_running_loop().time() + within
    left = "nothing was looked at"
    log = await client_of(mill.plan.engine, mill.plan.log_url, mill.plan.prefix)
    try:
        while asyncio.get_running_loop().time() < deadline:
            left = await _left(mill, log)
            if not left:
                return []
            await asyncio.sleep(0.1)
    finally:
        await log.close()
    return [f"not at rest after {within:.0f} s: {left}"]


async def _left(mill: Mill, log: EventLog) -> str:
    try:
        waiting = await rows(mill.plan.producer_url, "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL")
        if waiting[0]["n"]:
            return f"{waiting[0]['n']} facts in the outbox"
        ends = await log.end_offsets([mill.plan.topic])
        reached = {
            row["partition"]: row["next_offset"]
            for row in await rows(mill.plan.consumer_url, "SELECT partition, next_offset FROM consumer_offset")
        }
    except (OSError, asyncpg.PostgresError) as error:
        return type(error).__name__
    unread = sum(max(0, end - reached.get(place.partition, 0)) for place, end in ends.items())
    return f"{unread} records unread" if unread else ""


async def findings(mill: Mill, load: Load) -> list[str]:
    """Everything that is not as promised; empty means all of it held."""
    found = [f"unexpected answer {surprise}" for surprise in load.surprises[:3]]
    marks = Counter(row["command"] for row in await rows(mill.plan.producer_url, "SELECT command FROM mark"))
    found += _count("acknowledged commands without effect", [c for c in load.acknowledged if not marks[c]])
    found += _count("commands carried out more than once", [c for c, times in marks.items() if times > 1])
    found += _count("effects nobody asked for", set(marks) - load.acknowledged - load.unanswered)
    outbox = await rows(mill.plan.producer_url, "SELECT key, sequence, event_id FROM outbox ORDER BY key, sequence")
    found += _gaps("outbox", [(row["key"], row["sequence"]) for row in outbox])
    seen = await rows(mill.plan.consumer_url, "SELECT key, sequence, command FROM seen ORDER BY position")
    effects = Counter(row["command"] for row in seen)
    found += _count("commands the ledger never saw", [c for c in marks if not effects[c]])
    found += _count("commands the ledger saw more than once", [c for c, times in effects.items() if times > 1])
    found += _count("commands the ledger invented", set(effects) - set(marks))
    found += _gaps("ledger", [(row["key"], row["sequence"]) for row in seen])
    parked = await rows(mill.plan.consumer_url, "SELECT id FROM parked_event WHERE resolved_at IS NULL")
    found += _count("parked events", parked)
    if len(outbox) != sum(marks.values()):
        found.append(f"{sum(marks.values())} marks but {len(outbox)} facts")
    return found


def _count(what: str, which: Any) -> list[str]:
    return [f"{len(which)} {what}"] if which else []


def _gaps(where: str, numbers: list[tuple[str, int]]) -> list[str]:
    """Per key 1, 2, 3 ... in this order, whatever else happened."""
    following: Counter[str] = Counter()
    wrong = 0
    for key, number in numbers:
        if number != following[key] + 1:
            wrong += 1
        following[key] = max(following[key], number)
    return [f"{wrong} breaks in the order of keys at the {where}"] if wrong else []


async def rows(address: str, statement: str) -> list[Any]:
    """Rows of one question."""
    connection = await asyncpg.connect(address)
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()

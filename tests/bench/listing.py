"""A worklist and lists of cases of an office of ten thousand open cases among a million, over HTTP in process.

Pages are walked by their cursors, as somebody who works through the day would; the plans behind them are printed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from deploy.local.state import free_port
from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.http.in_process import InProcessClient
from shared.settled_memory import settle_memory
from shared.telemetry.logs import configure_logging
from shared.testing.query_plans import query_plans
from shared.testing.running import ISSUER, RunningService, run_service, service_named
from tests.bench.figures import Measured, Size
from tests.bench.ground import Ground
from tests.bench.many_cases import AUTHORITY, OFFICE, TODAY, write_cases
from tests.bench.processes import issuing, migrate, service_environment

OFFICE_DAY = "worklist of an office"
OFFICE_CASES = "cases of an office"
OFFICE_STATE = "cases of an office in a state"
AUTHORITY_DAY = "worklist of an authority"
CASE_DEADLINES = "deadlines of a case"
NAMES = (OFFICE_DAY, OFFICE_CASES, OFFICE_STATE, AUTHORITY_DAY, CASE_DEADLINES)
WARM_REQUESTS = 20
TABLES = ("return_case", "case_deadline")
WORKLIST, CASES = "/returns/v1/worklist", "/returns/v1/cases"


async def walk_lists(ground: Ground, size: Size) -> list[Measured]:
    """Delays of each list, one request at a time."""
    configure_logging("bench", level=logging.ERROR)
    found = []
    async with _filled(ground, size.cases) as service:
        settle_memory()  # as a process does before it serves
        office = service.client("caseworker", subject="cw-1", offices=[OFFICE])
        authority = service.client("case_officer", subject="co-1", authority_id=AUTHORITY)
        case_id = (await office.get(CASES)).json()["items"][0]["id"]
        asked: list[tuple[str, InProcessClient, str]] = [
            (OFFICE_DAY, office, WORKLIST),
            (OFFICE_CASES, office, CASES),
            (OFFICE_STATE, office, f"{CASES}?state=READY"),
            (AUTHORITY_DAY, authority, WORKLIST),
            (CASE_DEADLINES, office, f"{CASES}/{case_id}/deadlines"),
        ]
        for name, client, path in asked:
            measured = Measured(name, "none", notes={"cases": size.cases, "requests": size.list_requests})
            await _walk(client, path, WARM_REQUESTS)
            for _turn in range(size.repeat):
                measured.delays("ours", await _walk(client, path, size.list_requests))
            measured.notes["plans"] = await _plans(service, client, path)
            ground.say(f"{name}: p50 {measured.ours['p50 ms'][-1]:.1f} ms, p99 {measured.ours['p99 ms'][-1]:.1f} ms")
            for plan in measured.notes["plans"]:
                ground.say(f"{name}, plan:\n{plan}")
            found.append(measured)
    return found


async def _walk(client: InProcessClient, path: str, requests: int) -> list[float]:
    """Page after page, from the first again after the last."""
    seconds, cursor = [], None
    for _ in range(requests):
        more = f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""
        started = time.perf_counter()
        answer = await client.get(path + more)
        seconds.append(time.perf_counter() - started)
        shown: Any = answer.json()
        if answer.status_code != 200 or not (shown["items"] if isinstance(shown, dict) else shown):
            raise RuntimeError(f"{path} answered {answer.status_code}")
        cursor = shown["next_cursor"] if isinstance(shown, dict) else None
    return seconds


async def _plans(service: RunningService, client: InProcessClient, path: str) -> list[str]:
    return await query_plans(service, client, path, tables=TABLES, explain="EXPLAIN (ANALYZE, BUFFERS, COSTS OFF)")


@asynccontextmanager
async def _filled(ground: Ground, cases: int) -> AsyncIterator[RunningService]:
    issuer, clock = (
        LocalIssuer.generate(issuer=ISSUER),
        FixedClock(datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)),
    )
    async with ground.database() as url, issuing() as keys:
        await migrate(ground, "returns", service_environment(ground, "returns", url, free_port(), keys))
        await write_cases(url, cases, ground.say)
        async with run_service(service_named("returns"), url, issuer=issuer, clock=clock) as service:
            yield service

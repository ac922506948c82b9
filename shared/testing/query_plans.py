"""How PostgreSQL would answer what a request asks of it: the plans of the very statements a route sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import event

from shared.http.in_process import InProcessClient
from shared.testing.running import RunningService

INDEXES_ONLY = ("enable_seqscan", "enable_bitmapscan", "enable_sort")
"""Switched off, a plan shows whether an index can give the rows in their order, however few there are."""


async def query_plans(
    service: RunningService,
    client: InProcessClient,
    path: str,
    *,
    tables: Sequence[str],
    explain: str = "EXPLAIN (COSTS OFF)",
    without: Sequence[str] = (),
) -> list[str]:
    """One GET, and the plan of each statement it sent about these tables, in order."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if any(f"FROM {table}" in statement for table in tables):
            asked.append((statement, parameters))

    engine = service.runtime.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = await client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code} {answer.text[:300]}")
    found = []
    async with service.runtime.engine.connect() as connection:
        for setting in without:
            await connection.exec_driver_sql(f"SET LOCAL {setting} = off")
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(f"{explain} {statement}", parameters)
            found.append("\n".join(str(row[0]) for row in rows))
    return found

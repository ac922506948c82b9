"""Proves that a refused request left nothing behind: the rows of every table are counted before and after."""

from __future__ import annotations

from shared.testing.running import RunningService

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


async def rows_of(service: RunningService) -> dict[str, int]:
    """How many rows each table holds."""
    names = [row["tablename"] for row in await service.fetch(TABLES)]
    counted = " UNION ALL ".join(f"SELECT '{name}' AS t, count(*) AS n FROM \"{name}\"" for name in names)
    return {row["t"]: row["n"] for row in await service.fetch(counted)}

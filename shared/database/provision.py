"""One role and one database per service on a server; nobody else may connect to it."""

from __future__ import annotations

import asyncpg


async def provision(admin_dsn: str, *, database: str, role: str, password: str) -> None:
    """Create or refresh a login role and a database it owns; idempotent. Names are ours, never user input."""
    connection = await asyncpg.connect(admin_dsn)
    try:
        exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
        verb = "ALTER" if exists else "CREATE"
        quoted = await connection.fetchval("SELECT quote_literal($1)", password)
        await connection.execute(f'{verb} ROLE "{role}" LOGIN PASSWORD {quoted}')
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await connection.execute(f'CREATE DATABASE "{database}" OWNER "{role}"')
        await connection.execute(f'REVOKE CONNECT ON DATABASE "{database}" FROM PUBLIC')
    finally:
        await connection.close()

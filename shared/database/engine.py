"""The SQLAlchemy engine of one service: asyncpg, a bounded pool, server-side guards."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

LOCK_TIMEOUT_MILLISECONDS = 4_000
IDLE_IN_TRANSACTION_MILLISECONDS = 30_000


def driver_dsn(url: str) -> str:
    """The same address for the bare driver."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def sqlalchemy_url(url: str) -> str:
    """The same address for SQLAlchemy."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1) if url.startswith("postgresql://") else url


def create_engine(url: str, *, pool_size: int, application: str) -> AsyncEngine:
    """An engine whose connections never wait for a lock or idle in a transaction for ever."""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        connect_args={
            "server_settings": {
                "application_name": application,
                "lock_timeout": str(LOCK_TIMEOUT_MILLISECONDS),
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MILLISECONDS),
                "timezone": "UTC",
            }
        },
    )

"""Alembic environment; the body is the kit's."""

from shared.database.migrations import run_env

run_env()

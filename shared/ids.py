"""Identifiers: time-ordered row ids and unguessable references."""

from __future__ import annotations

import secrets
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUIDv7: time-ordered, so that index pages fill in order."""
    return UUID(int=uuid_utils.uuid7().int)


def random_ref(prefix: str) -> str:
    """An unguessable reference of 160 random bits, for names that leave the house (never derived from an id)."""
    return f"{prefix}_{secrets.token_hex(20)}"

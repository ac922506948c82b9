"""Identifiers: time-ordered row ids and unguessable references."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUIDv7: time-ordered, so that index pages fill in order."""
    return UUID(int=uuid_utils.uuid7().int)


def id_after(delay: timedelta) -> UUID:
    """One that looks as if it were made so much later: for what is told later, since the time in an id would tell when
    it was known."""
    if not delay:
        return new_id()
    return UUID(int=uuid_utils.uuid7(nanoseconds=time.time_ns() + delay // timedelta(microseconds=1) * 1_000).int)


def random_ref(prefix: str) -> str:
    """An unguessable reference of 160 random bits, for names that leave the house (never derived from an id)."""
    return f"{prefix}_{secrets.token_hex(20)}"

"""Which failures pass by themselves, and what may be said of the others."""

from __future__ import annotations

from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import Unavailable, WayhomeError
from shared.problems import connection_lost, sqlstate_of

TRANSIENT_CLASSES = ("08", "40", "53")
TRANSIENT_STATES = ("55P03", "57P01", "57P02", "57P03", "57P04", "57P05", "25P03")


def is_transient(error: BaseException) -> bool:
    """Whether trying the same thing again is likely to work: connection, conflict, shortage, restart."""
    if isinstance(error, PoolTimeout | ConnectionError | OSError | TimeoutError | Unavailable):
        return True
    state = sqlstate_of(error)
    if state is not None:
        return state in TRANSIENT_STATES or state.startswith(TRANSIENT_CLASSES)
    return connection_lost(error)


def reason_of(error: BaseException) -> str:
    """What may be stored about a failure: a slug or a class, never its text."""
    if isinstance(error, WayhomeError):
        return error.slug
    return sqlstate_of(error) or type(error).__name__

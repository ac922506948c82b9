"""What reintegration needs to know of where a return case stands."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """Open and approved cases are supported; the others ended before an arrival."""

    OPEN = "open"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    RETURN_FAILED = "return_failed"


ENDED = frozenset({Standing.WITHDRAWN, Standing.CANCELLED, Standing.REFUSED, Standing.RETURN_FAILED})


def has_ended(standing: str) -> bool:
    """Whether grants have come to an end; invoices of third parties may still be owed."""
    return standing in ENDED

"""What may still be paid from a frozen line, what must be committed for it, and what can be given back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.errors import Conflict


class Phase(StrEnum):
    """When an assistance line becomes due."""

    PRE_DEPARTURE = "pre_departure"
    TRAVEL = "travel"
    DEPARTURE_CASH = "departure_cash"
    POST_ARRIVAL = "post_arrival"
    POST_RETURN = "post_return"
    COMMUNITY = "community"


AFTER_ARRIVAL = frozenset({Phase.POST_ARRIVAL, Phase.POST_RETURN, Phase.COMMUNITY})


class LineExceeded(Conflict):
    """The line does not hold that much any more."""

    slug = "line-exceeded"
    title = "The amount is more than what remains of this line"


@dataclass(frozen=True, kw_only=True)
class LineUse:
    """How a line is used: set aside, firmly owed, asked for in open payments, and of those already
    authorised.
    """

    unreserved: int
    reserved: int
    committed: int
    pending: int
    authorised: int

    @property
    def remaining(self) -> int:
        """What nobody has asked for yet."""
        return self.reserved + self.committed - self.pending


@dataclass(frozen=True)
class Release:
    """How to give back everything nobody is owed: first loosen commitments, then free the reservation."""

    uncommit: int
    release: int


def to_reserve_again(use: LineUse, amount_minor: int, *, owed_after_the_end: bool) -> int:
    """How much of an invoice must be set aside anew because the case ended; raises LineExceeded above the
    line's amount.
    """
    lacking = max(0, amount_minor - use.remaining)
    if lacking == 0:
        return 0
    if not owed_after_the_end or lacking > use.unreserved:
        raise LineExceeded(remaining_minor=use.remaining)
    return lacking


def to_commit(use: LineUse, amount_minor: int) -> int:
    """How much more must be firmly committed before a further payment is authorised."""
    return max(0, use.authorised + amount_minor - use.committed)


def to_release(use: LineUse) -> Release:
    """Everything that is not asked for in an open payment; authorised payments stay committed."""
    return Release(uncommit=max(0, use.committed - use.authorised), release=use.remaining)

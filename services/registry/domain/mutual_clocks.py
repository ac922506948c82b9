"""What each side owes the other about a case: whose turn it is, since when, and until when.

A case is one thread: what we told asks them, what they asked asks us, a conclusion or the end asks nobody (domain rule
38: clocks on our side are a partner's right too). Our clock runs from the clause that sets it; no clause, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

OUR_REQUESTS = frozenset({"request.package-ready"})
OUR_END = frozenset({"request.ended"})
THEIR_QUESTIONS = frozenset({"information.requested", "interview.required", "appointment.offered"})
THEIR_CONCLUSIONS = frozenset(
    {
        "identity.confirmed",
        "identity.not-confirmed",
        "identity.not-national",
        "travel-document.ready",
        "travel-document.handed-over",
        "travel-document.refused",
    }
)
ANSWERED = "package.answered"
"""They answered where the package is read: that settles this package, and nothing that was asked since."""
CLAUSE = "information_reply"
"""Code of the clause that says within how many days we answer their questions."""
DESTRUCTION = "data-destroyed.attested"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Something one side said about a case; `due` is what it asked for, `package` what it was about."""

    at: datetime
    what: str
    due: date | None = None
    package: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Something that is owed; without `due` no clause sets a day."""

    agency_case_ref: str
    what: str
    since: date
    due: date | None

    def overdue(self, today: date) -> bool:
        """Whether the day has passed."""
        return self.due is not None and self.due < today


def open_turn(turns: Sequence[Turn]) -> tuple[Turn | None, Turn | None]:
    """The request they have not answered, and the question we have not answered: at most one of the two."""
    theirs, ours = None, None
    for turn in sorted(turns, key=lambda entry: entry.at):
        if turn.what in OUR_REQUESTS:
            theirs, ours = turn, None
        elif turn.what in THEIR_QUESTIONS:
            theirs, ours = None, turn
        elif turn.what in THEIR_CONCLUSIONS | OUR_END:
            theirs, ours = None, None
        elif turn.what == ANSWERED and theirs is not None and theirs.package == turn.package:
            theirs = None
    return theirs, ours

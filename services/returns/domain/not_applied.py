"""Why a message of an agency had no effect, in words, and what somebody has to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Finding = Literal["nothing_to_do", "recorded_otherwise", "corrected_here", "asked_the_sender"]
"""What somebody who looked at such a message did."""

WORDS: Mapping[str, tuple[str, str]] = {
    "transition-not-allowed": (
        "The case or the request does not stand where this could happen.",
        "Look whether it happened all the same: record the missing step first, or ask the sender.",
    ),
    "arrival-before-departure": (
        "The day of arrival lies before the recorded departure.",
        "Compare both days; correct the departure, or ask the sender for the right day.",
    ),
    "date-in-the-future": ("The day lies in the future.", "Ask the sender for the right day."),
    "request-has-ended": (
        "What was asked is no longer asked.",
        "Nothing has to follow. If the answer is needed, prepare a new package.",
    ),
    "not-found": (
        "Somebody it names is no longer on this file.",
        "Look on the file the person went on in, and record it there.",
    ),
    "nothing-to-take-back": (
        "The message that was taken back is not known here, or was taken back before.",
        "Nothing has to follow; ask the sender if a fact here looks wrong.",
    ),
    "officer-decides": (
        "More than this message speaks for the fact by now.",
        "Hear both sides; correct the fact if it was wrong.",
    ),
}
OTHERWISE = ("It could not be applied.", "Look at the case and the message, and ask the sender.")


def words_for(reason_code: str | None) -> tuple[str, str]:
    """Why, and what to do."""
    return WORDS.get(reason_code or "", OTHERWISE)

"""What a receiver of webhooks must get right before anything real is sent to it, as a table of deliveries and answers.

Every delivery carries the reserved marker: type `endpoint.test`, `test: true` and a case reference that is never given
to a case, so that nobody starts anything on a test (domain rule 41). Nothing in it says which check it belongs to, its
number and its place in the run neither: a receiver that only counts does not pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.registry.domain.disclosure_matrix import TEST_EVENT

TEST_REFERENCE = "test_certification"
"""References of cases begin with `ac_`; this one never stands for a case."""
OUTSIDE_SECONDS = 600
"""Twice the 300 seconds within which a message is accepted."""
OVERSIZED_BYTES = 65_536
"""Payloads have at most 20 kB; a receiver that reads more can be filled up."""

Signing = Literal["right", "stranger", "altered_body", "none", "unknown_key_first"]
Expected = Literal["accepted", "refused"]


@dataclass(frozen=True)
class Sending:
    """One delivery of a check; two with the same number are the same delivery."""

    number: int
    expects: Expected
    signing: Signing = "right"
    offset_seconds: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Check:
    """Something a receiver must get right, and why."""

    name: str
    why: str
    sendings: tuple[Sending, ...]


CHECKS: tuple[Check, ...] = (
    Check("valid", "A signed delivery is accepted with 2xx.", (Sending(1, "accepted"),)),
    Check(
        "duplicate",
        "The same delivery again is accepted and has no second effect: answers get lost on the way.",
        (Sending(2, "accepted"), Sending(2, "accepted")),
    ),
    Check(
        "reordered",
        "A higher sequence before a lower one is accepted: order holds per case, not over replays.",
        (Sending(4, "accepted"), Sending(3, "accepted")),
    ),
    Check(
        "late",
        "A timestamp older than 300 s is refused.",
        (Sending(5, "refused", offset_seconds=-OUTSIDE_SECONDS),),
    ),
    Check(
        "early",
        "A timestamp more than 300 s ahead is refused.",
        (Sending(6, "refused", offset_seconds=OUTSIDE_SECONDS),),
    ),
    Check("wrongly_signed", "A signature of somebody else is refused.", (Sending(7, "refused", "stranger"),)),
    Check("altered", "A body that was changed on the way is refused.", (Sending(8, "refused", "altered_body"),)),
    Check("unsigned", "A delivery without a signature is refused.", (Sending(9, "refused", "none"),)),
    Check(
        "rotated_key",
        "Of several signatures one is enough: while a key is replaced, two stand side by side.",
        (Sending(10, "accepted", "unknown_key_first"),),
    ),
    Check(
        "oversized",
        "A body larger than 20 kB is refused, signed or not.",
        (Sending(11, "refused", bytes=OVERSIZED_BYTES),),
    ),
)


@dataclass(frozen=True)
class Answer:
    """What came back to one delivery."""

    status: int | None
    error: str | None
    milliseconds: int


def payload(sending: Sending, *, at: str) -> dict[str, Any]:
    """The body of a test, with the reserved marker."""
    data: dict[str, Any] = {"test": True, "agency_case_ref": TEST_REFERENCE, "sequence": sending.number}
    if sending.bytes:
        data["padding"] = "x" * sending.bytes
    return {"type": TEST_EVENT, "timestamp": at, "data": {"occurred_at": at, **data}}


def numbered(checks: Sequence[Check]) -> list[Check]:
    """These checks, their deliveries numbered from 1 in the order in which the checks are fired."""
    last, found = 0, []
    for check in checks:
        own = {number: last + place for place, number in enumerate(sorted({it.number for it in check.sendings}), 1)}
        last += len(own)
        sendings = tuple(replace(sending, number=own[sending.number]) for sending in check.sendings)
        found.append(replace(check, sendings=sendings))
    return found


def is_right(expected: Expected, answer: Answer) -> bool:
    """2xx accepts; 4xx refuses; a redirect, a crash and silence are neither."""
    if answer.status is None:
        return False
    return 200 <= answer.status < 300 if expected == "accepted" else 400 <= answer.status < 500


def scored(answers: Mapping[str, Sequence[Answer]]) -> list[dict[str, Any]]:
    """The result of every check, in order."""
    return [
        {
            "check": check.name,
            "why": check.why,
            "passed": len(given) == len(check.sendings)
            and all(is_right(sending.expects, answer) for sending, answer in zip(check.sendings, given, strict=True)),
            "expected": [sending.expects for sending in check.sendings],
            "answers": [vars(answer) for answer in given],
        }
        for check in CHECKS
        for given in [answers.get(check.name, ())]
    ]

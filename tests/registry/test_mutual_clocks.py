"""Whose turn it is in a case: a thread of requests, questions, conclusions and the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.mutual_clocks import (
    ANSWERED,
    OUR_END,
    OUR_REQUESTS,
    THEIR_CONCLUSIONS,
    THEIR_QUESTIONS,
    Owed,
    Turn,
    open_turn,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PACKAGE, QUESTION, CONFIRMED, ENDED = (
    "request.package-ready",
    "information.requested",
    "identity.confirmed",
    "request.ended",
)


def thread(*what: str) -> list[Turn]:
    return [Turn(at=START + timedelta(hours=hour), what=name) for hour, name in enumerate(what)]


@pytest.mark.parametrize(
    ("said", "they", "we"),
    [
        ([], None, None),
        ([PACKAGE], PACKAGE, None),
        ([PACKAGE, QUESTION], None, QUESTION),
        ([PACKAGE, QUESTION, PACKAGE], PACKAGE, None),
        ([PACKAGE, "request.acknowledged"], PACKAGE, None),
        ([PACKAGE, CONFIRMED], None, None),
        ([PACKAGE, QUESTION, CONFIRMED], None, None),
        ([PACKAGE, ENDED], None, None),
        ([PACKAGE, "interview.required"], None, "interview.required"),
        ([PACKAGE, ENDED, PACKAGE], PACKAGE, None),
    ],
)
def test_it_is_one_sides_turn_or_nobodys(said: list[str], they: str | None, we: str | None) -> None:
    theirs, ours = open_turn(thread(*said))
    assert (theirs and theirs.what, ours and ours.what) == (they, we)


@given(
    st.lists(st.sampled_from(sorted(OUR_REQUESTS | OUR_END | THEIR_QUESTIONS | THEIR_CONCLUSIONS)), max_size=12),
    st.randoms(),
)
def test_it_is_never_both_and_the_order_of_reading_does_not_matter(said: list[str], chance: object) -> None:
    turns = thread(*said)
    mixed = list(turns)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert open_turn(mixed) == open_turn(turns)
    assert None in open_turn(turns)


@pytest.mark.parametrize(("due", "late"), [(None, False), (date(2026, 3, 1), True), (date(2026, 3, 2), False)])
def test_late_is_after_the_day_and_never_without_one(due: date | None, late: bool) -> None:
    assert Owed(agency_case_ref="ac", what=PACKAGE, since=START.date(), due=due).overdue(START.date()) is late


def test_an_answer_where_the_package_is_read_settles_that_package_only() -> None:
    first, second = uuid4(), uuid4()
    asked = Turn(at=START, what=PACKAGE, package=first)
    answered = Turn(at=START + timedelta(hours=2), what=ANSWERED, package=first)
    assert open_turn([asked, answered]) == (None, None)
    again = Turn(at=START + timedelta(hours=1), what=PACKAGE, package=second)
    assert open_turn([asked, again, answered]) == (again, None)
    question = Turn(at=START + timedelta(hours=1), what=QUESTION)
    assert open_turn([asked, question, answered]) == (None, question)

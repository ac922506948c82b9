"""Laws of the clocks: an extension or a pause never makes a day earlier, and every kind says where it comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.case_view import CaseView, PersonView, State
from services.returns.domain.clock_facts import ClockFacts, RequestView
from services.returns.domain.clock_starts import PAUSE_WORDS, PAUSES, STARTS
from services.returns.domain.clocks import (
    ClockKind,
    Counting,
    Due,
    Running,
    Start,
    due,
    next_look,
    paused,
    period_of,
    reminder_days,
)
from services.returns.domain.working_days import Calendars
from services.returns.persistence.clock_kinds import kind_of, kinds_on, versions
from services.returns.persistence.working_calendars import calendar_of
from services.returns.queries.deadlines import OWES

KINDS = kinds_on(date(2026, 3, 2))
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
MAYBE = st.none() | DAYS
ANY_KIND = st.sampled_from(list(KINDS.values()))
SWISS: Calendars = [calendar_of("CHE")]


def when(kind: ClockKind, running: Running, given_on: date, travel_on: date | None) -> Due | None:
    return due(kind, Start(due_on=given_on), running, travel_on=travel_on, places=SWISS)


@given(ANY_KIND, DAYS, DAYS, MAYBE, st.integers(1, 60), st.integers(0, 90), DAYS, DAYS)
def test_deadlines_are_monotone_under_extension(
    kind: ClockKind,
    began: date,
    given_on: date,
    travel_on: date | None,
    days: int,
    rested: int,
    one: date,
    two: date,
) -> None:
    shorter, longer = sorted([one, two])
    plain = Running(started_on=began, days=days, paused_days=rested)
    without = when(kind, plain, given_on, travel_on)
    less = when(kind, replace(plain, extended_until=shorter), given_on, travel_on)
    more = when(kind, replace(plain, extended_until=longer), given_on, travel_on)
    if without is None or less is None or more is None:
        assert without is less is more is None
        return
    assert without.on <= less.on <= more.on
    assert without.base_on == less.base_on == more.base_on == without.on
    back = when(kind, replace(plain, extended_until=without.base_on), given_on, travel_on)
    assert back == without


@given(ANY_KIND, DAYS, DAYS, st.integers(1, 60), st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=8))
def test_resting_never_makes_a_day_earlier(
    kind: ClockKind, began: date, given_on: date, days: int, story: list[tuple[bool, int]]
) -> None:
    running, today = Running(started_on=began, days=days), began
    before = when(kind, running, given_on, None)
    for rests, passed in story:
        today += timedelta(days=passed)
        running = paused(kind, running, "remedy_pending" if rests else None, today=today, places=SWISS)
        again = paused(kind, running, "remedy_pending" if rests else None, today=today, places=SWISS)
        assert again == running  # the same day once more changes nothing
        after = when(kind, running, given_on, None)
        assert before is None or (after is not None and before.on <= after.on)
        before = after


def test_a_clock_that_rested_ten_days_ends_ten_days_later() -> None:
    kind, running = KINDS["decision"], Running(started_on=date(2026, 3, 2), days=14)
    rests = paused(kind, running, "suspended", today=date(2026, 3, 5), places=())
    goes_on = paused(kind, rests, None, today=date(2026, 3, 15), places=())
    assert when(kind, running, date.max, None) == Due(base_on=date(2026, 3, 16), on=date(2026, 3, 16))
    assert when(kind, goes_on, date.max, None) == Due(base_on=date(2026, 3, 26), on=date(2026, 3, 26))


def test_a_departure_period_is_never_made_longer_by_a_rest() -> None:
    kind, running = KINDS["departure_period"], Running(started_on=date(2026, 3, 2))
    rests = paused(kind, running, "remedy_pending", today=date(2026, 3, 5), places=())
    goes_on = paused(kind, rests, None, today=date(2026, 4, 15), places=())
    assert when(kind, goes_on, date(2026, 4, 1), None) == Due(base_on=date(2026, 4, 1), on=date(2026, 4, 1))


@given(ANY_KIND, DAYS, st.integers(0, 400))
def test_reminders_lie_between_the_start_and_the_day(kind: ClockKind, began: date, whole: int) -> None:
    due_on = began + timedelta(days=whole)
    days = reminder_days(kind, began, due_on)
    assert list(days.values()) == sorted(days.values())
    assert all(began <= day <= due_on for day in days.values())
    look = next_look(kind, Running(started_on=began), due_on, reminded=0, missed=False, told=0)
    assert look is not None
    assert began <= look <= due_on + timedelta(days=1)


def test_fifty_and_eighty_percent() -> None:
    kind = KINDS["departure_period"]
    assert reminder_days(kind, date(2026, 3, 1), date(2026, 3, 31)) == {50: date(2026, 3, 16), 80: date(2026, 3, 25)}
    over = next_look(kind, Running(started_on=date(2026, 3, 1)), date(2026, 3, 31), reminded=80, missed=True, told=2)
    assert over is None


@pytest.mark.parametrize(
    ("code", "given", "expected"),
    [
        ("partner_lead_time", {"vulnerable": False}, 14),
        ("partner_lead_time", {"vulnerable": True}, 28),
        ("partner_lead_time", {"vulnerable": True, "programme_days": 21}, 21),
        ("decision", {"vulnerable": True}, 14),
    ],
)
def test_whose_period_counts(code: str, given: dict[str, int], expected: int) -> None:
    asked = {"programme_days": None, **given}
    assert period_of(KINDS[code], Start(), **asked) == expected  # type: ignore[arg-type]
    assert period_of(KINDS[code], Start(days=25), **asked) == 25  # type: ignore[arg-type]


def test_before_a_journey_the_days_count_back() -> None:
    kind = replace(KINDS["partner_lead_time"], unit="working_days", ends_on_working_day=True)
    running = Running(started_on=date(2026, 3, 2), days=10)
    assert when(kind, running, date.max, date(2026, 5, 19)) == Due(base_on=date(2026, 5, 4), on=date(2026, 5, 4))
    assert when(kind, running, date.max, None) is None


def test_every_kind_is_complete_and_known() -> None:
    for version, (_since, kinds) in versions().items():
        for kind in kinds.values():
            assert kind.starts in STARTS, kind.code
            assert set(kind.pauses_while) <= set(PAUSES), kind.code
            assert kind.owes in OWES, kind.code
            assert kind.counting in get_args(Counting), kind.code
            assert kind.source, kind.code
            assert kind.acts, kind.code
            assert kind_of(kind.code, version) == kind
    assert set(PAUSES) == set(PAUSE_WORDS)
    assert kind_of("decision", "clocks-v0") is None


def test_what_others_are_told_names_nothing_medical() -> None:
    told = {kind.told_to_others_as for kind in KINDS.values()}
    assert not [name for name in told if "medic" in name or "remedy" in name]


WHO = PersonView(person_ref="p", relation="main_applicant", adult=True)


def facts(state: State, **more: object) -> ClockFacts:
    case = CaseView(state=state, case_kind="avrr", persons=(WHO,))
    known = {name: value for name, value in more.items() if name in CaseView.__dataclass_fields__}
    rest = {name: value for name, value in more.items() if name not in known}
    base = ClockFacts(case=replace(case, **known), today=date(2026, 3, 2), host="CHE", destination="GEO")  # type: ignore[arg-type]
    return replace(base, **rest)  # type: ignore[arg-type]


OPEN_STATES = [
    State.DRAFT,
    State.SUBMITTED,
    State.SCREENING,
    State.ELIGIBLE,
    State.PRE_DEPARTURE,
    State.DEPARTED,
    State.ARRIVED,
    State.HANDED_OVER,
    State.SUSPENDED,
    State.UNDER_REVIEW,
    State.RETURN_FAILED,
]


@pytest.mark.parametrize("state", OPEN_STATES)
def test_nothing_waits_unseen(state: State) -> None:
    running = [kind.code for kind in KINDS.values() if STARTS[kind.starts](facts(state))]
    assert running


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.CANCELLED, State.CLOSED, State.REFUSED, State.LAPSED])
def test_nothing_runs_on_a_case_that_is_over(state: State) -> None:
    given = facts(state, depart_by=date(2026, 4, 1), travel_on=date(2026, 4, 1), deadline_missed_on=date(2026, 3, 1))
    assert [kind.code for kind in KINDS.values() if STARTS[kind.starts](given)] == []


def test_a_consulate_owes_an_answer_only_where_a_clause_says_so() -> None:
    asked = RequestView(subject="d", sent_on=date(2026, 3, 2), answer_by=date(2026, 3, 20), from_state=True)
    bound = replace(asked, clause="identity", reply_days=25, longest_reply_days=60, silence_counts=True)
    start = STARTS["request_under_clause"]
    assert start(facts(State.PRE_DEPARTURE, requests=(asked,))) == []
    (found,) = start(facts(State.PRE_DEPARTURE, requests=(bound,)))
    assert (found.days, found.latest_on, found.silence_counts) == (25, date(2026, 5, 1), True)
    assert start(facts(State.PRE_DEPARTURE, requests=(replace(bound, answered=True),))) == []
    assert start(facts(State.PRE_DEPARTURE, requests=(replace(bound, ended=True),))) == []
    agreed = replace(bound, answered=True, transfer_within_days=90, agreed_on=date(2026, 3, 20))
    window = STARTS["transfer_window"]
    (found,) = window(facts(State.PRE_DEPARTURE, requests=(agreed,)))
    assert (found.on, found.days) == (date(2026, 3, 20), 90)
    for other in (replace(agreed, transfer_within_days=None), replace(agreed, agreed_on=None), bound):
        assert window(facts(State.PRE_DEPARTURE, requests=(other,))) == []
    assert window(facts(State.DEPARTED, requests=(agreed,))) == []
    (without,) = STARTS["request_without_clause"](facts(State.PRE_DEPARTURE, requests=(asked,)))
    assert without.due_on == date(2026, 3, 20)

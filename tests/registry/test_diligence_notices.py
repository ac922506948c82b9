"""When somebody is told that a due diligence check runs out: once per threshold, whenever the timer runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.recipients import notice_due


@given(st.lists(st.integers(0, 90), max_size=6), st.sets(st.integers(0, 60), max_size=4))
def test_each_threshold_is_told_at_most_once_whenever_the_timer_runs(runs: list[int], known: set[int]) -> None:
    noticed: int | None = None
    told: list[int] = []
    for left in sorted(runs, reverse=True):
        found = notice_due(left, noticed, sorted(known))
        if found is not None:
            told.append(found)
            noticed = found
    assert len(told) == len(set(told))
    assert told == sorted(told, reverse=True)

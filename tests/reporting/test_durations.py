"""The Kaplan-Meier quantile against hand-worked cases and its own laws."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.durations import Waited, quantile_days

CASES = st.lists(st.builds(Waited, days=st.integers(0, 400), done=st.booleans()), max_size=40)


class TestQuantileDays:
    def test_without_waiting_cases_it_is_the_ordinary_median(self) -> None:
        assert quantile_days([Waited(day, True) for day in (3, 9, 1, 7, 5)]) == 5

    def test_waiting_cases_push_it_up(self) -> None:
        finished = [Waited(day, True) for day in (10, 20, 30)]
        waiting = [Waited(25, False), Waited(60, False), Waited(60, False)]
        assert quantile_days(finished) == 20
        assert quantile_days(finished + waiting) == 30

    def test_textbook_example(self) -> None:
        # 6, 6, 6, 6+, 7, 9+, 10, 10+, 11+, 13, 16, 17+, 19+, 20+, 22, 23, 25+, 32+, 32+, 34+, 35+ (Freireich 1963): median 23
        done = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
        left = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
        cases = [Waited(day, True) for day, n in done.items() for _ in range(n)]
        cases += [Waited(day, False) for day, n in left.items() for _ in range(n)]
        assert quantile_days(cases) == 23

    def test_nobody_done_means_not_known(self) -> None:
        assert quantile_days([]) is None
        assert quantile_days([Waited(5, False)]) is None

    @given(CASES)
    def test_a_higher_share_is_never_reached_earlier(self, cases: list[Waited]) -> None:
        half, most = quantile_days(cases), quantile_days(cases, Fraction(9, 10))
        assert most is None or (half is not None and half <= most)

    @given(CASES, st.integers(0, 400))
    def test_one_more_waiting_case_never_makes_it_quicker(self, cases: list[Waited], days: int) -> None:
        before, after = quantile_days(cases), quantile_days([*cases, Waited(days, False)])
        assert after is None or (before is not None and after >= before)

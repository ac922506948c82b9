"""Scores: the worked example, completeness, rounding, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reintegration.domain.scoring import AnswersNotValid, score, shown
from services.reintegration.persistence.reference_data import scoring_model

MODEL = scoring_model("rss-equal-v1")
ECONOMIC = dict(zip(("E1", "E3", "E5", "E7", "E8"), ("very_satisfied", "no", "none", "yes", "no"), strict=True))
WORKED_EXAMPLE = {
    **ECONOMIC,
    "E2": "rarely",
    "E4": "sometimes",
    "E6": "fair",
    **{f"S{number}": "fair" for number in (1, 2, 3, 5, 7, 8, 9, 10, 11)},
    "S4": "yes",
    "S6": "yes",
    **{code: "good" for code in ("P2", "P3", "P4")},
    **{code: "rarely" for code in ("P5", "P6", "P7")},
    "P1": "often",
    "P8": "yes",
    "P9": "yes",
}


def test_the_worked_example() -> None:
    result = score(MODEL, WORKED_EXAMPLE)
    assert {name: str(shown(value)) for name, value in result.scores.items()} == {
        "economic": "0.59",
        "social": "0.59",
        "psychosocial": "0.69",
        "composite": "0.63",
    }
    assert str(result.scores["social"]) == "0.590909"
    assert str(result.scores["composite"]) == "0.626368"
    assert set(result.completeness.values()) == {Decimal(1)}
    assert result.referral_advised is False


def test_the_model_says_that_it_is_not_official() -> None:
    assert MODEL.official is False
    assert "choice of this project" in MODEL.source
    counts = {
        name: sum(1 for item in MODEL.items if item.dimension == name and item.scored)
        for name in ("economic", "social", "psychosocial")
    }
    assert counts == {"economic": 8, "social": 11, "psychosocial": 9}


def test_below_seventy_percent_there_is_no_score_but_the_completeness_is_told() -> None:
    few = {code: option for code, option in WORKED_EXAMPLE.items() if code not in ("E1", "E2", "E3")}
    result = score(MODEL, few)
    assert result.scores["economic"] is None
    assert result.completeness["economic"] == Decimal("0.625000")
    assert result.scores["composite"] is None
    assert result.scores["social"] is not None


def test_exactly_enough_is_enough() -> None:
    two_missing = {**WORKED_EXAMPLE, "E1": "no_answer", "E2": "dont_know"}
    assert score(MODEL, two_missing).completeness["economic"] == Decimal("0.750000")
    assert score(MODEL, two_missing).scores["composite"] is not None


def test_no_children_of_school_age_counts_as_not_asked() -> None:
    result = score(MODEL, {**WORKED_EXAMPLE, "S4": "not_applicable"})
    assert result.completeness["social"] == Decimal("0.909091")
    assert str(result.scores["social"]) == "0.550000"


def test_unscored_items_change_nothing() -> None:
    assert score(MODEL, {**WORKED_EXAMPLE, "E9": "yes", "P10": "need"}).scores == score(MODEL, WORKED_EXAMPLE).scores


@pytest.mark.parametrize(
    ("code", "option"), [("P5", "very_often"), ("P6", "very_often"), ("P7", "very_often"), ("P9", "no")]
)
def test_an_extreme_advises_a_referral_whatever_the_score(code: str, option: str) -> None:
    assert score(MODEL, {**WORKED_EXAMPLE, code: option}).referral_advised is True


def test_foreign_answers_are_refused_by_item_never_by_value() -> None:
    with pytest.raises(AnswersNotValid) as refused:
        score(MODEL, {"E1": "secret words", "Z9": "x"})
    assert refused.value.members["items"] == ["E1", "unknown item"]
    assert "secret" not in str(refused.value.members)


def test_two_places_are_rounded_half_up() -> None:
    assert shown(Decimal("0.625000")) == Decimal("0.63")
    assert shown(Decimal("0.624999")) == Decimal("0.62")
    assert shown(None) is None


OPTIONS = {item.code: [*sorted(item.points), "no_answer"] for item in MODEL.items}


@given(st.fixed_dictionaries({code: st.sampled_from(options) for code, options in OPTIONS.items()}))
def test_scores_lie_between_zero_and_one(answers: dict[str, str]) -> None:
    result = score(MODEL, answers)
    for value in (*result.scores.values(), *result.completeness.values()):
        assert value is None or 0 <= value <= 1
    dimensions = [result.scores[name] for name in ("economic", "social", "psychosocial")]
    assert (result.scores["composite"] is None) == (None in dimensions)

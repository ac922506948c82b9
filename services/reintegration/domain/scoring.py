"""Scores of the sustainability survey: a versioned model turns answers into numbers between 0 and 1, or
into no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shared.errors import Invalid

DIMENSIONS = ("economic", "social", "psychosocial")
COMPOSITE = "composite"
EXACT, SHOWN = Decimal("0.000001"), Decimal("0.01")


class AnswersNotValid(Invalid):
    """An answer does not belong to the questionnaire of this model."""

    slug = "answers-not-valid"
    title = "Some answers do not belong to this questionnaire"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question: points per option, and its weight in its dimension and in the composite."""

    code: str
    dimension: str
    scored: bool
    points: Mapping[str, Decimal]
    weight: Decimal
    composite_weight: Decimal
    referral_at: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ScoringModel:
    """A questionnaire with its points and weights, as published in one version."""

    version: str
    source: str
    official: bool
    digest: str
    completeness_needed: Decimal
    unscored_answers: frozenset[str]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Result:
    """Scores to six places (None where too little was answered), shares of weight answered, and whether
    somebody should look.
    """

    scores: Mapping[str, Decimal | None]
    completeness: Mapping[str, Decimal]
    referral_advised: bool


def shown(score: Decimal | None) -> Decimal | None:
    """A score as people read it: two places, half up."""
    return None if score is None else score.quantize(SHOWN, ROUND_HALF_UP)


def check_answers(model: ScoringModel, answers: Mapping[str, str]) -> None:
    """Raise AnswersNotValid, naming items only, never what was answered."""
    items = {item.code: item for item in model.items}
    wrong = [
        code
        for code, option in answers.items()
        if code not in items or (option not in items[code].points and option not in model.unscored_answers)
    ]
    if wrong:
        raise AnswersNotValid(items=sorted(code if code in items else "unknown item" for code in wrong)[:50])


def score(model: ScoringModel, answers: Mapping[str, str]) -> Result:
    """The scores of one survey; raises AnswersNotValid."""
    check_answers(model, answers)
    scores: dict[str, Decimal | None] = {}
    completeness: dict[str, Decimal] = {}
    scored = [item for item in model.items if item.scored]
    for dimension in DIMENSIONS:
        own = [(item, item.weight) for item in scored if item.dimension == dimension]
        completeness[dimension], value = _weighed(own, answers)
        scores[dimension] = value if completeness[dimension] >= model.completeness_needed else None
    completeness[COMPOSITE], whole = _weighed([(item, item.composite_weight) for item in scored], answers)
    enough = all(scores[dimension] is not None for dimension in DIMENSIONS)
    scores[COMPOSITE] = whole if enough else None
    advised = any(answers.get(item.code) in item.referral_at for item in model.items)
    return Result({name: _exact(value) for name, value in scores.items()}, completeness, advised)


def _weighed(items: Sequence[tuple[Item, Decimal]], answers: Mapping[str, str]) -> tuple[Decimal, Decimal | None]:
    """Share of the weight that was answered, and the weighed mean of the answered points."""
    all_weight = sum((weight for _, weight in items), Decimal(0))
    answered = [
        (item.points[answers[item.code]], weight) for item, weight in items if answers.get(item.code) in item.points
    ]
    weight_answered = sum((weight for _, weight in answered), Decimal(0))
    if not weight_answered:
        return Decimal(0), None
    mean = sum((points * weight for points, weight in answered), Decimal(0)) / weight_answered
    return (weight_answered / all_weight).quantize(EXACT, ROUND_HALF_UP), mean


def _exact(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(EXACT, ROUND_HALF_UP)

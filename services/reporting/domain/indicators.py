"""The catalogue of indicators: no figure is shown without unit, date basis, mode and counting rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["case", "person_return", "payment", "survey", "commitment"]
Mode = Literal["period", "cohort"]


@dataclass(frozen=True)
class Indicator:
    """What a figure means."""

    code: str
    title: str
    unit: Unit
    date_basis: str
    mode: Mode
    counting_rule: str
    version: int = 1


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "returns",
        "Assisted returns",
        "person_return",
        "departure",
        "period",
        "Every person who boarded counts once per return; persons moved to another case count there; "
        "only assisted voluntary returns known to this system, not the national total.",
    ),
    Indicator(
        "funnel",
        "How far a cohort of cases has come",
        "case",
        "opening of the case",
        "cohort",
        "Cases opened in the period and how many of them have reached each stage by now; a case "
        "that was split off counts "
        "from its own opening and not in the cohort of the case it came from. Who withdrew, was refused, whose grant "
        "was revoked, whose period lapsed or who left without assistance is counted beside the path, until the case "
        "is taken up again.",
        version=2,
    ),
    Indicator(
        "timeliness",
        "Days between two steps",
        "case",
        "first step of the interval",
        "cohort",
        "Kaplan-Meier median and ninetieth percentile; cases still waiting count as waiting, cases "
        "that left the path stop "
        "being observed on that day.",
    ),
    Indicator(
        "finance",
        "Paid assistance",
        "payment",
        "settlement",
        "period",
        "Settled and not reversed payments in the currency of the payment; nothing is converted.",
    ),
    Indicator(
        "outcomes",
        "Reintegration scores",
        "survey",
        "survey",
        "period",
        "Mean per wave and scoring model version; versions are never mixed; shown from five surveys on.",
    ),
    Indicator(
        "commitments",
        "Commitments per side",
        "commitment",
        "due day",
        "cohort",
        "Commitments that both sides agreed to, under the side that owes them: what that side reports itself, and what "
        "the other side says to it; nothing is weighed, and the two sides are not added up.",
    ),
)

BY_CODE = {indicator.code: indicator for indicator in INDICATORS}

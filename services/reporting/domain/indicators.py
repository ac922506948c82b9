"""The catalogue of indicators: no figure is shown without unit, date basis, mode and counting rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["case", "person", "person_return", "unique_person", "payment", "survey", "commitment"]
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
        "Every person who boarded counts once per return, in the file they left with. Who was brought back, and a "
        "departure that was recorded wrongly, is restated out; two records of one human being on one day are one "
        "return. Who left from detention is among them and counted apart. Only assisted returns known to this system, "
        "not the national total.",
        version=2,
    ),
    Indicator(
        "unique_persons",
        "Persons who returned",
        "unique_person",
        "departure",
        "period",
        "Human beings behind the assisted returns: references that people found to be one person count once. Who is "
        "in two groups of a breakdown counts in both, and once in the whole.",
    ),
    Indicator(
        "re_returns",
        "Repeated returns",
        "person_return",
        "departure",
        "period",
        "Assisted returns less the persons who returned: returns of somebody who had returned before in the period.",
    ),
    Indicator(
        "returns_from_detention",
        "Of these: from detention or with a removal date",
        "person_return",
        "month of departure",
        "period",
        "Their voluntariness is presumed doubtful: never part of a number that is called voluntary without this one "
        "beside it. Counted by programme and month, without cases, when a month is over; months that lie in the period "
        "as a whole; restated when a return is.",
    ),
    Indicator(
        "unassisted_departures",
        "Left without assistance",
        "person",
        "departure without assistance",
        "period",
        "Persons of cases that ended because they left by themselves; no assisted return.",
    ),
    Indicator(
        "self_organised_returns",
        "Travelled by themselves, supported after arrival",
        "person",
        "arrival",
        "period",
        "Persons of cases with support after arrival only; their journey was not assisted and is no assisted return.",
    ),
    Indicator(
        "failed_returns",
        "Brought back",
        "person",
        "failed return",
        "period",
        "Persons who had left, did not arrive and have not left again; they are not in the assisted returns.",
    ),
    Indicator(
        "deaths_before_departure",
        "Died before the departure",
        "person",
        "death",
        "period",
        "Persons who died while their return was prepared; neither a withdrawal nor a failure of anybody.",
    ),
    Indicator(
        "funnel",
        "How far a cohort of cases has come",
        "case",
        "opening of the case",
        "cohort",
        "Cases opened in the period and how many of them have reached each stage by now; a case "
        "that was split off counts "
        "from its own opening and not in the cohort of the case it came from; a file that joined another one is no "
        "case of its own. Who withdrew, was refused, whose grant was revoked, whose period lapsed, who was brought "
        "back, who left without assistance and whose file ended by a death is counted beside the path by the last of "
        "these, until the case is taken up again.",
        version=3,
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

"""Prices in the country of return, in the currency of the grant: exact arithmetic, rounded once, to whole minor units.

The grant stays in the programme's currency; what moves is how much of it a price takes. Source: domain-rules.md 35,
row 30.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from shared.money import MINOR_UNITS, Money


class RateKind(StrEnum):
    """Where a rate holds: at banks, or in the street where the official one buys nothing."""

    OFFICIAL = "official"
    PARALLEL = "parallel"


class Bearer(StrEnum):
    """Who pays when a price takes more of the grant than was planned."""

    PROGRAMME = "programme"
    ENTITLEMENT = "entitlement"


@dataclass(frozen=True, kw_only=True)
class ExchangeRules:
    """One dated version of the rules: from how many percent on a quote is made anew, with which rate, at whose cost."""

    version: str
    move_percent: int
    rate_kind: RateKind
    loss_borne_by: Bearer


@dataclass(frozen=True, kw_only=True)
class Rate:
    """So many units of the local currency for one unit of the programme's, on a day."""

    base: str
    currency: str
    local_per_base: Decimal
    valid_on: date


def in_base(price: Money, rate: Rate) -> Money:
    """What a local price takes of the grant, rounded half up once; a price above nothing never takes nothing."""
    if price.currency != rate.currency:
        raise ValueError("a rate converts prices of its own currency")
    if rate.local_per_base <= 0:
        raise ValueError("a rate is above zero")
    exact = Fraction(price.amount_minor, 10 ** _digits(price.currency)) / Fraction(rate.local_per_base)
    minor = exact * 10 ** _digits(rate.base)
    rounded = int(minor + Fraction(1, 2))
    return Money(max(rounded, 1 if price.amount_minor else 0), rate.base)


def has_moved(before_minor: int, after_minor: int, percent: int) -> bool:
    """Whether the difference is more than so many percent of what it was; in whole numbers."""
    return abs(after_minor - before_minor) * 100 > percent * before_minor


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A measure with a local price: what it took of the grant when it was quoted (None: never), and whether it is
    still open."""

    price: Money
    quoted_minor: int | None
    open: bool


def quoted(measure: Priced, rate: Rate, rules: ExchangeRules) -> int:
    """What a measure takes of the grant now: the old quote where it is delivered or has hardly moved."""
    if not measure.open and measure.quoted_minor is not None:
        return measure.quoted_minor
    now = in_base(measure.price, rate).amount_minor
    before = measure.quoted_minor
    return now if before is None or has_moved(before, now, rules.move_percent) else before


def shortage(granted_minor: int, supplements_minor: int, quotes: Sequence[int]) -> int:
    """How much the measures of a line take beyond what the line and what the programme added hold."""
    return max(0, sum(quotes) - granted_minor - supplements_minor)


def _digits(currency: str) -> int:
    return MINOR_UNITS.get(currency, 2)

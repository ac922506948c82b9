"""A journey in legs: places and times follow one another, it ends in the country of return, connections can be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True)
class Leg:
    """One flight, train or bus. Places are UN/LOCODE (country and place), times have a time zone."""

    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    mode: str = "air"
    carrier: str | None = None
    service: str | None = None


def faults(legs: Sequence[Leg], ends_in: str) -> list[str]:
    """What does not fit together, as codes; `ends_in` is the two letters of the country of return."""
    found: list[str] = []
    if any(leg.departs_at.tzinfo is None or leg.arrives_at.tzinfo is None for leg in legs):
        return ["time-zone-missing"]
    if any(leg.arrives_at <= leg.departs_at for leg in legs):
        found.append("arrives-before-it-departs")
    pairs = list(pairwise(legs))
    if any(before.destination != after.origin for before, after in pairs):
        found.append("does-not-connect")
    if any(after.departs_at <= before.arrives_at for before, after in pairs):
        found.append("departs-before-it-arrived")
    if legs and legs[-1].destination[:2] != ends_in:
        found.append("ends-elsewhere")
    return found


def countries_between(legs: Sequence[Leg], ends_in: str) -> list[str]:
    """The countries passed on the way, two letters each, in order and once, without the first and the last."""
    passed = [leg.destination[:2] for leg in legs[:-1]]
    begins = legs[0].origin[:2] if legs else ""
    return [country for country in dict.fromkeys(passed) if country not in (begins, ends_in)]


def short_connections(legs: Sequence[Leg], minutes: int) -> list[int]:
    """The numbers, from 1, of legs after which less time than this is left."""
    least = timedelta(minutes=minutes)
    pairs = pairwise(legs)
    return [number for number, (before, after) in enumerate(pairs, 1) if after.departs_at - before.arrives_at < least]

"""What speaks for and against two records being one person, each finding with its weight (Fellegi and Sunter)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.returns.domain.duplicate_keys import Description, Form, Words
from services.returns.domain.partial_date import PartialDate
from shared.names import hearings, likeness, sounds

ALIKE = 0.88
"""Spellings this alike (Jaro-Winkler) are taken for one name written differently; see docs/duplicates.md."""
SAME, SOUNDS, CLOSE, NO = 3, 2, 1, 0
LEAST_HEARD = 3
"""So many consonants in common are heard as one name; fewer only when the spellings are alike too."""
SOMEWHAT_ALIKE = 0.55
VOWELS = re.compile(r"[aeiou]")
ALIKE_NAMES = ("same", "sounds_same", "contained", "close", "single", "whole_alike")


@dataclass(frozen=True)
class Evidence:
    """One thing that speaks for or against: what was compared, how it came out, and what that weighs (log2)."""

    about: str
    found: str
    weight: float


@dataclass(frozen=True)
class Comparison:
    """All evidence about two records, and the weight of it together."""

    evidence: tuple[Evidence, ...] = ()

    @property
    def weight(self) -> float:
        """The sum."""
        return sum(entry.weight for entry in self.evidence)


def compare(
    one: Description, other: Description, weights: Mapping[str, Any], *, carriers: int = 0, among: int = 0
) -> Comparison:
    """What speaks for and against their being one person; `carriers` records of `among` have the name they share."""
    found = [("name", _names(one, other, weights["name"])), ("born", _births(one.born, other.born))]
    found.append(("sex", _agree(one.sex, other.sex)))
    found.append(("citizenship", _shared(one.citizenships, other.citizenships)))
    if one.documents & other.documents:
        found.append(("document", "same"))
    if one.phone is not None and one.phone == other.phone:
        found.append(("phone", "same"))
    evidence = [Evidence(about, how, weights[about][how]) for about, how in found]
    if carriers and found[0][1] in ALIKE_NAMES:
        evidence.append(_rarity(carriers, among, weights["rarity"]))
    return Comparison(tuple(evidence))


def _rarity(carriers: int, among: int, weights: Mapping[str, float]) -> Evidence:
    """A name of many says less than a rare one; a small house borrows the figures of a larger one."""
    bits = math.log2((among + weights["population"]) / (carriers + weights["carriers"])) - weights["usual"]
    weight = min(weights["most"], max(weights["least"], bits))
    return Evidence("rarity", "rare" if weight >= 0 else "common", round(weight, 1))


def _names(one: Description, other: Description, weights: Mapping[str, float]) -> str:
    found = [_forms(a, b) for a in one.forms for b in other.forms]
    return max(found, key=lambda level: weights[level], default="different")


def _forms(one: Form, other: Form) -> str:
    fewer, more = sorted((one.words, other.words), key=len)
    grades = _matched(fewer, more)
    if len(fewer) == 1:
        return "single" if grades[0] >= SOUNDS else "different"
    if min(grades) >= CLOSE:
        if len(fewer) < len(more):
            return "contained" if min(grades) >= SOUNDS else "close"
        return {SAME: "same", SOUNDS: "sounds_same", CLOSE: "close"}[min(grades)]
    if max(grades) == NO:
        return "whole_alike" if _whole(one, other) else "different"
    return _which_part(one, other, grades)


def _which_part(one: Form, other: Form, grades: list[int]) -> str:
    """Some words agree and others do not: brothers share the family's name, a bride her given one."""
    if not (one.family and one.given and other.family and other.given):
        return "one_part"
    given = max(_matched(*sorted((one.given, other.given), key=len)))
    family = max(_matched(*sorted((one.family, other.family), key=len)))
    if given == NO and family > NO:
        return "given_differs"
    return "family_differs" if family == NO and given > NO else "one_part"


def _whole(one: Form, other: Form) -> bool:
    return bool(sounds("".join(one.words))) and sounds("".join(one.words)) == sounds("".join(other.words))


def _matched(fewer: Words, more: Words) -> list[int]:
    """For each word of the shorter name the best word of the other that no better one has taken."""
    pairs = sorted(
        ((_grade(a, b), -i, -j) for i, a in enumerate(fewer) for j, b in enumerate(more)),
        reverse=True,
    )
    grades, taken = [NO] * len(fewer), set[int]()
    seen = set[int]()
    for grade, i, j in pairs:
        if -i not in seen and -j not in taken:
            grades[-i] = grade
            seen.add(-i)
            taken.add(-j)
    return grades


def _grade(one: str, other: str) -> int:
    if one == other:
        return SAME
    alike, common = likeness(one, other), set(hearings(one)) & set(hearings(other))
    unvowelled = not (VOWELS.search(one) and VOWELS.search(other))  # as Arabic writes
    if common and (len(max(common, key=len)) >= LEAST_HEARD - unvowelled or alike >= SOMEWHAT_ALIKE):
        return SOUNDS
    return CLOSE if alike >= ALIKE else NO


def _births(one: PartialDate | None, other: PartialDate | None) -> str:
    if one is None or other is None:
        return "unknown"
    if one == other and one.exact:
        return "same_first_of_january" if (one.month, one.day) == (1, 1) else "same_day"
    if one.exact is None or other.exact is None:
        return _partial(one, other)
    if one.year == other.year:
        if (one.month, one.day) == (other.day, other.month):
            return "day_and_month_swapped"
        if one.month == other.month or one.day == other.day or (1, 1) in (_day(one), _day(other)):
            return "one_part_differs" if (1, 1) not in (_day(one), _day(other)) else "agrees_in_the_year"
        return "different"
    if _day(one) == _day(other) and _day(one) != (1, 1):
        return "one_part_differs" if abs(one.year - other.year) <= 1 or _tens(one, other) else "different"
    if abs(one.year - other.year) <= 2 and (1, 1) in (_day(one), _day(other)):
        return "year_near"
    return "different"


def _partial(one: PartialDate, other: PartialDate) -> str:
    if one.year != other.year:
        return "year_near" if abs(one.year - other.year) == 1 else "different"
    if one.month is None or other.month is None:
        return "agrees_in_the_year"
    return "agrees_as_far_as_known" if one.month == other.month else "different"


def _day(born: PartialDate) -> tuple[int | None, int | None]:
    return born.month, born.day


def _tens(one: PartialDate, other: PartialDate) -> bool:
    """Years that differ by a whole decade, or by two figures changed round: slips of a pen."""
    return abs(one.year - other.year) == 10 or sorted(str(one.year)) == sorted(str(other.year))


def _agree(one: int, other: int) -> str:
    if not one or not other:
        return "unknown"
    return "same" if one == other else "different"


def _shared(one: frozenset[str], other: frozenset[str]) -> str:
    if not one or not other:
        return "unknown"
    return "shared" if one & other else "different"

"""Who and when: the closed vocabulary in which a rule table says whom a rule concerns and under which circumstances.

Three answers: it holds, it does not, or a fact is not recorded. The third is never guessed away: the quote names the
fact, and a rule that depends on it does not apply until somebody has recorded it. An age that is not recorded counts as
not under a limit, and is named too, unless it is clear that a grown-up is not, or that a minor is, under that limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.registry.domain.entitlement_facts import ADULT_AGE_YEARS, Circumstances, QuotedPerson


@dataclass(frozen=True)
class Verdict:
    """Whether something holds (None: not known), why, and which facts are missing."""

    holds: bool | None
    because: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What a rule looks at: the table, the persons, the circumstances, and the day it refers to."""

    table: Mapping[str, Any]
    persons: Sequence[QuotedPerson]
    circumstances: Circumstances
    reference: str = "application"
    unknown: set[str] = field(default_factory=set)

    @property
    def on(self) -> date | None:
        """The reference day, if it is known."""
        return self.circumstances.dates.get(self.reference)


ALWAYS = Verdict(True)


def holds(condition: Mapping[str, Any] | None, scene: Scene) -> Verdict:
    """The verdict on a condition; none at all always holds."""
    if not condition:
        return ALWAYS
    kind = next(name for name in KINDS if name in condition)
    return KINDS[kind](condition, scene)


def _all(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    found = [holds(inner, scene) for inner in condition["all"]]
    return _joined(found, decisive=False)


def _any(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    found = [holds(inner, scene) for inner in condition["any"]]
    return _joined(found, decisive=True)


def _joined(found: Sequence[Verdict], *, decisive: bool) -> Verdict:
    decided = [verdict for verdict in found if verdict.holds is decisive]
    if decided:
        return Verdict(decisive, decided[0].because)
    because = tuple(text for verdict in found for text in verdict.because)
    unknown = tuple(text for verdict in found for text in verdict.unknown)
    return Verdict(None if unknown else not decisive, because, unknown)


def _not(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    found = holds(condition["not"], scene)
    return Verdict(None if found.holds is None else not found.holds, found.because, found.unknown)


def _need(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    recorded = condition["need"] in scene.circumstances.needs
    return Verdict(recorded, (f"{condition['need']} is {'' if recorded else 'not '}recorded",))


def _fact(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    name = condition["fact"]
    return _within(condition, scene.circumstances.number(name, scene.reference), name)


def _within(condition: Mapping[str, Any], value: int | None, name: str) -> Verdict:
    if value is None:
        return Verdict(None, unknown=(name,))
    low, high = condition.get("from"), condition.get("below")
    true = (low is None or value >= low) and (high is None or value < high)
    limits = ([f"at least {low}"] if low is not None else []) + ([f"below {high}"] if high is not None else [])
    return Verdict(true, (f"{name} is {value}{', ' if true else ', not '}{' and '.join(limits)}",))


def _choice(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    value = scene.circumstances.choices.get(condition["choice"])
    if value is None:
        return Verdict(None, unknown=(condition["choice"],))
    return Verdict(value in condition["in"], (f"{condition['choice']} is {value}",))


def _programme(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    name = condition["programme"]
    helped = any(granted.programme == name for granted in scene.circumstances.granted)
    return Verdict(helped, (f"help from {name} is {'' if helped else 'not '}granted",))


def _destination(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    where = scene.circumstances.destination
    if where is None:
        return Verdict(None, unknown=("destination",))
    return Verdict(where in condition["destination"], (f"the destination is {where}",))


def _persons(condition: Mapping[str, Any], scene: Scene) -> Verdict:
    verdicts = [concerns(condition["persons"], person, scene) for person in scene.persons]
    unknown = tuple(dict.fromkeys(text for verdict in verdicts for text in verdict.unknown))
    sure = sum(verdict.holds is True for verdict in verdicts)
    possible = sum(verdict.holds is not False for verdict in verdicts)
    least = _within(condition, sure, "number of such persons")
    if least.holds == _within(condition, possible, "").holds:
        return least
    return Verdict(None, unknown=unknown)


KINDS: Mapping[str, Callable[[Mapping[str, Any], Scene], Verdict]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "need": _need,
    "fact": _fact,
    "choice": _choice,
    "programme": _programme,
    "destination": _destination,
    "persons": _persons,
}
"""Every kind of condition there is; a condition has exactly one of these words."""


def concerns(who: Mapping[str, Any] | None, person: QuotedPerson, scene: Scene) -> Verdict:
    """Whether a person is meant; every word given must fit."""
    found = [QUALITIES[name](value, person, scene) for name, value in (who or {}).items()]
    return _joined(found, decisive=False) if found else ALWAYS


def _age(value: str, person: QuotedPerson, scene: Scene) -> Verdict:
    minor = person.minor_on(scene.reference)
    return Verdict((value == "minor") == minor, (_grown(minor),))


def _grown(minor: bool) -> str:
    return "a minor" if minor else "an adult"


def _role(value: str, person: QuotedPerson, scene: Scene) -> Verdict:
    return Verdict((value == "principal") == person.principal, ("leads the file" if person.principal else "dependant",))


def _below_age(value: int, person: QuotedPerson, scene: Scene) -> Verdict:
    return _years(person, value, scene, younger=True)


def _from_age(value: int, person: QuotedPerson, scene: Scene) -> Verdict:
    return _years(person, value, scene, younger=False)


def _years(person: QuotedPerson, limit: int, scene: Scene, *, younger: bool) -> Verdict:
    age, minor = person.age_on(scene.reference), person.minor_on(scene.reference)
    clear = limit >= ADULT_AGE_YEARS if minor else limit <= ADULT_AGE_YEARS
    if age is None and clear:
        return Verdict(minor == younger, (f"{_grown(minor)}, so {'' if minor else 'not '}under {limit}",))
    if age is None:
        scene.unknown.add(f"age on {scene.reference}")
        return Verdict(not younger, (f"no age recorded for {scene.reference}, so not taken as under {limit}",))
    side = "under" if age < limit else "not under"
    return Verdict((age < limit) == younger, (f"{age} years on {scene.reference}, {side} {limit}",))


def _group(value: str, person: QuotedPerson, scene: Scene) -> Verdict:
    countries = scene.table.get("groups", {}).get(value, {}).get("countries", ())
    belongs = value in person.groups or any(country in countries for country in person.citizenships)
    if not belongs and countries and not person.citizenships:
        return Verdict(None, unknown=("citizenships",))
    return Verdict(belongs, (f"{'' if belongs else 'not '}of the group {value}",))


def _not_group(value: str, person: QuotedPerson, scene: Scene) -> Verdict:
    found = _group(value, person, scene)
    return Verdict(None if found.holds is None else not found.holds, found.because, found.unknown)


def _assisted(value: Mapping[str, Any], person: QuotedPerson, scene: Scene) -> Verdict:
    if person.assisted is None:
        return Verdict(None, unknown=("earlier assistance",))
    counted = [help for help in person.assisted if value.get("as_minor") in (None, help.as_minor)]
    years = value.get("within_years")
    if years is None or not counted:
        return Verdict(bool(counted), ("assisted before" if counted else "no earlier assistance that counts",))
    if scene.on is None:
        return Verdict(None, unknown=(f"day of {scene.reference}",))
    latest = max(help.on for help in counted)
    recent = scene.on < _years_later(latest, years)
    return Verdict(
        recent, (f"last assisted on {latest}, {'less' if recent else 'not less'} than {years} years before",)
    )


def _years_later(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March. The calendar ends with the year 9999."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _late(value: bool, person: QuotedPerson, scene: Scene) -> Verdict:
    return Verdict(value == added_late(person, scene), ("added after the decision",))


def added_late(person: QuotedPerson, scene: Scene) -> bool:
    """Joined the file after the decision, as far as both days are known."""
    decided = scene.circumstances.dates.get("decision")
    return person.added_on is not None and decided is not None and person.added_on > decided


QUALITIES: Mapping[str, Callable[[Any, QuotedPerson, Scene], Verdict]] = {
    "age": _age,
    "role": _role,
    "below_age_years": _below_age,
    "from_age_years": _from_age,
    "group": _group,
    "not_group": _not_group,
    "assisted": _assisted,
    "added_after_decision": _late,
}
"""Every quality a rule may ask of a person."""

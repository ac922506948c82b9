"""What a rule table may know about a family: persons by reference, counts, codes and days, never an identity."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from shared.money import MINOR_UNITS

MOST_PERSONS = 30
"""In one file, as returns admits them."""
MAIN_APPLICANT, WARD = "main_applicant", "ward"
ADULT_AGE_YEARS = 18
"""Convention on the Rights of the Child, Art. 1; a disputed age is recorded as `minor` until it is decided."""


@dataclass(frozen=True)
class Assistance:
    """Help a person had earlier: since when it ended, and whether as a minor in a family."""

    on: date
    as_minor: bool = False


@dataclass(frozen=True)
class QuotedPerson:
    """A person as the rules need to know them; `assisted` is None while nobody has looked."""

    person_ref: str
    relation: str
    minor: bool
    age_years: int | None = None
    ages: Mapping[str, int] = field(default_factory=dict)
    citizenships: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    assisted: tuple[Assistance, ...] | None = None
    added_on: date | None = None

    @property
    def principal(self) -> bool:
        """Leads the file."""
        return self.relation == MAIN_APPLICANT

    def age_on(self, reference: str) -> int | None:
        """Age in full years on a reference day, as far as it is recorded."""
        return self.ages.get(reference, self.age_years)

    def minor_on(self, reference: str) -> bool:
        """Under age on a reference day; without an age for that day, as recorded."""
        return self.ages[reference] < ADULT_AGE_YEARS if reference in self.ages else self.minor


@dataclass(frozen=True)
class Granted:
    """An amount granted elsewhere: by another programme, or (programme None) to the same family in another file."""

    amount_minor: int
    currency: str
    programme: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class Circumstances:
    """Facts of the file: numbers such as months of stay, recorded needs and choices, days, help from elsewhere."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict)
    numbers_on: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    destination: str | None = None
    granted: tuple[Granted, ...] = ()

    def number(self, fact: str, reference: str) -> int | None:
        """A number on a reference day, else the one recorded without a day."""
        return self.numbers_on.get(reference, {}).get(fact, self.numbers.get(fact))


def in_order(persons: Sequence[QuotedPerson]) -> list[QuotedPerson]:
    """Who leads the file first, then adults, then by age: those whom a cut reaches last. The order in which they were
    given does not matter. Unaccompanied children have no main applicant: the first of them leads their file."""
    ordered = sorted(persons, key=_place)
    first_ward = next((number for number, person in enumerate(ordered) if person.relation == WARD), None)
    if first_ward is None or any(person.principal for person in ordered):
        return ordered
    leader = replace(ordered.pop(first_ward), relation=MAIN_APPLICANT)
    return [leader, *ordered]


def _place(person: QuotedPerson) -> tuple[bool, bool, int, str]:
    return (not person.principal, person.minor, -(person.age_years or 0), person.person_ref)


def counted_elsewhere(granted: tuple[Granted, ...], currency: str) -> int:
    """What the same family was granted in other files of this programme, in minor units of its currency."""
    return sum(entry.amount_minor for entry in granted if entry.programme is None and entry.currency == currency)


def asked(table: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The names a table asks about, by the word that asks: need, fact, choice, programme, group."""
    found: dict[str, set[str]] = {}
    for name, value in _pairs(table):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                found.setdefault(name, set()).add(each)
    return {name: frozenset(values) for name, values in found.items()}


def only_asked(
    table: Mapping[str, Any], persons: list[QuotedPerson], circumstances: Circumstances
) -> tuple[list[QuotedPerson], Circumstances]:
    """The same facts without those the table does not ask about: what is not needed is not kept."""
    names = asked(table)
    words = {name for name, _ in _pairs(table)}
    numbers, fact = circumstances.numbers, names.get("fact", frozenset())
    kept = replace(
        circumstances,
        numbers={name: value for name, value in numbers.items() if name in fact},
        numbers_on={
            day: {name: value for name, value in values.items() if name in fact}
            for day, values in circumstances.numbers_on.items()
        },
        needs=circumstances.needs & names.get("need", frozenset()),
        choices={name: value for name, value in circumstances.choices.items() if name in names.get("choice", ())},
        destination=circumstances.destination if "destination" in words else None,
    )
    groups = names.get("group", frozenset()) | names.get("not_group", frozenset())
    by_country = any(group.get("countries") for group in table.get("groups", {}).values())
    return [
        replace(
            person,
            citizenships=person.citizenships if by_country else (),
            groups=tuple(sorted(set(person.groups) & groups)),
            assisted=person.assisted if "assisted" in words else None,
        )
        for person in persons
    ], kept


def _pairs(part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield name, value
            yield from _pairs(value)
    for each in part if isinstance(part, list) else ():
        yield from _pairs(each)


def stored(facts: QuotedPerson | Circumstances) -> dict[str, Any]:
    """The facts as JSON, without what is empty."""
    values = {name: value for name, value in asdict(facts).items() if value or isinstance(value, bool)}
    if isinstance(facts, QuotedPerson):
        values |= {"age_years": facts.age_years} | ({"assisted": values.get("assisted", ())} if _looked(facts) else {})
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_plain))
    return plain


def _looked(person: QuotedPerson) -> bool:
    return person.assisted is not None


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value.isoformat()


def person_of(kept: Mapping[str, Any]) -> QuotedPerson:
    """The person of a stored composition."""
    assisted = kept.get("assisted")
    return QuotedPerson(
        kept["person_ref"],
        kept["relation"],
        kept["minor"],
        kept.get("age_years"),
        kept.get("ages", {}),
        tuple(kept.get("citizenships", ())),
        tuple(kept.get("groups", ())),
        None if assisted is None else tuple(Assistance(_day(it["on"]), it["as_minor"]) for it in assisted),
        _day(kept["added_on"]) if kept.get("added_on") else None,
    )


def circumstances_of(kept: Mapping[str, Any]) -> Circumstances:
    """The circumstances of a stored quote."""
    return Circumstances(
        kept.get("numbers", {}),
        frozenset(kept.get("needs", ())),
        kept.get("choices", {}),
        kept.get("numbers_on", {}),
        {name: _day(value) for name, value in kept.get("dates", {}).items()},
        kept.get("destination"),
        tuple(Granted(**entry) for entry in kept.get("granted", ())),
    )


def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def in_words(amount_minor: int, currency: str) -> str:
    """An amount as people write it, with the currency's own number of decimals (ISO 4217)."""
    places = MINOR_UNITS.get(currency, 2)
    whole, rest = divmod(amount_minor, 10**places)
    return f"{whole:,}.{rest:0{places}d} {currency}" if places else f"{whole:,} {currency}"

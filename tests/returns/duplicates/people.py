"""Generates people and the records different clerks make of them, with a seed; what belongs together is known."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

NAMES = Path(__file__).with_name("names.txt")
ORIGINS = {
    "arabic": ("SYR", "IRQ", "TUN", "MAR", "EGY"),
    "cyrillic": ("RUS", "UKR", "KAZ"),
    "latin": ("XKX", "NGA", "GEO"),
}
SHARES = {"arabic": 40, "cyrillic": 30, "latin": 30}
COMMON = 0.8
"""Exponent of the ranks: the first names of a list are carried by many."""


@dataclass(frozen=True)
class Name:
    """A name in its own script and the ways it is spelt."""

    original: str | None
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Human:
    """One invented human being."""

    number: int
    origin: str
    family: Name
    given: tuple[Name, ...]
    sex: int
    born: date
    citizenship: str
    phone: str
    document: str | None


@dataclass
class Record:
    """What one clerk wrote of somebody."""

    human: int
    origin: str
    identity: dict[str, Any] = field(default_factory=dict)
    born: str | None = None
    sex: int = 0
    citizenships: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


def read_names(file: Path = NAMES) -> dict[str, list[Name]]:
    """The lists by their heading."""
    found: dict[str, list[Name]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            names = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            original, _, spellings = line.partition(" | ")
            names.append(Name(None if original == "-" else original, tuple(spellings.split(", "))))
    return found


class Population:
    """Families of invented people, with the twins, namesakes and brothers that make matching hard."""

    names_file: ClassVar[Path] = NAMES
    origins: ClassVar[dict[str, tuple[str, ...]]] = ORIGINS
    shares: ClassVar[dict[str, int]] = SHARES
    second_given_of: ClassVar[frozenset[str]] = frozenset({"arabic"})
    """Where a second name is the father's, so always a man's."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.names = read_names(self.names_file)
        self.count = 0

    def humans(self) -> Iterator[Human]:
        """Without end, family by family."""
        while True:
            origin = self.chance.choices(list(self.shares), weights=list(self.shares.values()))[0]
            family, citizenship = self._one(f"{origin} family"), self.chance.choice(self.origins[origin])
            size = self.chance.choices((1, 2, 3, 4, 5), weights=(55, 15, 12, 10, 8))[0]
            phone = self._digits(9)
            people: list[Human] = []
            for place in range(size):
                human = self._human(origin, family, citizenship, phone, child=place > 1)
                if people and self.chance.random() < 0.06:
                    human = replace(human, born=people[-1].born)  # twins, or a date taken from the next line
                people.append(human)
            yield from people

    def _human(self, origin: str, family: Name, citizenship: str, phone: str, *, child: bool) -> Human:
        self.count += 1
        sex = self.chance.choice((1, 2))
        given = [self._one(f"{origin} given {sex}")]
        if self.chance.random() < 0.3:
            given.append(self._one(f"{origin} given {1 if origin in self.second_given_of else sex}"))
        ages = (0, 17) if child else (18, 60)
        born = date(2026, 1, 1) - timedelta(days=self.chance.randint(ages[0] * 365, ages[1] * 365 + 364))
        if self.chance.random() < (0.15 if origin == "arabic" else 0.03):
            born = born.replace(month=1, day=1)  # registered without a day
        document = self._digits(8) if self.chance.random() < 0.5 else None
        return Human(self.count, origin, family, tuple(given), sex, born, citizenship, phone, document)

    def _one(self, heading: str) -> Name:
        names = self.names[heading]
        return self.chance.choices(names, weights=[1 / (rank + 1) ** COMMON for rank in range(len(names))])[0]

    def _digits(self, count: int) -> str:
        return "".join(self.chance.choices(string.digits, k=count))

    def record(self, human: Human) -> Record:
        """One clerk's record: every field may be written otherwise, be wrong, or be missing."""
        record = Record(human.number, human.origin)
        record.identity = self._identity(human)
        record.born = self._born(human.born)
        record.sex = self._mostly(human.sex, wrong=3 - human.sex, p_wrong=0.01, missing=0, p_missing=0.03)
        if self.chance.random() < 0.9:
            record.citizenships = (human.citizenship,)
        if human.document and self.chance.random() < 0.3:
            record.documents = (f"{human.citizenship}:{human.document}",)
        return record

    def _mostly(self, value: int, *, wrong: int, p_wrong: float, missing: int, p_missing: float) -> int:
        roll = self.chance.random()
        return wrong if roll < p_wrong else missing if roll < p_wrong + p_missing else value

    def _identity(self, human: Human) -> dict[str, Any]:
        given = list(human.given)
        if len(given) > 1 and self.chance.random() < 0.35:
            given.pop()
        spelt = [self._spell(name) for name in given]
        family = self._spell(human.family)
        identity: dict[str, Any] = {"family_name": family, "given_names": " ".join(spelt)}
        if self.chance.random() < 0.05:
            identity = {"family_name": identity["given_names"], "given_names": family}
        original = [name.original for name in (*given, human.family)]
        if all(original) and self.chance.random() < 0.35:
            script = " ".join(str(part) for part in original)
            identity = {"name_in_original_script": script, **({} if self.chance.random() < 0.2 else identity)}
        if self.chance.random() < 0.02:
            identity = {"single_name": spelt[0]}
        if self.chance.random() < 0.25:
            identity["phone"] = f"+41 {human.phone if self.chance.random() < 0.8 else self._digits(9)}"
        return identity

    def _spell(self, name: Name) -> str:
        usual = self.chance.random() < 0.5
        spelling = name.spellings[0] if usual else self.chance.choice(name.spellings)
        return self._slip(spelling) if self.chance.random() < 0.06 else spelling

    def _slip(self, word: str) -> str:
        """One letter dropped, doubled, changed or two changed round."""
        place = self.chance.randrange(1, len(word)) if len(word) > 2 else 0
        kind = self.chance.randrange(4)
        if kind == 0:
            return word[:place] + word[place + 1 :]
        if kind == 1:
            return word[:place] + word[place] + word[place:]
        if kind == 2:
            return word[:place] + self.chance.choice(string.ascii_lowercase) + word[place + 1 :]
        return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :] if place else word

    def _born(self, born: date) -> str | None:
        roll, iso = self.chance.random(), born.isoformat()
        for share, written in (
            (0.78, iso),
            (0.82, f"{born.year}-{born.day:02d}-{born.month:02d}" if born.day <= 12 else iso),
            (0.87, f"{born.year}-01-01"),
            (0.90, f"{born.year + self.chance.choice((-1, 1))}-{iso[5:]}" if iso[5:] != "02-29" else iso),
            (0.93, f"{iso[:8]}{self.chance.randint(1, 28):02d}"),
            (0.96, iso[:4]),
            (0.97, iso[:7]),
        ):
            if roll < share:
                return written
        return None


def make_records(count: int, *, seed: int, again: float = 0.15, people: type[Population] = Population) -> list[Record]:
    """So many records, in random order; this share of the people has been recorded before."""
    population = people(seed)
    records: list[Record] = []
    for human in population.humans():
        if len(records) >= count:
            break
        times = 1 if population.chance.random() >= again else population.chance.choices((2, 3), weights=(85, 15))[0]
        records += [population.record(human) for _ in range(times)]
    population.chance.shuffle(records)
    return records[:count]

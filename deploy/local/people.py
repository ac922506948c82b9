"""Invented families: sizes, ages, names and destinations in believable shares. Nobody here is real."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

FAMILY_NAMES = {
    "GEO": ("Beridze", "Kapanadze", "Lomidze", "Gelashvili", "Tsiklauri", "Maisuradze", "Giorgadze"),
    "NGA": ("Okafor", "Adeyemi", "Balogun", "Eze", "Ibrahim", "Nwosu", "Osagie"),
    "LKA": ("Perera", "Fernando", "Silva", "Rajapaksha", "Kumar", "Nadarajah", "Jayasinghe"),
    "TUN": ("Ben Ali", "Trabelsi", "Gharbi", "Mabrouk", "Jaziri", "Haddad"),
    "SRB": ("Jovanović", "Petrović", "Nikolić", "Marković", "Ilić"),
    "BIH": ("Hadžić", "Kovačević", "Begić", "Delić", "Marić"),
    "MKD": ("Stojanovski", "Petrovski", "Trajkovska", "Ademi"),
    "XKX": ("Krasniqi", "Gashi", "Berisha", "Hoxha", "Shala"),
}
GIVEN_NAMES = {
    1: ("Luka", "Amir", "David", "Samuel", "Nuri", "Tamaz"),
    2: ("Nino", "Amina", "Mariam", "Sara", "Jelena", "Elira"),
}
SHARES = {"GEO": 34, "NGA": 15, "LKA": 14, "TUN": 13, "SRB": 8, "BIH": 5, "MKD": 6, "XKX": 5}
SIZES = {1: 70, 2: 10, 3: 9, 4: 8, 5: 3}


@dataclass(frozen=True)
class Traveller:
    """One invented person."""

    relation: str
    given_names: str
    family_name: str
    sex: int
    born_on: date
    citizenship: str

    def is_adult(self, on: date) -> bool:
        """Eighteen or older on a day."""
        return (on.year - self.born_on.year - ((on.month, on.day) < (self.born_on.month, self.born_on.day))) >= 18


def make_family(chance: random.Random, *, destination: str, today: date) -> list[Traveller]:
    """A family or a single person; the main applicant comes first."""
    size = chance.choices(list(SIZES), weights=list(SIZES.values()))[0]
    surname = chance.choice(FAMILY_NAMES[destination])
    sex = chance.choices((1, 2), weights=(72, 28) if size == 1 else (55, 45))[0]
    people = [_person(chance, "main_applicant", surname, sex, (20, 58), destination, today)]
    if size >= 2:
        alone_with_children = chance.random() < 0.3
        if not alone_with_children:
            people.append(_person(chance, "partner", surname, 3 - sex, (20, 56), destination, today))
        while len(people) < size:
            child_sex = chance.choice((1, 2))
            people.append(_person(chance, "child", surname, child_sex, (0, 17), destination, today))
    return people


def choose_destination(chance: random.Random) -> str:
    """A country of origin, in shares."""
    return chance.choices(list(SHARES), weights=list(SHARES.values()))[0]


def _person(
    chance: random.Random,
    relation: str,
    surname: str,
    sex: int,
    ages: tuple[int, int],
    country: str,
    today: date,
) -> Traveller:
    age_days = chance.randint(ages[0] * 365 + 10, ages[1] * 365)
    return Traveller(
        relation=relation,
        given_names=chance.choice(GIVEN_NAMES[sex]),
        family_name=surname,
        sex=sex,
        born_on=today - timedelta(days=age_days),
        citizenship=country,
    )

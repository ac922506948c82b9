"""People to measure on who were never tuned on: names of other origins, clerks who err otherwise, seeds of their own.

Nobody sets a weight, a rule of hearing or a key by looking at these; whoever did has to make others.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from tests.returns.duplicates.people import Human, Name, Population, Record

NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "kö", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "rz",
    "u": "zi", "v": "cb", "w": "qe", "x": "yc", "y": "x", "z": "tu",
}  # fmt: skip


class HeldOut(Population):
    """Other names and other slips: a neighbouring key, a syllable lost, names run together, a father's name added."""

    names_file: ClassVar[Path] = Path(__file__).with_name("names_held_out.txt")
    origins: ClassVar[dict[str, tuple[str, ...]]] = {
        "persian": ("AFG", "IRN"),
        "south_asian": ("PAK", "BGD", "LKA"),
        "horn_balkan": ("ERI", "ETH", "SRB", "ALB"),
    }
    shares: ClassVar[dict[str, int]] = {"persian": 40, "south_asian": 30, "horn_balkan": 30}
    second_given_of: ClassVar[frozenset[str]] = frozenset({"horn_balkan"})

    def _slip(self, word: str) -> str:
        """The key beside it, a vowel left out, the last letters cut off by a form."""
        kind = self.chance.randrange(3)
        place = self.chance.randrange(len(word))
        if kind == 0 and (near := NEIGHBOURS.get(word[place].lower())):
            return word[:place] + self.chance.choice(near) + word[place + 1 :]
        vowels = [at for at, letter in enumerate(word) if letter in "aeiou"]
        if kind == 1 and vowels:
            gone = self.chance.choice(vowels)
            return word[:gone] + word[gone + 1 :]
        return word[: max(3, len(word) - 2)]

    def _identity(self, human: Human) -> dict[str, Any]:
        identity = super()._identity(human)
        if "family_name" in identity:
            roll = self.chance.random()
            if roll < 0.04:
                father = self._spell(self._one(f"{human.origin} given 1"))
                identity["family_name"] = f"{father} {identity['family_name']}"
            elif roll < 0.08:
                identity["given_names"] = str(identity["given_names"]).replace(" ", "")
            elif roll < 0.14:
                identity["family_name"] = str(identity["family_name"]).upper()
        return identity

    def _born(self, born: date) -> str | None:
        """Calendars of two countries are turned into ours, one day or one year beside it."""
        if self.chance.random() < 0.05:
            shifted = born.toordinal() + self.chance.choice((-1, 1, 365, -365))
            return date.fromordinal(shifted).isoformat()
        return super()._born(born)

    def record(self, human: Human) -> Record:
        """A clerk's record; now and then of somebody who has married and carries another family's name."""
        if human.sex == 2 and self.chance.random() < 0.03:
            human = replace(human, family=self._other_family(human))
        return super().record(human)

    def _other_family(self, human: Human) -> Name:
        return self._one(f"{human.origin} family")


def other_seed(seed: int) -> int:
    """A seed for the names that were tuned on, far from the one that was."""
    return random.Random(seed).getrandbits(31)

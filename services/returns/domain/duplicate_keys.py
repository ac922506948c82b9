"""What a sealed record can be found by: its names in every form, reduced to keys that always hold two things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from services.returns.domain.partial_date import PartialDate
from shared.names import folded, hearings, sounds

PHONE_DIGITS = 9
Words = tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One way a person's name is written: the family's words and the given ones; all in one where nobody said which."""

    family: Words
    given: Words

    @property
    def words(self) -> Words:
        """All of them."""
        return self.family + self.given


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a record says of a person, as far as it can be compared."""

    forms: tuple[Form, ...]
    born: PartialDate | None = None
    sex: int = 0
    citizenships: frozenset[str] = frozenset()
    phone: str | None = None
    documents: frozenset[str] = frozenset()


def describe(
    identity: Mapping[str, Any],
    *,
    born: PartialDate | None,
    sex: int,
    citizenships: Iterable[str] = (),
    documents: Iterable[str] = (),
) -> Description:
    """The comparable part of a record; names in every form that is known."""
    family, given = (folded(identity.get(name) or "") for name in ("family_name", "given_names"))
    forms = [Form(family, given)]
    forms += [Form((), folded(identity.get(name) or "")) for name in ("single_name", "name_in_original_script")]
    if identity.get("transliteration_by") != "machine":
        forms.append(Form((), folded(identity.get("transliteration") or "")))
    digits = re.sub(r"\D", "", identity.get("phone") or "")
    return Description(
        forms=tuple(dict.fromkeys(form for form in forms if form.words)),
        born=born,
        sex=sex if sex in (1, 2) else 0,
        citizenships=frozenset(code for code in citizenships if code not in ("XXX", "XXA")),
        phone=digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else None,
        documents=frozenset(documents),
    )


def keys(person: Description, *, asking: bool = False) -> set[str]:
    """What the record is found by: a name with something else, or two names; asking is more generous."""
    return {key for form in person.forms for key in _keys_of(form, person, asking)} | {
        *(f"document|{number}" for number in person.documents),
        *((f"phone|{person.phone}",) if person.phone else ()),
    }


def _keys_of(form: Form, person: Description, asking: bool) -> Iterator[str]:
    heard = [sorted(hearings(word)) or [word] for word in form.words]
    pairs = {tuple(sorted((one, other))) for a, b in combinations(heard, 2) for one in a for other in b}
    born, years = person.born, _years(person.born, asking)
    for one, other in sorted(pairs):
        yield f"names|{one}|{other}|{person.sex}"
        yield from (f"year|{one}|{other}|{year}" for year in years)
        if born is not None and born.day is not None:
            yield f"day|{one}|{other}|{_either_way(born)}"
    if born is not None and born.day is not None and (born.month, born.day) != (1, 1):
        for one in sorted({one for each in heard for one in each}):
            yield f"born|{one}|{born.year}|{_either_way(born)}"
            yield f"start|{one[0]}|{born.year}|{_either_way(born)}"
    for joined in (form.words, form.given + form.family):
        yield from (f"whole|{sounds(''.join(joined))}|{year}" for year in years)


def _years(born: PartialDate | None, asking: bool) -> list[int]:
    if born is None:
        return []
    return [born.year - 1, born.year, born.year + 1] if asking else [born.year]


def _either_way(born: PartialDate) -> str:
    """Day and month in no order: one clerk writes the month first."""
    return "|".join(str(part) for part in sorted((born.month or 0, born.day or 0)))


def name_keys(person: Description) -> set[str]:
    """The keys of names alone: how many records share one says how common the name is here."""
    return {key for key in keys(person) if key.startswith("names|")}

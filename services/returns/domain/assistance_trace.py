"""By what somebody who was erased can still be recognised as helped before: only things that are strong together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, product

from services.returns.domain.duplicate_keys import Description, Form
from shared.names import hearings

MOST_SPELLINGS = 64
"""Of one form of a name; a longer one has more ways of being read than anybody needs to be found."""


def strong_compounds(person: Description) -> set[str]:
    """A travel document with its issuer; two names as they are heard with the whole birth date and the sex.

    Born on the first of January is often a guess, so that there all names are needed. A record without a whole birth
    date and without a document has none: it cannot be recognised, and nobody is taken for somebody else.
    """
    found = {f"document|{number}" for number in person.documents}
    for form in person.forms:
        found.update(_of_form(form, person))
    return found


def _of_form(form: Form, person: Description) -> Iterator[str]:
    born = person.born
    if born is None or born.day is None or len(form.words) < 2:
        return
    heard = [sorted(hearings(word)) or [word] for word in form.words]
    guessed = (born.month, born.day) == (1, 1)
    chosen = [heard] if guessed else [list(pair) for pair in combinations(heard, 2)]
    spelt = (spelling for words in chosen for spelling in product(*words))
    for spelling in islice(spelt, MOST_SPELLINGS):
        yield f"{'all' if guessed else 'two'}|{'|'.join(sorted(spelling))}|{born}|{person.sex}"

"""What is different between two versions of a rule table, entry by entry and field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LISTS = ("eligibility", "rules", "offsets", "caps")
SINGLE = ("currency", "quote_valid_days", "rounding", "groups", "late_persons")


@dataclass(frozen=True)
class Difference:
    """One field that is not the same; an entry that is new or gone is one difference with the whole entry."""

    part: str
    entry: str | None
    change: str
    field: str | None
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """In the order of the tables; empty when they say the same."""
    found: list[Difference] = []
    for part in SINGLE:
        if before.get(part) != after.get(part):
            found.append(Difference(part, None, _change(before, after, part), None, before.get(part), after.get(part)))
    for part in LISTS:
        old, new = _named(before.get(part, ()), part), _named(after.get(part, ()), part)
        for name in dict.fromkeys((*old, *new)):
            found += _entry(part, name, old.get(name), new.get(name))
    return found


def _entry(part: str, name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Difference]:
    if old is None or new is None:
        yield Difference(part, name, "added" if old is None else "removed", None, old, new)
        return
    for field in dict.fromkeys((*old, *new)):
        if old.get(field) != new.get(field):
            yield Difference(part, name, _change(old, new, field), field, old.get(field), new.get(field))


def _change(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> str:
    if name in old and name in new:
        return "changed"
    return "added" if name in new else "removed"


def _named(entries: Any, part: str) -> dict[str, Mapping[str, Any]]:
    """By id; a cap or offset without one goes by its place."""
    return {entry.get("id") or f"{part.removesuffix('s')}-{number + 1}": entry for number, entry in enumerate(entries)}

"""The values that a coded message may hold: a day around today, a code of a closed list, a reference; nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,80}")
ARTICLE = re.compile(r"[0-9]{1,4}[a-z]{0,3}(\([0-9a-z]{1,4}\)){0,3}")
DAYS_BACK, DAYS_AHEAD = 731, 731
"""A fact is of the last two years or of the next two: what is older could be a date of birth."""
RETAINED_YEARS = 100


@dataclass(frozen=True)
class Day:
    """A day around today, or, `ahead`, a day until which something is kept."""

    ahead: bool = False

    def holds(self, value: Any, today: date) -> bool:
        """Whether this is a day in its one spelling and within bounds."""
        try:
            found = date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return False
        if found is None or found.isoformat() != value:
            return False
        if self.ahead:
            return today <= found and found.year <= today.year + RETAINED_YEARS
        return -DAYS_BACK <= (found - today).days <= DAYS_AHEAD

    def schema(self) -> dict[str, Any]:
        """For the OpenAPI document."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class OneOf:
    """One code of a closed list."""

    codes: tuple[str, ...]

    def holds(self, value: Any, _today: date) -> bool:
        """Whether it is on the list."""
        return isinstance(value, str) and value in self.codes

    def schema(self) -> dict[str, Any]:
        """For the OpenAPI document."""
        return {"type": "string", "enum": list(self.codes)}


@dataclass(frozen=True)
class EarlierMessage:
    """The sender's own earlier message, by its webhook-id or by the id we answered with."""

    def holds(self, value: Any, _today: date) -> bool:
        """Whether it has the form of a reference; that it exists is looked up."""
        return isinstance(value, str) and REFERENCE.fullmatch(value) is not None

    def schema(self) -> dict[str, Any]:
        """For the OpenAPI document."""
        return {"type": "string", "pattern": f"^{REFERENCE.pattern}$"}


@dataclass(frozen=True)
class Several:
    """Some codes of a closed list, each once."""

    codes: tuple[str, ...]

    def holds(self, value: Any, _today: date) -> bool:
        """Whether all are on the list."""
        if not isinstance(value, list) or not 0 < len(value) <= len(self.codes):
            return False
        return all(isinstance(code, str) and code in self.codes for code in value) and len(set(value)) == len(value)

    def schema(self) -> dict[str, Any]:
        """For the OpenAPI document."""
        items = {"type": "string", "enum": list(self.codes)}
        return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}


@dataclass(frozen=True)
class Article:
    """The number of an article of law, without words: 12, 12a, 12a(3); the law is that of the sender's country."""

    def holds(self, value: Any, _today: date) -> bool:
        """Whether it has the form of one."""
        return isinstance(value, str) and ARTICLE.fullmatch(value) is not None

    def schema(self) -> dict[str, Any]:
        """For the OpenAPI document."""
        return {"type": "string", "pattern": f"^{ARTICLE.pattern}$"}


Fact = Day | OneOf | EarlierMessage | Several | Article

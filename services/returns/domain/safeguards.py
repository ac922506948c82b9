"""What must be in place for a vulnerable person: which safeguards an indicator opens, who settles them, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Before = Literal["decision", "journey"]
Outcome = Literal["in_place", "declined_by_person", "not_needed"]
PROTECTION = "protection_officer"
"""Sees everything, and alone may say that a safeguard is not needed after all."""


@dataclass(frozen=True, kw_only=True)
class Safeguard:
    """One safeguard: what it waits for, and for whom to settle it; `earliest_days` after it was opened."""

    indicator: str
    safeguard: str
    before: Before
    settled_by: tuple[str, ...]
    earliest_days: int = 0
    may_decline: bool = False


@dataclass(frozen=True, kw_only=True)
class SafeguardRules:
    """One dated version of the table, with its sources."""

    version: str
    sources: tuple[str, ...]
    safeguards: Mapping[str, tuple[Safeguard, ...]]
    medical_clearance_for: tuple[str, ...]

    def find(self, indicator: str, safeguard: str) -> Safeguard | None:
        """One entry, if this version has it."""
        return next((entry for entry in self.safeguards.get(indicator, ()) if entry.safeguard == safeguard), None)

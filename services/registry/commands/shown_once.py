"""A row of which its owner is shown something once, when it is made, and never again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from shared.database.tables import Row

OfRow = TypeVar("OfRow", bound=Row)


@dataclass(frozen=True)
class ShownOnce(Generic[OfRow]):
    """What was made, and its shared secret if there is one to show now; a replay has none."""

    row: OfRow
    secret: str | None = None

    @property
    def id(self) -> UUID:
        """The row's id."""
        return self.row.id

    @property
    def version(self) -> int:
        """The row's version."""
        return self.row.version

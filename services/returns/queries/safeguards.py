"""Safeguards of a file: protection officers see which they are, others only that one is pending."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.safeguards import PROTECTION
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.safeguards import kinds_of, safeguard_rules
from shared.database.unit_of_work import UnitOfWork


class SafeguardShown(BaseModel):
    """One safeguard; what it is for is shown to protection officers and to who settles it."""

    safeguard_id: UUID
    person_ref: str
    before: str = Field(description="What waits for it: the decision or the journey.")
    pending: bool = Field(description="It is not settled yet.")
    indicator: str | None = Field(default=None, description="What was seen; null for who need not know.")
    safeguard: str | None = Field(default=None, description="What must be in place; null for who need not know.")
    settled_by_roles: list[str] = Field(default_factory=list, description="Roles that may settle it.")
    opened_on: date | None = Field(default=None, description="Day it was opened.")
    outcome: str | None = Field(default=None, description="What became of it.")
    sources: list[str] = Field(default_factory=list, description="Where the rule comes from.")


async def safeguards_shown(uow: UnitOfWork, file: CaseFile) -> list[SafeguardShown]:
    """Oldest first; opening which they are is audited."""
    refs = {person.id: person.person_ref for person in file.persons}
    kinds = await kinds_of(uow, file.safeguards, purpose="safeguards")
    shown = []
    for row in file.safeguards:
        entry = SafeguardShown(
            safeguard_id=row.id, person_ref=refs[row.person_id], before=row.before, pending=row.outcome is None
        )
        kind = kinds.get(row.id)
        if kind is not None and any(uow.actor.has(role) for role in (PROTECTION, *kind.settled_by)):
            entry = entry.model_copy(
                update={
                    "indicator": kind.indicator,
                    "safeguard": kind.safeguard,
                    "settled_by_roles": list(kind.settled_by),
                    "opened_on": row.opened_on,
                    "outcome": row.outcome,
                    "sources": list(safeguard_rules(row.rules_version).sources),
                }
            )
        shown.append(entry)
    return shown

"""Who may ask registry about a case: its office, its deciding authority, and who runs its programme."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

OFFICE_ROLES = ("caseworker", "office_lead", "protection_officer")
AUTHORITY_ROLES = ("case_officer", "protection_officer")


class Case(Protocol):
    """Where a case belongs."""

    office_id: str | None
    authority_id: str | None
    programme_id: UUID | None


class Actor(Protocol):
    """What must be known of the caller."""

    @property
    def offices(self) -> frozenset[str]:
        """Offices the caller works for."""
        ...

    @property
    def programmes(self) -> frozenset[str]:
        """Programmes the caller runs."""
        ...

    @property
    def authority_id(self) -> str | None:
        """Authority the caller decides for."""
        ...

    def has(self, role: str) -> bool:
        """Whether this role was given."""
        ...


def may_ask_about(actor: Actor, case: Case | None) -> bool:
    """Whether the case is the caller's; one that is not known is nobody's."""
    if case is None:
        return False
    office = any(actor.has(role) for role in OFFICE_ROLES) and case.office_id in actor.offices
    decides = any(actor.has(role) for role in AUTHORITY_ROLES) and actor.authority_id is not None
    runs = actor.has("programme_manager") and str(case.programme_id) in actor.programmes
    return office or (decides and actor.authority_id == case.authority_id) or runs

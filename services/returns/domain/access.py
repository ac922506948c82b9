"""Who may see and touch a case; outside that, it looks absent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from services.returns.domain.case_view import State


class Scoped(Protocol):
    """What the policies need to know of a case."""

    office_id: str
    authority_id: str
    state: str
    partner_id: UUID | None


class Actor(Protocol):
    """What the policies need to know of the caller."""

    @property
    def offices(self) -> frozenset[str]:
        """Offices the caller works for."""
        ...

    @property
    def authority_id(self) -> str | None:
        """Authority the caller decides for."""
        ...

    @property
    def partner_id(self) -> str | None:
        """Partner the caller speaks for."""
        ...

    def has(self, role: str) -> bool:
        """Whether this role was given."""
        ...


OFFICE_ROLES = (
    "caseworker",
    "office_lead",
    "travel_officer",
    "medical_officer",
    "protection_officer",
    "best_interests_panel",
)
AUTHORITY_ROLES = (
    "case_officer",
    "travel_officer",
    "medical_officer",
    "protection_officer",
    "best_interests_panel",
)


def in_office(actor: Actor, case: Scoped) -> bool:
    """Somebody of the office that keeps the file."""
    return any(actor.has(role) for role in OFFICE_ROLES) and case.office_id in actor.offices


def in_authority(actor: Actor, case: Scoped) -> bool:
    """Somebody of the deciding authority, from submission on."""
    concerned = any(actor.has(role) for role in AUTHORITY_ROLES) and actor.authority_id == case.authority_id
    return concerned and actor.authority_id is not None and case.state != State.DRAFT


def is_partner(actor: Actor, case: Scoped) -> bool:
    """The reintegration partner named on the case, from departure on."""
    after = (State.DEPARTED, State.ARRIVED, State.HANDED_OVER, State.CLOSED, State.RETURN_FAILED)
    return is_named_partner(actor, case) and case.state in after


def is_named_partner(actor: Actor, case: Scoped) -> bool:
    """The reintegration partner named on the case, whatever its state."""
    named = case.partner_id is not None and actor.partner_id == str(case.partner_id)
    return actor.has("reintegration_partner") and named


def may_read(actor: Actor, case: Scoped) -> bool:
    """The office and, from submission on, the authority."""
    return in_office(actor, case) or in_authority(actor, case)


def may_work(actor: Actor, case: Scoped) -> bool:
    """Whoever may read may also act, within the roles of each transition."""
    return may_read(actor, case)


def may_confirm_arrival(actor: Actor, case: Scoped) -> bool:
    """Those who may work on it, and the partner on the spot; no state agency is needed to unlock help."""
    return may_read(actor, case) or is_partner(actor, case)


class OfOffice(Protocol):
    """Something an office keeps beside its cases."""

    office_id: str


def may_run_import(actor: Actor, thing: OfOffice) -> bool:
    """Those who open files in the office that the import is for."""
    return (actor.has("caseworker") or actor.has("office_lead")) and thing.office_id in actor.offices


Policy = Callable[[Actor, Scoped], bool]

"""Who may see and touch what; outside of it things look absent."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from shared.auth.principal import Principal


@dataclass(frozen=True, kw_only=True)
class CaseScope:
    """Where a case belongs: its office, programme, assigned partner, and providers of its measures."""

    office_id: str | None
    programme_id: UUID | None
    partner_id: UUID | None
    provider_ids: frozenset[UUID] = field(default_factory=frozenset)


def is_caseworker_of(actor: Principal, scope: CaseScope) -> bool:
    """The case is one of the actor's office."""
    return actor.has("caseworker") and scope.office_id in actor.offices


def is_finance_of(actor: Principal, scope: CaseScope) -> bool:
    """The actor handles money or runs the programme of the case."""
    claimed = actor.has("finance_officer") or actor.has("programme_manager")
    return claimed and scope.programme_id is not None and str(scope.programme_id) in actor.programmes


def is_finance_officer_of(actor: Principal, scope: CaseScope) -> bool:
    """The actor is a finance officer of the programme of the case."""
    return actor.has("finance_officer") and is_finance_of(actor, scope)


def is_programme_manager_of(actor: Principal, scope: CaseScope) -> bool:
    """The actor manages the programme of the case."""
    return actor.has("programme_manager") and is_finance_of(actor, scope)


def is_partner_of(actor: Principal, scope: CaseScope) -> bool:
    """The actor's organisation is assigned to the plan."""
    return actor.has("reintegration_partner") and same(actor.partner_id, scope.partner_id)


def is_provider_of(actor: Principal, scope: CaseScope) -> bool:
    """The actor's organisation provides a measure of the plan."""
    return actor.has("provider") and any(same(actor.provider_id, each) for each in scope.provider_ids)


def may_see_case(actor: Principal, scope: CaseScope) -> bool:
    """Everybody with a part in the case."""
    return (
        is_caseworker_of(actor, scope)
        or is_finance_of(actor, scope)
        or is_partner_of(actor, scope)
        or is_provider_of(actor, scope)
    )


def may_see_or_be_asked(actor: Principal, scope: CaseScope) -> bool:
    """A provider that is asked need not have a part in the case yet; whether it is, the referral itself says."""
    return actor.has("provider") or may_see_case(actor, scope)


def may_support(actor: Principal, scope: CaseScope) -> bool:
    """Those who draw up and follow the plan."""
    return is_caseworker_of(actor, scope) or is_partner_of(actor, scope)


def may_assign(actor: Principal, scope: CaseScope) -> bool:
    """Those who choose the partner of a plan."""
    return is_caseworker_of(actor, scope) or is_programme_manager_of(actor, scope)


def may_request(actor: Principal, scope: CaseScope) -> bool:
    """Those who may ask for a payment."""
    return may_support(actor, scope) or is_provider_of(actor, scope)


def may_deliver(actor: Principal, scope: CaseScope) -> bool:
    """Those who may record what was delivered."""
    return may_support(actor, scope) or is_provider_of(actor, scope)


def may_oversee(actor: Principal, scope: CaseScope) -> bool:
    """Those who draw up the plan and those who run the programme."""
    return may_support(actor, scope) or is_finance_of(actor, scope)


def may_oversee_without_consent(actor: Principal, scope: CaseScope) -> bool:
    """The office and the programme decide on the help themselves; a partner is told with consent only."""
    return is_caseworker_of(actor, scope) or is_finance_of(actor, scope)


def funds_own_programmes(actor: Principal, programme_ids: frozenset[UUID]) -> bool:
    """Every programme of a new budget is the actor's."""
    return bool(programme_ids) and {str(each) for each in programme_ids} <= actor.programmes


def funds_one_of_mine(actor: Principal, programme_ids: frozenset[UUID]) -> bool:
    """A budget is visible to whoever has one of its programmes."""
    return not actor.programmes.isdisjoint(str(each) for each in programme_ids)


def same(claim: str | None, owner: UUID | None) -> bool:
    """A claim of the token names this owner; nothing equals nothing is no match."""
    return claim is not None and owner is not None and claim == str(owner)

"""Payments: the table of states, who must be different people, and what each phase demands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.reintegration.domain.assistance_line import Phase
from services.reintegration.domain.transitions import Table, Transition, walk
from shared.errors import Missing


class PaymentState(StrEnum):
    """Where a payment stands."""

    REQUESTED = "REQUESTED"
    CERTIFIED = "CERTIFIED"
    AUTHORISED = "AUTHORISED"
    INSTRUCTED = "INSTRUCTED"
    SETTLED = "SETTLED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    REVERSED = "REVERSED"


class PayeeKind(StrEnum):
    """Grants go to beneficiaries; invoices to third parties, who are owed whatever becomes of the case."""

    BENEFICIARY = "beneficiary"
    THIRD_PARTY = "third_party"


S = PaymentState
PAYMENT: Table = {
    "certify": Transition(frozenset({S.REQUESTED}), S.CERTIFIED),
    "authorise": Transition(frozenset({S.CERTIFIED}), S.AUTHORISED),
    "instruct": Transition(frozenset({S.AUTHORISED}), S.INSTRUCTED),
    "settle": Transition(frozenset({S.INSTRUCTED}), S.SETTLED),
    "fail": Transition(frozenset({S.REQUESTED, S.CERTIFIED, S.AUTHORISED, S.INSTRUCTED}), S.FAILED),
    "cancel": Transition(frozenset({S.REQUESTED, S.CERTIFIED, S.AUTHORISED}), S.CANCELLED),
    "reverse": Transition(frozenset({S.SETTLED}), S.REVERSED),
    "repeat": Transition(frozenset({S.FAILED}), S.INSTRUCTED),
    "change-payee": Transition(frozenset({S.FAILED}), None),
    "request-anew": Transition(frozenset({S.FAILED}), None),
    "take-up-again": Transition(frozenset({S.CANCELLED}), S.REQUESTED),
    "charge-loss": Transition(frozenset({S.SETTLED}), None),
}
AFTER_ARRIVAL = frozenset({Phase.POST_ARRIVAL, Phase.POST_RETURN})
"""Phases whose money starts with the arrival."""
PENDING = frozenset({S.REQUESTED, S.CERTIFIED, S.AUTHORISED, S.INSTRUCTED})
AUTHORISED_UNPAID = frozenset({S.AUTHORISED, S.INSTRUCTED})
LIVE = PENDING | {S.SETTLED}


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """The facts a payment is judged by."""

    payee_kind: str
    approved: bool
    ended: bool
    on_record: bool
    reserved: bool
    arrived_on: date | None
    plan_active: bool
    plan_was_active: bool

    @property
    def incurred(self) -> bool:
        """An invoice of a third party that was due when it was asked for."""
        return self.on_record and self.payee_kind == PayeeKind.THIRD_PARTY


Check = Callable[[Circumstances], bool]
CHECKS: Mapping[str, tuple[Check, str]] = {
    "case-approved": (lambda facts: facts.approved, "The case has not been approved."),
    "funds-reserved": (lambda facts: facts.reserved, "No funds are reserved for the case."),
    "case-not-ended": (
        lambda facts: not facts.ended or facts.payee_kind == PayeeKind.THIRD_PARTY,
        "The case has ended; only invoices of third parties are still payable.",
    ),
    "arrived": (lambda facts: facts.arrived_on is not None or facts.incurred, "The arrival has not been confirmed."),
    "plan-active": (
        lambda facts: (
            facts.plan_active or facts.incurred or (facts.plan_was_active and facts.payee_kind == PayeeKind.THIRD_PARTY)
        ),
        "The plan is not active: it must be approved and the arrival confirmed.",
    ),
}
ALWAYS = ("case-approved", "funds-reserved", "case-not-ended")
DEMANDS: Mapping[str, tuple[str, ...]] = {
    Phase.PRE_DEPARTURE: ALWAYS,
    Phase.TRAVEL: ALWAYS,
    Phase.DEPARTURE_CASH: ALWAYS,
    Phase.POST_ARRIVAL: (*ALWAYS, "arrived"),
    Phase.POST_RETURN: (*ALWAYS, "plan-active"),
    Phase.COMMUNITY: ALWAYS,
}


def missing_for(phase: str, facts: Circumstances) -> list[Missing]:
    """What stands between a line of this phase and a payment."""
    return [Missing(code, CHECKS[code][1]) for code in DEMANDS[phase] if not CHECKS[code][0](facts)]


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Who has handled a payment so far."""

    requested_by: str
    certified_by: str | None = None


def same_hands(hands: Hands, acting: str) -> list[Missing]:
    """Requester, certifier and authoriser are three different people."""
    found = []
    if acting == hands.requested_by:
        found.append(
            Missing("other-than-requester", "Whoever requested a payment neither certifies nor authorises it.")
        )
    if acting == hands.certified_by:
        found.append(Missing("other-than-certifier", "Whoever certified a payment does not authorise it."))
    return found


def missing_while_held(held_since: date | None) -> list[Missing]:
    """A payment of a suspended provider waits until it takes part again or finance lifts the hold."""
    if held_since is None:
        return []
    return [Missing("not-held", "The provider is suspended: the payment is held until finance lifts the hold.")]


def step(name: str, state: str, missing: list[Missing] | None = None) -> str:
    """The payment's state after a step; raises TransitionRefused."""
    return walk(PAYMENT, name, state, missing or [])

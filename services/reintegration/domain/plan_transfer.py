"""Moving a plan to another partner: the table of its states, and what stands in the way of a plan.

The giver stays responsible until there is a receipt, so that no family is ever between two partners.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from services.reintegration.domain.plan import UNFINISHED
from services.reintegration.domain.transitions import Table, Transition, walk
from shared.errors import Missing


class TransferState(StrEnum):
    """Where a transfer stands."""

    ASKED = "ASKED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    NOT_POSSIBLE = "NOT_POSSIBLE"


S = TransferState
PLAN_TRANSFER: Table = {
    "offer": Transition(frozenset({S.ASKED, S.NOT_POSSIBLE}), S.OFFERED),
    "set-aside": Transition(frozenset({S.ASKED, S.NOT_POSSIBLE}), S.NOT_POSSIBLE),
    "accept": Transition(frozenset({S.OFFERED}), S.ACCEPTED),
    "decline": Transition(frozenset({S.OFFERED}), S.DECLINED),
    "hand-over": Transition(frozenset({S.ACCEPTED}), S.COMPLETED),
    "cancel": Transition(frozenset({S.OFFERED, S.ACCEPTED}), S.CANCELLED),
}
OPEN = frozenset({S.OFFERED, S.ACCEPTED})
Reason = Literal["moved", "contract_ended", "organisation_suspended", "family_wish", "nearer_partner"]
Obstacle = Literal["partner-works-elsewhere", "transfer-open", "plan-over", "another-giver"]


@dataclass(frozen=True, kw_only=True)
class TransferFacts:
    """What a transfer is judged by."""

    plan_state: str
    destination: str | None
    receiver_countries: tuple[str, ...]
    transfer_open: bool


def obstacle_of(facts: TransferFacts) -> Obstacle | None:
    """Why a plan cannot move to this receiver; None when it can. No countries: the receiver works everywhere."""
    if facts.plan_state not in UNFINISHED:
        return "plan-over"
    if facts.transfer_open:
        return "transfer-open"
    if facts.receiver_countries and facts.destination not in facts.receiver_countries:
        return "partner-works-elsewhere"
    return None


def missing_to_hand_over(*, plan_state: str, still_with_giver: bool) -> list[Missing]:
    """The plan must still be there, and still with the giver."""
    found = []
    if plan_state not in UNFINISHED:
        found.append(Missing("plan-over", "The plan has ended meanwhile; cancel the transfer."))
    if not still_with_giver:
        found.append(Missing("another-giver", "The plan is with another partner by now; cancel the transfer."))
    return found


def step(name: str, state: str, missing: list[Missing] | None = None) -> str:
    """The transfer's state after a step; raises TransitionRefused."""
    return walk(PLAN_TRANSFER, name, state, missing or [])

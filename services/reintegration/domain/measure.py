"""Measures: one piece of support each, planned, delivered, and verified by somebody else."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from services.reintegration.domain.assistance_line import Phase
from services.reintegration.domain.plan import PlanState
from services.reintegration.domain.transitions import Table, Transition, walk
from shared.errors import Missing


class MeasureState(StrEnum):
    """Where a measure stands."""

    PLANNED = "PLANNED"
    IN_DELIVERY = "IN_DELIVERY"
    DELIVERED = "DELIVERED"
    VERIFIED = "VERIFIED"
    CANCELLED = "CANCELLED"


class Category(StrEnum):
    """Kinds of support of the European reintegration programme, and immediate help."""

    BUSINESS_START_UP = "business_start_up"
    HOUSING = "housing"
    MEDICAL = "medical"
    PSYCHOSOCIAL = "psychosocial"
    EDUCATION_LANGUAGE = "education_language"
    TRAINING = "training"
    JOB_SEARCH = "job_search"
    LEGAL_SOCIAL = "legal_social"
    FAMILY_REUNIFICATION = "family_reunification"
    IMMEDIATE_ASSISTANCE = "immediate_assistance"


class Level(StrEnum):
    """Whom a measure serves."""

    INDIVIDUAL = "individual"
    COMMUNITY = "community"
    STRUCTURAL = "structural"


S = MeasureState
MEASURE: Table = {
    "start": Transition(frozenset({S.PLANNED}), S.IN_DELIVERY),
    "deliver": Transition(frozenset({S.IN_DELIVERY}), S.DELIVERED),
    "verify": Transition(frozenset({S.DELIVERED}), S.VERIFIED),
    "cancel": Transition(frozenset({S.PLANNED, S.IN_DELIVERY}), S.CANCELLED),
    "take-back-start": Transition(frozenset({S.IN_DELIVERY}), S.PLANNED),
    "take-back-delivery": Transition(frozenset({S.DELIVERED}), S.IN_DELIVERY),
    "take-up-again": Transition(frozenset({S.CANCELLED}), S.PLANNED),
    "go-on": Transition(frozenset({S.CANCELLED}), S.IN_DELIVERY),
    "replace-provider": Transition(frozenset({S.PLANNED, S.IN_DELIVERY}), S.PLANNED),
}
OPEN = frozenset({S.PLANNED, S.IN_DELIVERY, S.DELIVERED})
UNDELIVERED = frozenset({S.PLANNED, S.IN_DELIVERY})
"""What a provider still has to do; only that is held when it is suspended."""
APPROVED = frozenset({PlanState.APPROVED, PlanState.ACTIVE, PlanState.DORMANT})
"""Where a plan that was approved stands while its measures are to be carried out."""


def is_order(*, phase: str | None, plan_state: str, approved_on: date | None) -> bool:
    """Whether the partner is to see to it: under an approved plan, or as help of the first days, which needs none."""
    approved = approved_on is not None and plan_state in APPROVED
    return approved or phase == Phase.POST_ARRIVAL


def missing_to_start(*, phase: str | None, plan_state: str, arrived: bool) -> list[Missing]:
    """Help of the first days starts on arrival; everything else when the plan is active."""
    if phase == Phase.POST_ARRIVAL:
        return [] if arrived else [Missing("arrived", "The arrival has not been confirmed.")]
    if plan_state != PlanState.ACTIVE:
        return [Missing("plan-active", "The plan is not active: it must be approved and the arrival confirmed.")]
    return []


def missing_while_held(held_since: date | None, on: date) -> list[Missing]:
    """Nothing begins or goes on with a suspended provider; what was done before that day may still be recorded."""
    if held_since is None or on < held_since:
        return []
    return [Missing("not-held", "The provider is suspended: the measure is held. Choose another provider.")]


def missing_to_replace(held_since: date | None, *, refused: bool) -> list[Missing]:
    """The provider of a measure changes when the one it has is suspended, took nobody, or the person does not want to
    go there."""
    if held_since is not None or refused:
        return []
    return [Missing("held", "The provider is neither suspended nor was it refused; cancel and plan anew.")]


def missing_to_verify(*, delivered_by: str | None, acting: str) -> list[Missing]:
    """Whoever delivered does not confirm it."""
    if acting == delivered_by:
        return [Missing("other-than-deliverer", "Whoever recorded the delivery does not verify it.")]
    return []


def step(name: str, state: str, missing: list[Missing] | None = None) -> str:
    """The measure's state after a step; raises TransitionRefused."""
    return walk(MEASURE, name, state, missing or [])

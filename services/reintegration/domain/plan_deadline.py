"""The days by which the partner of a plan is to have done something, and when such a day is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from services.reintegration.domain.plan import AFTER_ARRIVAL, PlanState
from services.reintegration.domain.plan_rules import PlanRules, next_rung_on


class Deadline(StrEnum):
    """What is to be done by the day: meet the family, have the plan approved, take up a plan that rests."""

    FIRST_CONTACT = "first_contact"
    PLAN_ACTIVE = "plan_active"
    REVIVAL = "revival"


RUNS_IN: Mapping[Deadline, frozenset[PlanState]] = {
    Deadline.FIRST_CONTACT: AFTER_ARRIVAL,
    Deadline.PLAN_ACTIVE: AFTER_ARRIVAL - {PlanState.ACTIVE},
    Deadline.REVIVAL: frozenset({PlanState.DORMANT}),
}
"""Where a plan stands while the day counts; of a plan that has ended none does."""


@dataclass(frozen=True, kw_only=True)
class DeadlineRules:
    """How many calendar days before its day each deadline is told of."""

    version: str
    lead_days: Mapping[Deadline, int]


class Plan(Protocol):
    """What counts of a plan."""

    state: str
    due_on: date | None
    first_contact_on: date | None
    contact_from: date | None
    contact_rungs_told: int
    revivable_until: date | None


def running(plan: Plan, rules: PlanRules) -> dict[Deadline, date]:
    """The day of each deadline that counts now."""
    days = {
        Deadline.FIRST_CONTACT: _first_contact(plan, rules),
        Deadline.PLAN_ACTIVE: plan.due_on,
        Deadline.REVIVAL: plan.revivable_until,
    }
    return {name: day for name, day in days.items() if day is not None and plan.state in RUNS_IN[name]}


def is_near(due_on: date, *, lead_days: int, today: date) -> bool:
    """From that many days before until the day itself; what is over is near no more."""
    return due_on - timedelta(days=lead_days) <= today <= due_on


def _first_contact(plan: Plan, rules: PlanRules) -> date | None:
    if plan.contact_from is None or plan.first_contact_on is not None:
        return None
    return next_rung_on(rules, since=plan.contact_from, told=plan.contact_rungs_told)

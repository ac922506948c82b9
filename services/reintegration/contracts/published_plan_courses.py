"""Events about the courses a plan takes beside the usual one: first contact, rest and revival, change and transfer."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from services.reintegration.contracts import examples
from shared.events.contract import EventContract


class _Plan(EventContract):
    example: ClassVar[dict[str, Any]] = {
        "plan_id": examples.PLAN,
        "case_id": examples.CASE,
        "on": "2026-03-02",
    }
    plan_id: UUID
    case_id: UUID
    on: date


class PlanFirstContact(_Plan):
    """The partner met the family for the first time."""

    event_type: ClassVar[str] = "reintegration.plan.first-contact.v1"


class PlanBecameDormant(_Plan):
    """Nobody was reached by the end of the ladder: the plan rests and can be revived."""

    event_type: ClassVar[str] = "reintegration.plan.became-dormant.v1"


class PlanRevived(_Plan):
    """Somebody of a plan that rested was reached: it goes on."""

    event_type: ClassVar[str] = "reintegration.plan.revived.v1"


class PlanAssigned(_Plan):
    """A first partner accompanies the family."""

    event_type: ClassVar[str] = "reintegration.plan.assigned.v1"
    example: ClassVar[dict[str, Any]] = {**_Plan.example, "partner_id": examples.PARTNER}
    partner_id: UUID


class PlanTransferred(_Plan):
    """Another partner accompanies the family from now on; the one before has nothing more to do."""

    event_type: ClassVar[str] = "reintegration.plan.transferred.v1"
    example: ClassVar[dict[str, Any]] = {
        **_Plan.example,
        "partner_id": examples.PARTNER,
        "from_partner_id": examples.OTHER_PARTNER,
    }
    partner_id: UUID
    from_partner_id: UUID = Field(description="The reintegration partner that it was with until now.")


class PlanAmended(_Plan):
    """Whom a plan is for has changed; who left it, and why, is not said."""

    event_type: ClassVar[str] = "reintegration.plan.amended.v1"
    example: ClassVar[dict[str, Any]] = {**_Plan.example, "persons_count": 3}
    persons_count: int


class PersonDeceased(EventContract):
    """Somebody died after the arrival: whoever might ask or name them stops."""

    event_type: ClassVar[str] = "reintegration.person.deceased.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": examples.CASE, "person_ref": "pr_0a1b2c", "on": "2026-03-02"}
    case_id: UUID
    person_ref: str
    on: date


class PersonDeathCorrected(EventContract):
    """It was a mistake that this person had died; whether they may be named to anybody is theirs to say anew."""

    event_type: ClassVar[str] = "reintegration.person.death-corrected.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": examples.CASE, "person_ref": "pr_0a1b2c", "on": "2026-03-02"}
    case_id: UUID
    person_ref: str
    on: date


class PlanResumed(_Plan):
    """A plan that had ended by a mistake goes on."""

    event_type: ClassVar[str] = "reintegration.plan.resumed.v1"


PUBLISHED: tuple[type[EventContract], ...] = (
    PlanFirstContact,
    PlanBecameDormant,
    PlanRevived,
    PlanAssigned,
    PlanTransferred,
    PlanAmended,
    PersonDeceased,
    PersonDeathCorrected,
    PlanResumed,
)

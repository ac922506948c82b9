"""Recorded facts as the rules see them: the latest live one of each kind counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.returns.domain.voluntariness import DETENTION_SAFEGUARDS
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.tables import CasePersonRow

IN_DETENTION = ("detained", "removal_date_set")


def live(facts: Iterable[CaseFactRow], *kinds: str, person_id: UUID | None = None) -> list[CaseFactRow]:
    """Facts that were not voided, of these kinds, oldest first; of one person if given."""
    found = [fact for fact in facts if fact.voided_on is None and fact.kind in kinds]
    return sorted((fact for fact in found if person_id in (None, fact.person_id)), key=lambda fact: fact.id)


def latest(facts: Iterable[CaseFactRow], *kinds: str, person_id: UUID | None = None) -> CaseFactRow | None:
    """The last one of these kinds."""
    found = live(facts, *kinds, person_id=person_id)
    return found[-1] if found else None


def case_values(facts: Sequence[CaseFactRow], adults: Sequence[CasePersonRow]) -> dict[str, Any]:
    """What the facts say of the case as a whole."""
    detention = latest(facts, "detention")
    detained = detention is not None and detention.value in IN_DETENTION
    order = latest(facts, "return_order")
    remedy, delay, restored = latest(facts, "remedy"), latest(facts, "delay"), latest(facts, "contact_restored")
    return {
        "exit_cleared": bool(live(facts, "exit_clearance")),
        "in_detention": detained,
        "detention_lacks": _lacking(facts, adults, detention) if detained and detention else (),
        "counselled_in_detention_on": _counselled(facts, detention) if detained and detention else None,
        "order_suspended": order is not None and order.value == "suspended",
        "remedy_pending": remedy is not None and remedy.value == "pending",
        "delay_with": delay.value if delay else None,
        "contact_restored_on": restored.on if restored else None,
        "left_on_their_own": bool(live(facts, "left_on_their_own")),
        "heard": bool(live(facts, "hearing")),
        "reasons_told": bool(live(facts, "told_in_writing")),
    }


def _counselled(facts: Sequence[CaseFactRow], detention: CaseFactRow) -> date:
    """The last counselling since the detention began; without any, the day it began."""
    since = live(facts, "independent_counselling")
    return max((fact.on for fact in since if fact.id > detention.id), default=detention.on)


def _lacking(facts: Sequence[CaseFactRow], adults: Sequence[CasePersonRow], detention: CaseFactRow) -> tuple[str, ...]:
    since = [fact for fact in facts if fact.id > detention.id]
    lacking = [kind for kind in DETENTION_SAFEGUARDS if not live(since, kind)]
    uncounselled = any(latest(since, "independent_counselling", person_id=adult.id) is None for adult in adults)
    if uncounselled and "independent_counselling" not in lacking:
        lacking.insert(0, "independent_counselling")
    return tuple(lacking)


def person_values(facts: Sequence[CaseFactRow], person: CasePersonRow) -> dict[str, Any]:
    """What the facts say of one person."""
    counselled = live(facts, "independent_counselling", person_id=person.id)
    capacity = latest(facts, "capacity_doubt", "capacity_confirmed", person_id=person.id)
    ban = latest(facts, "exit_ban", person_id=person.id)
    carer = latest(facts, "carer_confirmed", "carer_withdrew", person_id=person.id)
    assessed = latest(facts, "best_interests_assessment", person_id=person.id)
    admitted = live(facts, "admission_proven", person_id=person.id)
    return {
        "admitted_until": max((fact.valid_until for fact in admitted if fact.valid_until), default=None),
        "counselled_on": min((fact.on for fact in counselled), default=None),
        "capacity_doubted": capacity is not None and capacity.kind == "capacity_doubt",
        "agrees_to_one_file": _agrees(facts, person),
        "exit_banned": ban is not None and ban.value == "in_force",
        "carer_confirmed": carer is not None and carer.kind == "carer_confirmed",
        "best_interests_assessed": assessed is not None and assessed.value == "return_with_family",
    }


def told_of_funding(facts: Sequence[CaseFactRow], *, since: date | None) -> date | None:
    """When the people were told that their money is waited for, since it is."""
    found = [fact.on for fact in live(facts, "told_of_funding") if since is None or fact.on >= since]
    return max(found, default=None)


def sheltered(facts: Sequence[CaseFactRow], person: CasePersonRow, *, since: date | None) -> bool:
    """Whether it was recorded since the journey failed where the person stays."""
    found = live(facts, "shelter_in_transit", person_id=person.id)
    return any(since is None or fact.on >= since for fact in found)


def _agrees(facts: Sequence[CaseFactRow], person: CasePersonRow) -> bool:
    asked = latest(facts, "common_file", person_id=person.id)
    return asked is not None and asked.value == "agrees"


def may_confirm_again(first: CaseFactRow | None, *, hours: int, now: datetime) -> bool:
    """Whether enough hours lie between the counselling and a second confirmation."""
    return first is not None and now >= first.created_at + timedelta(hours=hours)


def proposal(facts: Sequence[CaseFactRow], kind: str, *, acting: str) -> dict[str, bool]:
    """Whether somebody proposed it, and whether somebody else is acting now."""
    found = latest(facts, kind)
    proposed_by = found.recorded_by if found else None
    return {"proposed": proposed_by is not None, "second_person": proposed_by not in (None, acting)}

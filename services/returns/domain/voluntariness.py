"""The gates that make a return the applicant's own choice: counselled, not rushed, able to decide, free, unopposed.

Sources: IOM, A Framework for Assisted Voluntary Return and Reintegration (voluntariness = freedom of choice and an
informed decision); Hague Convention 1980 (every holder of parental responsibility).
"""

from __future__ import annotations

from datetime import timedelta

from services.returns.domain.case_view import CaseView
from services.returns.domain.guards import Guard, per_person
from shared.errors import Missing

DETENTION_SAFEGUARDS = {
    "independent_counselling": "an independent counsellor, not custodial staff, has not counselled everybody",
    "legal_advice_offered": "legal advice has not been offered",
    "talk_without_guards": "the talk without guards present is not recorded",
    "no_effect_statement": "the written statement that refusing has no effect on the detention is missing",
    "second_confirmation": "the second confirmation, a day later and outside the enforcement chain, is missing",
}
"""What is missing for somebody in detention or with a removal date, by the kind of fact that settles it."""


def every_adult_counselled(case: CaseView) -> list[Missing]:
    """Independent counselling of each adult, alone."""
    message = "The independent counselling of an adult is not recorded"
    return per_person(case.adults, "counselling", message, lambda person: person.counselled_on is None)


def cooled_off(case: CaseView) -> list[Missing]:
    """Between the counselling and the declaration lie the days the programme demands."""
    days = timedelta(days=case.cooling_off_days)
    return per_person(
        case.adults,
        "cooling-off",
        f"An adult declared less than {case.cooling_off_days} days after the counselling; take the declaration anew",
        lambda person: (
            person.counselled_on is not None
            and person.declared_on is not None
            and person.declared_on < person.counselled_on + days
        ),
    )


def capacity_not_in_doubt(case: CaseView) -> list[Missing]:
    """Nobody's capacity to decide is in doubt; anybody may raise one, a medical officer settles it."""
    message = "Somebody doubts that a person can decide for themselves; a medical officer must settle this first"
    return per_person(case.travelling, "capacity", message, lambda person: person.capacity_doubted)


def nobody_disagrees(case: CaseView) -> list[Missing]:
    """No child and no holder of parental responsibility is against it; a court or child protection decides, not we."""
    message = "A child or a holder of parental responsibility disagrees; record the order that decides this"
    return per_person(case.minors, "child-view-conflict", message, lambda person: person.disagreement)


def free_in_detention(case: CaseView) -> list[Missing]:
    """From detention voluntariness is presumed doubtful until every safeguard is recorded."""
    if not case.in_detention:
        return []
    return [
        Missing(f"detention.{kind}", f"In detention: {DETENTION_SAFEGUARDS[kind]}.") for kind in case.detention_lacks
    ]


def time_to_think_in_detention(case: CaseView) -> list[Missing]:
    """Between the counselling in detention and a decision lie the days the programme demands."""
    if not case.in_detention or case.counselled_in_detention_on is None or case.today is None:
        return []
    earliest = case.counselled_in_detention_on + timedelta(days=case.detention_decision_days)
    if case.today >= earliest:
        return []
    message = f"In detention: no decision within {case.detention_decision_days} days after the counselling."
    return [Missing("detention.too-early", message)]


def release_ordered(case: CaseView) -> list[Missing]:
    """From detention nobody is ready without the order that lets them out (host-side checklist)."""
    message = "In detention: the release order of a person is not on the host-side checklist"
    return per_person(case.travelling, "detention.release-order", message, lambda person: not person.release_ordered)


def property_handed_over(case: CaseView) -> list[Missing]:
    """From detention nobody leaves without their property; a receipt is on the host-side checklist."""
    message = "In detention: the property of a person has not been handed over"
    return per_person(case.travelling, "detention.property", message, lambda person: not person.property_handed_over)


def exit_cleared(case: CaseView) -> list[Missing]:
    """From a transit country: exit visa, fine waiver or release, as that country demands."""
    return (
        []
        if case.exit_cleared
        else [Missing("exit-clearance", "The exit clearance of the transit country is missing.")]
    )


def not_frozen(case: CaseView) -> list[Missing]:
    """While a protection officer keeps the file closed nothing goes on, and nobody is told why."""
    return [Missing("not-now", "Nothing goes on in this file now; ask the protection officer.")] if case.frozen else []


CHOICE: tuple[Guard, ...] = (
    every_adult_counselled,
    cooled_off,
    capacity_not_in_doubt,
    nobody_disagrees,
    free_in_detention,
)
"""What makes the choice free and informed; checked at submission, decision, readiness and departure."""

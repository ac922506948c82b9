"""What must be so for each child, and for a family as a whole, before it begins or begins again.

Sources: Convention on the Rights of the Child Art. 3 and 12; Hague Convention of 25 October 1980; Directive 2008/115/EC
Art. 10 (return of unaccompanied minors).
"""

from __future__ import annotations

from services.returns.domain import guards
from services.returns.domain.case_view import CaseView, PersonView
from services.returns.domain.guards import Guard, per_person
from shared.errors import Missing


def responsibility_established(case: CaseView) -> list[Missing]:
    """For each child it is established who holds parental responsibility."""
    message = "It is not established who holds parental responsibility for a child"
    return per_person(case.minors, "parental-responsibility", message, lambda child: not child.custody.established)


def every_holder_agreed(case: CaseView) -> list[Missing]:
    """Each holder of parental responsibility agreed, is proven to hold none, or a decision stands in for them."""
    message = "A holder of parental responsibility for a child has not agreed and no decision stands in for them"
    return per_person(case.minors, "parental-consent", message, lambda child: not child.custody.agreed)


def guardian_appointed(case: CaseView) -> list[Missing]:
    """An unaccompanied child has an appointed guardian, who agrees."""
    message = "An unaccompanied child has no appointed guardian who agrees"
    return per_person(case.minors, "guardian", message, lambda child: child.unaccompanied and not child.custody.guarded)


def child_heard(case: CaseView) -> list[Missing]:
    """Each child said what it wants itself; from the programme's age on in a talk of its own."""
    unheard = "A child's own view has not been recorded"
    alone = "A child of this age must be heard in a talk of its own, and was not"
    return [
        *per_person(case.minors, "child-heard", unheard, lambda c: not c.child_heard),
        *per_person(case.minors, "child-heard-alone", alone, lambda c: c.child_heard and not c.heard_as_its_age_asks),
    ]


def best_interests_decided(case: CaseView) -> list[Missing]:
    """A child alone, or with others than the holders, has the panel's decision that returning is in its interests."""
    message = "The panel's decision that the return is in the best interests of an unaccompanied or separated child"
    return per_person(
        case.minors, "best-interests", f"{message} is missing", lambda c: _alone(c) and not c.best_interests_decided
    )


def exit_allowed(case: CaseView) -> list[Missing]:
    """No exit ban is in force for a child."""
    message = "An exit ban is in force for a child; record when it is lifted"
    return per_person(case.minors, "exit-ban", message, lambda child: child.exit_banned)


def best_interests_weighed(case: CaseView) -> list[Missing]:
    """In a family too somebody weighed what is best for each child; where there are concerns the panel decides."""
    message = "The best interests of a child in the family have not been assessed, or concerns are open"
    return per_person(
        case.minors,
        "best-interests-assessment",
        message,
        lambda c: not (_alone(c) or c.best_interests_assessed or c.best_interests_decided),
    )


def reception_arranged(case: CaseView) -> list[Missing]:
    """Whoever was to receive an unaccompanied child has confirmed it, and has not withdrawn since."""
    message = "Nobody has confirmed that they receive an unaccompanied child"
    return per_person(case.travelling, "carer-confirmed", message, lambda p: p.unaccompanied and not p.carer_confirmed)


def _alone(child: PersonView) -> bool:
    return child.unaccompanied or child.custody.separated


CHILDREN: tuple[Guard, ...] = (
    responsibility_established,
    every_holder_agreed,
    guardian_appointed,
    child_heard,
    best_interests_decided,
    exit_allowed,
)
"""What protects each child, whenever a family begins, or begins again."""

WEIGHED: tuple[Guard, ...] = (best_interests_weighed, reception_arranged)
"""What the decision and the journey ask for besides."""

FAMILY: tuple[Guard, ...] = (
    guards.somebody_travels,
    guards.every_adult_consented,
    guards.every_adult_declared,
    *CHILDREN,
    guards.no_child_alone,
    guards.no_dependant_alone,
)
"""What a family must have together whenever it begins, or begins again."""

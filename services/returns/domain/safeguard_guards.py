"""One vulnerable person gates the whole file; what is missing for them is never named here."""

from __future__ import annotations

from services.returns.domain.case_view import CaseView
from services.returns.domain.guards import per_person
from shared.errors import Missing


def safeguards_for_the_decision(case: CaseView) -> list[Missing]:
    """What must be in place for a vulnerable person before the decision is in place."""
    return _pending(case, ("decision",))


def safeguards_in_place(case: CaseView) -> list[Missing]:
    """Everything that must be in place for a vulnerable person is in place."""
    return _pending(case, ("decision", "journey"))


def may_fly_then(case: CaseView) -> list[Missing]:
    """The travel date lies before the last day on which a person may fly."""
    message = "The travel date lies after the last day on which a person may fly; plan another date or way"
    return per_person(
        case.travelling,
        "fly-limit",
        message,
        lambda person: (
            person.fly_until is not None and case.travel_on is not None and case.travel_on > person.fly_until
        ),
    )


def may_fly_already(case: CaseView) -> list[Missing]:
    """The travel date does not lie before the first day on which a newborn and its mother may fly."""
    message = "The travel date lies before the first day on which a person may fly; plan another date or way"
    return per_person(
        case.travelling,
        "fly-window",
        message,
        lambda person: person.fly_from is not None and case.travel_on is not None and case.travel_on < person.fly_from,
    )


def _pending(case: CaseView, stages: tuple[str, ...]) -> list[Missing]:
    return per_person(
        case.travelling,
        "safeguard",
        "A safeguard is pending for a person; the protection officer knows which",
        lambda person: any(stage in stages for stage in person.safeguards_pending),
    )

"""What must be so before somebody ends, resumes or reopens a case: second persons, hearings, and whose delay it is."""

from __future__ import annotations

from datetime import date, timedelta

from services.returns.domain import family, guards, voluntariness
from services.returns.domain.case_view import CaseView, State
from shared.errors import Missing

NOT_THEIR_DELAY = ("consulate", "medical", "escort", "programme")


def proposed_and_confirmed(case: CaseView) -> list[Missing]:
    """One officer proposes, another confirms."""
    if not case.proposed:
        return [Missing("proposal", "An officer must first propose this, with reasons.")]
    return [] if case.second_person else [Missing("four-eyes", "Another officer than who proposed it must confirm.")]


def heard_and_told(case: CaseView) -> list[Missing]:
    """The person was heard and got the reasons in writing, with the way to a review."""
    missing = [] if case.heard else [Missing("hearing", "The person has not been heard yet.")]
    if not case.reasons_told:
        missing.append(Missing("reasons", "The person has not been told the reasons and the review in writing."))
    return missing


def told_in_writing(case: CaseView) -> list[Missing]:
    """The person got the reasons in writing, with the way to a review."""
    return [item for item in heard_and_told(case) if item.code == "reasons"]


def period_over(case: CaseView) -> list[Missing]:
    """There is a departure period and it is over; persons without a return decision have none."""
    over = case.depart_by is not None and case.today is not None and case.depart_by < case.today
    return [] if over else [Missing("departure-period", "There is no departure period that is over.")]


def period_open(case: CaseView) -> list[Missing]:
    """The period was extended."""
    return [] if period_over(case) else [Missing("extension", "Record the extended departure period first.")]


def lapse_not_barred(case: CaseView) -> list[Missing]:
    """Never while a ticket is booked soon, a remedy with suspensive effect runs, or others cause the delay."""
    missing = []
    if case.travel_on and case.today:
        days = (case.travel_on - case.today).days
        if 0 <= days <= case.booking_protects_days:
            missing.append(Missing("booked", "A journey is booked for the coming days: the case cannot lapse now."))
    if case.remedy_pending or case.order_suspended:
        missing.append(Missing("remedy", "A remedy with suspensive effect is pending: the case cannot lapse now."))
    if case.delay_with in NOT_THEIR_DELAY:
        message = f"The delay lies with the {case.delay_with}, not with the person: the case cannot lapse."
        missing.append(Missing("delay", message))
    return missing


def reopening_in_time(case: CaseView) -> list[Missing]:
    """Within the programme's days after the withdrawal."""
    if case.ended_on and case.today and case.today <= case.ended_on + timedelta(days=case.reopen_days):
        return []
    message = (
        f"A withdrawal can be reopened within {case.reopen_days} days; after that open a new case that follows it."
    )
    return [Missing("reopening-period", message)]


def consented_afresh(case: CaseView) -> list[Missing]:
    """Each adult consented again after the case ended."""
    return guards.per_person(
        case.adults,
        "fresh-consent",
        "An adult has not consented again since the case ended",
        lambda person: (
            person.consented_on is None or (case.ended_on is not None and person.consented_on < case.ended_on)
        ),
    )


def sheltered(case: CaseView) -> list[Missing]:
    """After a failed return it is recorded for everybody where they stay, before anything new is planned."""
    message = "After the failed journey it is not recorded whether this person has shelter, declined it or needs none"
    return guards.per_person(case.travelling, "shelter", message, lambda person: not person.sheltered)


def cause_of_rest_gone(case: CaseView) -> list[Missing]:
    """What made the case rest is settled, and what held then holds again."""
    missing = []
    if case.suspension_reason == "lost_contact" and not _after(case.contact_restored_on, case.suspended_on):
        missing.append(Missing("contact", "The person has not been found again: record the restored contact."))
    if case.suspended_from in (None, State.DRAFT):
        return missing
    again = (
        *family.FAMILY,
        voluntariness.capacity_not_in_doubt,
        voluntariness.nobody_disagrees,
    )
    return missing + [item for guard in again for item in guard(case)]


def left_on_their_own(case: CaseView) -> list[Missing]:
    """There is evidence: a stamped border certificate, an exit record, an embassy."""
    return [] if case.left_on_their_own else [Missing("departure-evidence", "Evidence that they left is missing.")]


def nobody_left(case: CaseView) -> list[Missing]:
    """Nobody on the file travels any more."""
    return [Missing("travellers", "Somebody on this file still travels.")] if case.travelling else []


def arrival_shown(case: CaseView) -> list[Missing]:
    """The person shows themself that they arrived."""
    return (
        [] if case.own_evidence else [Missing("arrival-evidence", "Evidence of the person's own arrival is missing.")]
    )


def _after(day: date | None, since: date | None) -> bool:
    return day is not None and (since is None or day >= since)

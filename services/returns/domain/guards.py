"""What must be so before a step: each guard names what is missing, in words a caseworker understands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from services.returns.domain.case_view import CaseView, Funding, PersonView, State, Travel
from shared.errors import Missing

Guard = Callable[[CaseView], list[Missing]]


def per_person(
    persons: Iterable[PersonView], code: str, message: str, lacks: Callable[[PersonView], bool]
) -> list[Missing]:
    """One missing thing for each person who lacks it, naming the person by reference."""
    return [Missing(code, f"{message} ({person.person_ref}).") for person in persons if lacks(person)]


def somebody_travels(case: CaseView) -> list[Missing]:
    """A case is about at least one traveller."""
    return [] if case.travelling else [Missing("nobody-travels", "Nobody is left on this file who travels.")]


def main_applicant_named(case: CaseView) -> list[Missing]:
    """Exactly one person leads the file."""
    leading = [person for person in case.travelling if person.relation in ("main_applicant", "ward")]
    if len([person for person in leading if person.relation == "main_applicant"]) == 1 or (leading and case.minors):
        return []
    return [Missing("main-applicant", "Exactly one person must be the main applicant.")]


def every_adult_consented(case: CaseView) -> list[Missing]:
    """Data consent, of each adult for themselves."""
    return per_person(
        case.adults, "consent", "The data consent of an adult is missing", lambda person: not person.consented
    )


def every_adult_declared(case: CaseView) -> list[Missing]:
    """The decision to return, of each adult, taken separately."""
    message = "The voluntary return declaration of an adult is missing"
    return per_person(case.adults, "declaration", message, lambda person: not person.declared)


def no_child_alone(case: CaseView) -> list[Missing]:
    """A child travels with a responsible adult, or as an unaccompanied child with all its safeguards."""
    if case.adults:
        return []
    return per_person(
        case.minors,
        "responsible-adult",
        "A child would travel without a responsible adult",
        lambda p: not p.unaccompanied,
    )


def no_dependant_alone(case: CaseView) -> list[Missing]:
    """Who needs a carer travels with another adult."""
    message = "A person who needs care would travel without a carer"
    return per_person(
        case.travelling,
        "carer",
        message,
        lambda person: person.needs_carer and not any(adult is not person for adult in case.adults),
    )


def screened(case: CaseView) -> list[Missing]:
    """Vulnerability was asked about, and whoever needs a safeguard has one."""
    missing = [] if case.screened else [Missing("screening", "The vulnerability screening has not been recorded.")]
    if case.vulnerable_without_safeguard:
        missing.append(Missing("safeguard", "A vulnerability was found and no safeguard is named for it."))
    return missing


def checked(case: CaseView) -> list[Missing]:
    """Duplicates and security were checked."""
    missing = []
    if not case.duplicates_checked:
        missing.append(Missing("duplicate-check", "Nobody has searched for other files since a person was completed."))
    missing += decided_who_they_are(case)
    if not case.security_checked:
        missing.append(Missing("security-check", "The security check is not recorded."))
    return missing


def decided_who_they_are(case: CaseView) -> list[Missing]:
    """Possible duplicates are decided, and nobody is on two open files: asked again by the decision, since other files
    are searched for these people too."""
    missing = []
    if case.duplicates_undecided:
        count = case.duplicates_undecided
        missing.append(Missing("duplicate-decision", f"Decide about possible duplicates first ({count} are waiting)."))
    if case.on_another_file:
        message = "A person is on another open file too: join or link the files, or end one of them."
        missing.append(Missing("open-elsewhere", message))
    return missing


def decided_by_another(case: CaseView) -> list[Missing]:
    """Four eyes: who prepared the file does not decide on it."""
    return [Missing("four-eyes", "Whoever prepared this file cannot decide on it.")] if case.decider_is_author else []


def reviewed_by_another(case: CaseView) -> list[Missing]:
    """Who decided does not review."""
    return [Missing("four-eyes", "Whoever decided cannot review the decision.")] if case.reviewer_is_decider else []


def quote_fits(case: CaseView) -> list[Missing]:
    """The calculation belongs to exactly these persons and is still valid."""
    return [] if case.quote_fits else [Missing("quote", "A valid calculation for exactly these persons is missing.")]


def funds_reserved(case: CaseView) -> list[Missing]:
    """The money is set aside; a journey that is ready, with a ticket, never falls because it is asked for anew."""
    ticketed = case.state is State.READY and case.funding in (Funding.AWAITED, Funding.REFUSED)
    if case.funding is Funding.RESERVED or ticketed:
        return []
    return [Missing("funding", f"The money is not reserved yet (funding: {case.funding.value}).")]


def partner_settled(case: CaseView) -> list[Missing]:
    """A reintegration partner is named, or it was recorded that none is needed."""
    return (
        []
        if case.partner_settled
        else [Missing("partner", "Name the reintegration partner, or record that none is needed.")]
    )


def itinerary_known(case: CaseView) -> list[Missing]:
    """There is a travel date."""
    return [] if case.travel_on else [Missing("itinerary", "There is no confirmed itinerary.")]


def documents_valid(case: CaseView) -> list[Missing]:
    """Everybody's travel document is valid until the journey ends, and as long beyond it as dated rules ask."""
    return per_person(
        case.travelling,
        "travel-document",
        "A travel document valid on the travel date, and long enough after the arrival, is missing",
        lambda person: not _valid(person.document_valid_until, case.arrives_on or case.travel_on),
    )


def journey_announced(case: CaseView) -> list[Missing]:
    """Who travels on a paper that rests on a consulate's silence: the journey was announced as the clause says."""
    message = "The journey was not announced to the consulate as the clause asks"
    return per_person(case.travelling, "announcement", message, lambda person: person.journey_unannounced)


def admission_proven(case: CaseView) -> list[Missing]:
    """Who is not a citizen of the destination has proof that it admits them when they arrive."""
    if case.destination_basis == "citizenship":
        return []
    message = "Proof that the destination admits a person who is not its citizen is missing or ends before the arrival"
    arrival = case.arrives_on or case.travel_on
    return per_person(case.travelling, "admission", message, lambda person: not _valid(person.admitted_until, arrival))


def escorts_confirmed(case: CaseView) -> list[Missing]:
    """Whoever was to travel with a person is confirmed, or it was recorded that it goes without."""
    message = "An escort was asked for and is not confirmed"
    return per_person(case.travelling, "escort", message, lambda person: person.escort_awaited)


def medically_cleared(case: CaseView) -> list[Missing]:
    """Whoever needs a medical clearance has one that is valid on the travel date."""
    return per_person(
        case.travelling,
        "medical-clearance",
        "A medical clearance valid on the travel date is missing",
        lambda person: person.medical_needed and not _valid(person.medical_valid_until, case.travel_on),
    )


def reconfirmed(case: CaseView) -> list[Missing]:
    """Each adult said again, shortly before travelling, that they want to return."""
    earliest = case.travel_on - timedelta(days=case.reconfirmation_days) if case.travel_on else None
    return per_person(
        case.adults,
        "reconfirmation",
        "An adult has not re-confirmed the declaration shortly before departure",
        lambda person: person.reconfirmed_on is None or (earliest is not None and person.reconfirmed_on < earliest),
    )


def identities_known(case: CaseView) -> list[Missing]:
    """A provisional person is completed before anything is found, granted or travelled."""
    message = "A person's identity is still provisional"
    return per_person(case.travelling, "identity", message, lambda person: not person.identity_known)


WHO_THEY_ARE: tuple[Guard, ...] = (identities_known, decided_who_they_are)


def no_stop_advisory(case: CaseView) -> list[Missing]:
    """No safety advisory stops this corridor."""
    return [Missing("advisory", "A safety advisory stops this return.")] if case.stop_advisory else []


def all_boarded(case: CaseView) -> list[Missing]:
    """Whoever is still on the file has boarded."""
    on_board = (Travel.BOARDED, Travel.ARRIVED)
    return per_person(
        case.travelling, "boarding", "A person has not boarded", lambda person: person.travel not in on_board
    )


def all_arrived(case: CaseView) -> list[Missing]:
    """Whoever is still on the file has arrived."""
    return per_person(case.travelling, "arrival", "A person has not arrived", lambda p: p.travel is not Travel.ARRIVED)


def handover_received(case: CaseView) -> list[Missing]:
    """Where somebody had to be received, there is a receipt."""
    if case.handover_needed and not case.handover_received:
        return [Missing("handover", "Reception must be confirmed for this case before it can go on.")]
    return []


def _valid(until: date | None, on: date | None) -> bool:
    return until is not None and on is not None and until >= on

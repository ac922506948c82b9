"""A case file as the rules see it: rows become plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.returns.domain.case_view import CaseView, Funding, PersonView, State, Travel
from services.returns.domain.transition import AFTER_DECISION
from services.returns.persistence.advisories import concerning, demands
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.children import child_values
from services.returns.persistence.fact_views import case_values, latest, person_values, sheltered, told_of_funding
from services.returns.persistence.papers import carries_until, unannounced
from services.returns.persistence.tables import CasePersonRow
from services.returns.persistence.voluntariness_rules import default_rules

GRANTED = tuple(state.value for state in AFTER_DECISION)


def view_of(file: CaseFile, *, on: date, **more: Any) -> CaseView:
    """The case as the rules see it on a day."""
    case, persons = file.case, tuple(_person(file, person, on) for person in file.persons)
    values: dict[str, Any] = {
        "state": State(case.state),
        "case_kind": case.case_kind,
        "destination_basis": case.destination_basis,
        "persons": persons,
        "funding": Funding(case.funding),
        "told_of_funding": told_of_funding(file.facts, since=case.funding_since) is not None,
        "suspended_from": _state(case.suspended_from),
        "screened": case.screened_on is not None,
        **_duplicates(file),
        "security_checked": case.security_checked,
        "vulnerable_without_safeguard": any(_left_open(file, person) for person in file.travelling),
        "eligible": case.eligible,
        "partner_settled": case.partner_id is not None or case.no_partner_needed,
        "travel_on": case.travel_on,
        "arrives_on": case.arrives_on,
        "handover_needed": case.handover_needed,
        "handover_received": False,
        "plan_opened": case.plan_id is not None,
        "today": on,
        "frozen": case.frozen_on is not None,
        "depart_by": case.depart_by,
        "ended_on": case.ended_on,
        "stage_before_end": _state(case.stage_before_end),
        "review_of": _state(case.review_of),
        "suspended_on": case.suspended_on,
        "suspension_reason": case.suspension_reason,
        **_periods(file),
        **case_values(file.facts, [person for person in file.travelling if person.adult]),
        **_warned(file, persons, on),
        **more,
    }
    if file.rules.reconfirmation_days is not None:
        values["reconfirmation_days"] = file.rules.reconfirmation_days
    return CaseView(**values)


def _periods(file: CaseFile) -> dict[str, Any]:
    """The days the programme demands."""
    return {
        "cooling_off_days": file.rules.cooling_off_days,
        "reopen_days": file.rules.reopen_days,
        "detention_decision_days": _or_default(file.rules.detention_decision_days),
        "booking_protects_days": file.rules.booking_protects_days,
    }


def _warned(file: CaseFile, persons: Sequence[PersonView], on: date) -> dict[str, Any]:
    """What safety advisories demand of it."""
    found = concerning(file.warnings, file.case, file.persons, persons, on=on)
    return demands(file.warnings, found, granted=file.case.state in GRANTED)


def _duplicates(file: CaseFile) -> dict[str, Any]:
    """How far the check has come: searched for everybody, decided, nobody on two open files."""
    return {
        "duplicates_checked": all(person.duplicates_searched_at is not None for person in file.travelling),
        "duplicates_undecided": file.duplicates.pairs,
        "on_another_file": file.duplicates.elsewhere,
    }


def _person(file: CaseFile, person: CasePersonRow, on: date) -> PersonView:
    return PersonView(
        person_ref=person.person_ref,
        relation=person.relation,
        adult=person.adult,
        travel=Travel(person.travel_status),
        consented=file.consented(person, on),
        declared=person.declared_on is not None,
        reconfirmed_on=person.reconfirmed_on,
        unaccompanied=person.unaccompanied,
        best_interests_decided=person.best_interests_decided,
        needs_carer=person.needs_carer,
        identity_known=not person.provisional,
        document_valid_until=carries_until(file, person),
        journey_unannounced=unannounced(file, person),
        medical_needed=person.medical_needed,
        medical_valid_until=file.cleared_until(person),
        escort_awaited=file.escort_awaited(person),
        consented_on=file.consented_on(person, on),
        declared_on=person.declared_on,
        fly_until=person.fly_until,
        fly_from=person.fly_from,
        safeguards_pending=tuple(
            row.before for row in file.safeguards if row.person_id == person.id and row.outcome is None
        ),
        **person_values(file.facts, person),
        **_from_detention(file, person),
        **_protection(file, person),
        sheltered=sheltered(file.facts, person, since=file.case.ended_on),
    )


def _from_detention(file: CaseFile, person: CasePersonRow) -> dict[str, Any]:
    """Whether the host side let a detained person out with what is theirs; nobody else is asked."""
    detention = latest(file.facts, "detention")
    if detention is None or detention.value != "detained":
        return {}
    newest = {row.item: row.status for row in file.host_entries if row.person_id == person.id}
    settled = {item for item, status in newest.items() if status in ("done", "not_needed")}
    return {"release_ordered": "release_order" in settled, "property_handed_over": "property_handed_over" in settled}


def _protection(file: CaseFile, person: CasePersonRow) -> dict[str, Any]:
    """What protects a child; nothing of it for an adult."""
    if person.adult:
        return {}
    adults = {adult.id for adult in file.travelling if adult.adult}
    submitted = file.case.submitted_on is not None
    return child_values(file.children, file.facts, person, adults, submitted=submitted)


def _left_open(file: CaseFile, person: CasePersonRow) -> bool:
    """Screened before safeguards had records of their own, and nothing was named then."""
    recorded = any(row.person_id == person.id for row in file.safeguards)
    return person.vulnerable and not person.safeguarded and not recorded


def _or_default(days: int | None) -> int:
    """A version from before this period states none: then the default holds."""
    return days if days is not None else default_rules().detention_decision_days or 0


def _state(name: str | None) -> State | None:
    return State(name) if name else None

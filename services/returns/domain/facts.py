"""The kinds of facts an office or authority records on a case beside its state, who may, and who may not see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EVERYBODY = (
    "caseworker",
    "office_lead",
    "case_officer",
    "travel_officer",
    "medical_officer",
    "best_interests_panel",
    "protection_officer",
)
OFFICE = ("caseworker", "office_lead")
CASEWORK = ("caseworker",)
BOTH = ("caseworker", "case_officer")
AUTHORITY = ("case_officer",)
TRAVEL = ("caseworker", "travel_officer", "case_officer")


@dataclass(frozen=True, kw_only=True)
class FactKind:
    """One kind: who records it, of whom, with which coded value, and whether it stays in the office."""

    name: str
    roles: tuple[str, ...]
    told: str
    of_person: bool = False
    values: tuple[str, ...] = ()
    sealed_until_departure: bool = False
    protection_only: bool = False
    lasts: bool = False


_ALL = (
    FactKind(
        name="admission_proven",
        roles=BOTH,
        told="The country of destination admits this person, who is not its citizen, until the day stated",
        of_person=True,
        values=("residence_permit", "visa", "written_admission", "right_of_residence"),
        lasts=True,
    ),
    FactKind(
        name="return_order",
        roles=BOTH,
        told="Where the order to return stands after a court or authority looked at it",
        values=("in_force", "suspended", "annulled"),
    ),
    FactKind(
        name="independent_counselling",
        roles=CASEWORK,
        told="This adult was counselled alone, by somebody independent",
        of_person=True,
        values=("no_interpreter", "professional_interpreter"),
    ),
    FactKind(
        name="capacity_doubt",
        roles=EVERYBODY,
        told="Somebody doubts that this person can decide for themselves",
        of_person=True,
    ),
    FactKind(
        name="capacity_confirmed",
        roles=("medical_officer",),
        told="The person can decide, or a representative decides with their assent",
        of_person=True,
        values=("able_to_decide", "representative_with_assent"),
    ),
    FactKind(
        name="child_view",
        roles=("caseworker", "best_interests_panel"),
        told="The child said this elsewhere than in the talk that is recorded as its hearing",
        of_person=True,
        values=("agrees", "disagrees", "no_view"),
    ),
    FactKind(
        name="guardian_view",
        roles=("caseworker", "best_interests_panel"),
        told="A holder of parental responsibility said this before they were named and asked",
        of_person=True,
        values=("agrees", "disagrees"),
    ),
    FactKind(
        name="custody_settled",
        roles=("caseworker", "best_interests_panel"),
        told="The order or proof that settles who decides for this child; an order stands in for every answer",
        of_person=True,
        values=("court_order", "sole_responsibility", "death_certificate", "child_protection_order"),
    ),
    FactKind(
        name="best_interests_decision",
        roles=("best_interests_panel",),
        told="The panel weighed all options for this child, staying among them",
        of_person=True,
        values=("return_in_best_interests", "return_not_in_best_interests"),
    ),
    FactKind(
        name="custody_established",
        roles=("caseworker", "best_interests_panel"),
        told="All holders of parental responsibility for this child are named; how this was established",
        of_person=True,
        values=("civil_register", "court_record", "custody_documents", "foreign_law_opinion"),
    ),
    FactKind(
        name="best_interests_assessment",
        roles=("caseworker", "best_interests_panel"),
        told="What is best for this child in the family was weighed; with concerns the panel decides",
        of_person=True,
        values=("return_with_family", "concerns"),
    ),
    FactKind(
        name="exit_ban",
        roles=BOTH,
        told="A court or authority forbids that this child leaves, or no longer does",
        of_person=True,
        values=("in_force", "lifted"),
    ),
    FactKind(
        name="age_disputed",
        roles=EVERYBODY,
        told="This person's age is disputed: a minor until decided",
        of_person=True,
    ),
    FactKind(
        name="age_determined",
        roles=("best_interests_panel",),
        told="The panel decided on the disputed age",
        of_person=True,
        values=("minor", "adult"),
    ),
    FactKind(
        name="carer_confirmed",
        roles=("caseworker", "best_interests_panel"),
        told="Who is to receive this child confirmed it in writing, with proof of who they are",
        of_person=True,
        values=("family_member", "guardian", "child_protection_authority"),
    ),
    FactKind(
        name="carer_withdrew", roles=EVERYBODY, told="Who was to receive this child no longer will", of_person=True
    ),
    FactKind(
        name="detention",
        roles=BOTH,
        told="Somebody on the file is in detention or has a removal date, or no longer",
        values=("detained", "removal_date_set", "released"),
    ),
    FactKind(
        name="legal_advice_offered", roles=CASEWORK, told="Legal advice was offered", values=("taken", "declined")
    ),
    FactKind(name="talk_without_guards", roles=CASEWORK, told="The talk took place without guards present"),
    FactKind(
        name="no_effect_statement", roles=CASEWORK, told="Told in writing: refusing has no effect on the detention"
    ),
    FactKind(name="second_confirmation", roles=CASEWORK, told="Asked again at least 24 hours later, outside the chain"),
    FactKind(
        name="conditional_claim_withdrawal",
        roles=CASEWORK,
        told="A declaration that takes effect on departure only; sealed in the file until then",
        of_person=True,
        values=("signed_with_advice", "signed_advice_declined", "not_signed"),
        sealed_until_departure=True,
    ),
    FactKind(
        name="told_of_funding",
        roles=CASEWORK,
        told="The people were told that the money of their grant is still waited for, and what follows",
    ),
    FactKind(
        name="shelter_in_transit",
        roles=TRAVEL,
        told="After a failed journey: shelter where this person was stopped, or why there is none",
        of_person=True,
        values=("provided", "declined", "not_needed"),
    ),
    FactKind(
        name="back_in_host",
        roles=TRAVEL,
        told="After a failed journey: this person is back in the country they had left",
        of_person=True,
        values=("admitted", "detained_at_border"),
    ),
    FactKind(name="exit_clearance", roles=BOTH, told="The transit country lets them leave"),
    FactKind(name="remedy", roles=BOTH, told="A remedy with suspensive effect", values=("pending", "decided")),
    FactKind(
        name="delay",
        roles=BOTH,
        told="Whose delay it is",
        values=("consulate", "medical", "escort", "programme", "applicant", "none"),
    ),
    FactKind(name="contact_restored", roles=BOTH, told="The person was found again"),
    FactKind(
        name="left_on_their_own",
        roles=BOTH,
        told="Evidence that they left without assistance",
        values=("border_certificate", "exit_record", "embassy"),
    ),
    FactKind(name="hearing", roles=AUTHORITY, told="The person was heard before a grant is revoked"),
    FactKind(name="told_in_writing", roles=AUTHORITY, told="The person got the reasons and the way to a review"),
    FactKind(name="lapse_proposed", roles=AUTHORITY, told="An officer proposes to record the lapse"),
    FactKind(name="revocation_proposed", roles=AUTHORITY, told="An officer proposes to revoke the grant"),
    FactKind(
        name="claim_standing",
        roles=AUTHORITY,
        told="Where a claim for protection stands, for the guard before any consulate is told",
        values=("none", "open", "refused_no_remedy", "recognised"),
    ),
    FactKind(
        name="common_file",
        roles=CASEWORK,
        told="This adult, asked alone, agrees or disagrees to one file with the others",
        of_person=True,
        values=("agrees", "disagrees"),
    ),
    FactKind(
        name="release_proposed",
        roles=("protection_officer",),
        told="A protection officer proposes to let disclosures go on",
        protection_only=True,
    ),
    FactKind(name="asks_consulate_themself", roles=CASEWORK, told="The person applies at the consulate themself"),
)
FACT_KINDS: Mapping[str, FactKind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name."""

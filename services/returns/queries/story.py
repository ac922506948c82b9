"""The history of a case as sentences: who, when, what, about whom, and why."""

from __future__ import annotations

from services.returns.domain.facts import FACT_KINDS
from services.returns.domain.transitions import BY_NAME
from services.returns.persistence.tables import HistoryRow

ACTIONS = {
    "opened": "opened the file",
    "opened-by-split": "opened the file for persons who left another one",
    "split": "gave persons a file of their own",
    "person-added": "added a person",
    "grant-extended": "asked for money for who joined after the decision",
    "budget-named": "named another budget after the money was refused",
    "funding-reserved": "noted that the money is set aside",
    "funding-refused": "noted that the money was refused; the grant waits",
    "funding-released": "noted that the money is free again",
    "top-up-reserved": "noted that the money for who joined is set aside",
    "top-up-refused": "noted that the money for who joined was refused; the grant stands",
    "child-born": "recorded the birth of a child, who joins the file",
    "merged": "joined another file of the family to this one",
    "linked": "linked another file",
    "duplicates-searched": "searched for other files of these people",
    "duplicate-decided": "decided about a possible duplicate",
    "duplicate-closed": "closed a second file of the same people; this one goes on",
    "reconciliation-opened": "noted that two files of one person were both granted help",
    "reconciliation-officer": "named the officer who looks at what both files were granted",
    "reconciliation-settled": "recorded what was found about help from both files",
    "duplicate-asked": "asked another office to look at a possible duplicate",
    "link-ended": "ended the link with another file",
    "provisional-extended": "gave more time to complete a person",
    "provisional-expired": "took a person off the file whom nobody could complete",
    "person-amended": "changed what is known of a person",
    "person-deceased": "recorded that a person died",
    "consent-given": "recorded a consent to share data",
    "partner-changed": "noted that another partner accompanies the family",
    "consent-withdrawn": "recorded that a consent was taken back",
    "declared-voluntary_return": "recorded a person's own decision to return",
    "declared-reconfirmation": "recorded that a person confirmed the decision to return",
    "fact-recorded": "recorded a fact",
    "fact-voided": "corrected a fact, which stays readable",
    "holder-named": "named a holder of parental responsibility",
    "holder-answered": "recorded where a holder of parental responsibility stands",
    "child-heard": "recorded a talk with the child",
    "came-of-age": "noted that a person came of age and applies in their own right",
    "paper-sealed": "put a sealed paper into the file",
    "departure-period": "changed the departure period",
    "deadline-missed": "noted that a period is over",
    "advisory-assessed": "assessed the case because of a safety advisory",
    "advisory-told": "told the people of a safety advisory",
    "deadline-extended": "gave a deadline another day",
    "itinerary-set": "set the journey",
    "travel-document-recorded": "recorded a travel document",
    "document-added": "announced a document",
    "document-kept": "took in a document",
    "document-quarantined": "took in a document that waits for the scanner",
    "document-harmful": "refused a document that the scanner found harmful",
    "document-removed": "took a document away; the entry stays",
    "search-opened": "began to look for somebody who was not seen to arrive",
    "search-rung": "recorded who was asked about them",
    "search-ended": "ended the search",
    "host-item": "recorded an item of the host-side checklist",
    "medical-clearance-recorded": "recorded a medical clearance",
    "medical-clearance-voided": "took a medical clearance back, which stays readable",
    "escort-requested": "asked for somebody who travels with a person",
    "escort-confirmed": "confirmed who travels with a person",
    "escort-handed-over": "recorded that an escort handed a person over",
    "escort-cancelled": "recorded that a person travels without an escort",
    "travel-document-request-prepared": "prepared a request for a travel document",
    "travel-document-requested": "asked a consulate for a travel document",
    "travel-document-step": "recorded what became of a request for a travel document",
    "travel-document-step-voided": "took back what was recorded of a request for a travel document",
    "travel-document-request-withdrawn": "withdrew a request for a travel document",
    "screening-reopened": "noted what a person needs protection for",
    "safeguard-settled": "settled a safeguard",
    "safeguard-reopened": "opened a safeguard again",
    "order-looked-at": "recorded where the order to return stands; everybody is asked again",
    "protection-step": "recorded a step of protection",
    "card-issued": "gave the person a card of their own",
    "card-ended": "ended the person's card",
    "erasure-asked": "noted that a person asks to be erased",
    "erasure-ordered": "erased who a person is",
    "erasure-taken-back": "took back that a person is to be erased",
    "erasure-held": "noted that a person must be kept for now",
    "erasure-hold-lifted": "noted that a person need not be kept any more",
    "withdrawal-asked": "said by card that they do not want to go",
    "disclosures-frozen": "stopped everything from leaving",
    "disclosures-released": "let disclosures go on",
}


def told(row: HistoryRow) -> str:
    """One line of the story; codes become words where this service knows them."""
    who = "The system" if row.actor_role == "system" else f"A {row.actor_role.replace('_', ' ')}"
    step = BY_NAME.get(row.action)
    what = f"took the step: {step.label}" if step else ACTIONS.get(row.action, row.action.replace("-", " "))
    about = f" ({_about(row.about)})" if row.about else ""
    person = f", about {row.person_ref}" if row.person_ref else ""
    moved = f"; the case went from {row.state_before} to {row.state_after}" if _moved(row) else ""
    stated = row.reason_code if row.reason_code not in (None, "not_stated") else None
    why = f"; reason: {stated.replace('_', ' ')}" if stated else ""
    day = row.on or row.at.date()
    return f"{day.isoformat()}: {who} {what}{about}{person}{moved}{why}."


def _moved(row: HistoryRow) -> bool:
    return bool(row.state_before) and row.state_before != row.state_after


def _about(code: str) -> str:
    kind = FACT_KINDS.get(code)
    return kind.told if kind else code.replace("_", " ").replace(",", ", ").replace(":", ": ").replace(">", " to ")

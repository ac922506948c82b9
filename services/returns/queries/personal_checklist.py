"""What each person of a file still needs for the journey, item by item, with the day on which it runs out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from services.returns.domain.travel_document_request import AWAITING, RequestState
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.papers import best_paper, carries_until, margin_of, unannounced
from services.returns.persistence.tables import CasePersonRow
from services.returns.persistence.travel_document_requests import requests_of
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.database.unit_of_work import UnitOfWork

Standing = Literal["done", "waiting", "open", "runs_out", "not_needed"]


class ChecklistItem(BaseModel):
    """One thing a person needs."""

    item: str = Field(description="travel_document, travel_document_request, consent, declaration and so on.")
    standing: Standing = Field(description="done, waiting for others, open, runs_out before the journey, not_needed.")
    told: str
    valid_until: date | None = None
    since: date | None = None


class PersonalChecklist(BaseModel):
    """Everything one person needs."""

    person_ref: str
    travel_status: str
    ready: bool = Field(description="Nothing is open, waiting or running out.")
    items: list[ChecklistItem]


async def personal_checklists(uow: UnitOfWork, file: CaseFile, *, on: date) -> list[PersonalChecklist]:
    """One list per person who still travels, in the order of the file."""
    requests = await requests_of(uow, file.id)
    return [_checklist(file, person, requests, on) for person in file.travelling]


def _checklist(
    file: CaseFile, person: CasePersonRow, requests: Sequence[TravelDocumentRequestRow], on: date
) -> PersonalChecklist:
    items = [*_choice(file, person, on), *_papers(file, person, requests, on)]
    ready = all(item.standing in ("done", "not_needed") for item in items)
    return PersonalChecklist(person_ref=person.person_ref, travel_status=person.travel_status, ready=ready, items=items)


def _choice(file: CaseFile, person: CasePersonRow, on: date) -> Iterator[ChecklistItem]:
    yield _item("identity", not person.provisional, "Identity completed", "The identity is still provisional")
    if not person.adult:
        return
    consented = file.consented(person, on)
    yield _item(
        "consent", consented, "Data consent given", "The data consent is missing", file.consented_on(person, on)
    )
    declared = person.declared_on is not None
    yield _item("declaration", declared, "Decision to return recorded", "Decision is missing", person.declared_on)
    again = person.reconfirmed_on is not None
    told = "The decision has not been confirmed again before the journey"
    yield _item("reconfirmation", again, "Decision confirmed again", told, person.reconfirmed_on)


def _papers(
    file: CaseFile, person: CasePersonRow, requests: Sequence[TravelDocumentRequestRow], on: date
) -> Iterator[ChecklistItem]:
    until, needed = carries_until(file, person), file.case.arrives_on or file.case.travel_on or on
    paper = best_paper(file, person)
    if until is None:
        yield ChecklistItem(item="travel_document", standing="open", told="There is no valid travel document.")
    elif until < needed:
        margin = margin_of(file, paper) if paper is not None else None
        asked = f": it must be valid {margin.told}" if margin is not None else ""
        told = f"The travel document does not last for the journey{asked}."
        yield ChecklistItem(item="travel_document", standing="runs_out", told=told, valid_until=until)
    else:
        yield ChecklistItem(item="travel_document", standing="done", told="Travel document valid.", valid_until=until)
    if unannounced(file, person):
        told = "The journey must be announced to the consulate as the clause asks."
        yield ChecklistItem(item="itinerary_announcement", standing="open", told=told)
    yield from _on_the_way(file, person, needed)
    mine = [request for request in requests if request.person_id == person.id]
    if mine and (until is None or until < needed):
        yield _request(mine[-1])


def _on_the_way(file: CaseFile, person: CasePersonRow, needed: date) -> Iterator[ChecklistItem]:
    """Clearance and escort, where the person needs them."""
    until = file.cleared_until(person)
    if not person.medical_needed:
        told = "No medical clearance is needed."
        yield ChecklistItem(item="medical_clearance", standing="not_needed", told=told)
    elif until is None:
        yield ChecklistItem(item="medical_clearance", standing="open", told="A medical clearance is missing.")
    else:
        late = until < needed
        told = "The medical clearance runs out before the journey." if late else "Cleared for the journey."
        standing: Standing = "runs_out" if late else "done"
        yield ChecklistItem(item="medical_clearance", standing=standing, told=told, valid_until=until)
    for escort in file.escorts:
        if escort.person_id == person.id and escort.status != "cancelled":
            asked = escort.status == "requested"
            told = "An escort was asked for and is not confirmed." if asked else "The escort is confirmed."
            since = escort.confirmed_on or escort.requested_on
            yield ChecklistItem(item="escort", standing="waiting" if asked else "done", told=told, since=since)


TOLD: dict[str, str] = {
    RequestState.PREPARED: "The request is prepared and waits for the approval of its package",
    RequestState.NOT_CONFIRMED: "The consulate did not confirm the identity; ask again with more, or otherwise",
    RequestState.NOT_NATIONAL: "Not a national of that state; a check for statelessness is due",
    RequestState.REFUSED: "The document was refused; it can be requested again",
    RequestState.DEEMED_AGREED: "Silence counts as agreement; the paper that the clause names may be made",
    RequestState.ISSUED: "The document is issued; its validity must still be recorded",
    RequestState.HANDED_OVER: "The document is handed over; its validity must still be recorded",
    RequestState.CANCELLED: "The request was withdrawn",
    RequestState.GIVEN_BACK: "The document was given back",
}


def _request(request: TravelDocumentRequestRow) -> ChecklistItem:
    waiting = request.state in AWAITING
    told = TOLD.get(request.state, "The consulate was asked and has not answered for good yet")
    standing: Standing = "waiting" if waiting else "open"
    since = request.answered_on or request.requested_on
    return ChecklistItem(item="travel_document_request", standing=standing, told=f"{told}.", since=since)


def _item(name: str, done: bool, good: str, lacking: str, since: date | None = None) -> ChecklistItem:
    standing: Standing = "done" if done else "open"
    return ChecklistItem(item=name, standing=standing, told=f"{good if done else lacking}.", since=since)

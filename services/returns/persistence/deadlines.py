"""Reads what the clocks of a case look at, and the rows of those that run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.clock_facts import ClockFacts, RequestView
from services.returns.domain.disclosure_basis import STATE_KINDS
from services.returns.domain.travel_document_request import AGREED, AWAITING
from services.returns.domain.working_days import Calendars
from services.returns.persistence.case_views import view_of
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.deadline_tables import CaseDeadlineRow
from services.returns.persistence.disclosure_tables import (
    AgencyMessageRow,
    ClauseRow,
    DisclosureAnswerRow,
    DisclosureRow,
)
from services.returns.persistence.disclosures import holds
from services.returns.persistence.tables import ReturnCaseRow
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from services.returns.persistence.working_calendars import calendar_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

CONCLUSIONS = frozenset(
    {
        "identity.confirmed",
        "identity.not-confirmed",
        "identity.not-national",
        "travel-document.ready",
        "travel-document.handed-over",
        "travel-document.refused",
    }
)
"""Messages that answer a request."""
QUESTIONS = frozenset({"information.requested", "interview.required", "appointment.offered"})
"""Messages after which it is our turn."""
DATES = ("deadline_missed_on", "opened_on", "submitted_on", "departed_on", "arrived_on", "handed_over_on")
AIRLINE_FORM = "medif"


async def running_deadlines(uow: UnitOfWork, case_ids: Iterable[UUID]) -> list[CaseDeadlineRow]:
    """Clocks that run on these cases, the first due first."""
    row = CaseDeadlineRow
    statement = select(row).where(col(row.case_id).in_(list(case_ids)), col(row.ended_on).is_(None))
    return list((await uow.session.execute(statement.order_by(col(row.due_on), col(row.id)))).scalars())


async def get_deadline(uow: UnitOfWork, case_id: UUID, deadline_id: UUID) -> CaseDeadlineRow:
    """A clock of this case, also one that has ended. Raises NotFound."""
    row = await uow.session.get(CaseDeadlineRow, deadline_id)
    if row is None or row.case_id != case_id:
        raise NotFound
    return row


def places_of(case: ReturnCaseRow, names: Iterable[str]) -> Calendars:
    """The calendars of the places a clock names."""
    countries = {"host": case.host, "origin": case.destination}
    return [calendar_of(countries[name]) for name in names]


def clock_facts(
    file: CaseFile, requests: tuple[RequestView, ...], *, on: date, unseen: Mapping[str, date] | None = None
) -> ClockFacts:
    """The case on a day as the clocks see it."""
    return ClockFacts(
        case=view_of(file, on=on),
        today=on,
        host=file.case.host,
        destination=file.case.destination,
        consents_until=_consents_until(file, on),
        medical_forms_until=_medical_forms_until(file),
        requests=requests,
        messages_unseen=unseen or {},
        vulnerable=any(person.vulnerable for person in file.travelling),
        **{name: getattr(file.case, name) for name in DATES},
    )


def _medical_forms_until(file: CaseFile) -> dict[str, date]:
    """Until when the newest form for an airline holds, of everybody who has one."""
    refs = {person.id: person.person_ref for person in file.travelling}
    forms = [row for row in file.clearances if row.kind == AIRLINE_FORM and row.person_id in refs]
    return {refs[row.person_id]: row.valid_until for row in forms}


def _consents_until(file: CaseFile, on: date) -> dict[str, date]:
    """The last day of the consent that lasts longest, of everybody whose live consents all have one."""
    found: dict[str, date] = {}
    for person in file.travelling:
        own = [row for row in file.consents if row.person_id == person.id and row.withdrawn_on is None]
        days = [row.valid_until for row in own]
        known = [day for day in days if day is not None]
        if known and len(known) == len(days):
            found[person.person_ref] = max(known)
    return found


async def requests_of(uow: UnitOfWork, case: ReturnCaseRow) -> tuple[RequestView, ...]:
    """Approved packages, the requests for papers that hang on them, and what their recipients said since."""
    packages = select(DisclosureRow, ClauseRow).outerjoin(
        ClauseRow, col(ClauseRow.clause_id) == col(DisclosureRow.clause_id)
    )
    statement = packages.where(col(DisclosureRow.case_id) == case.id, col(DisclosureRow.approved_on).is_not(None))
    found = (await uow.session.execute(statement.order_by(col(DisclosureRow.id)))).all()
    if not found:
        return ()
    answers = select(DisclosureAnswerRow.disclosure_id).join(
        DisclosureRow, col(DisclosureRow.id) == col(DisclosureAnswerRow.disclosure_id)
    )
    answered = set((await uow.session.execute(answers.where(col(DisclosureRow.case_id) == case.id))).scalars())
    papers = select(TravelDocumentRequestRow).where(col(TravelDocumentRequestRow.case_id) == case.id)
    requests = list((await uow.session.execute(papers)).scalars())
    said = select(AgencyMessageRow).where(
        col(AgencyMessageRow.case_id) == case.id, col(AgencyMessageRow.voided_on).is_(None)
    )
    messages = list((await uow.session.execute(said.order_by(col(AgencyMessageRow.message_id)))).scalars())
    return tuple(
        _request(row, clause, row.id in answered, [each for each in requests if each.disclosure_id == row.id], messages)
        for row, clause in found
    )


def _request(
    row: DisclosureRow,
    clause: ClauseRow | None,
    answered: bool,
    papers: list[TravelDocumentRequestRow],
    messages: list[AgencyMessageRow],
) -> RequestView:
    sent_on = row.approved_on or row.answer_by
    said = [message for message in messages if message.sender_id == row.recipient_id and message.received_on >= sent_on]
    if papers:
        answered = all(paper.state not in AWAITING for paper in papers)
    elif not answered:
        answered = any(message.message_type in CONCLUSIONS for message in said)
    turns = [message for message in said if message.message_type in CONCLUSIONS | QUESTIONS]
    asked = turns[-1] if turns and turns[-1].message_type in QUESTIONS else None
    return RequestView(
        subject=str(row.id),
        sent_on=sent_on,
        answer_by=row.answer_by,
        from_state=row.recipient_kind in STATE_KINDS,
        answered=answered,
        ended=row.status != "approved",
        asked_back_on=asked.received_on if asked else None,
        **(_clause(clause, row.purpose) if clause is not None and holds(clause, sent_on) else {}),
        agreed_on=min((on for paper in papers if (on := _agreed_on(paper)) is not None), default=None),
    )


def _agreed_on(paper: TravelDocumentRequestRow) -> date | None:
    """Since when the other side agrees that the person travels: it said so, or its silence counts."""
    if paper.state not in AGREED:
        return None
    return paper.identity_confirmed_on or paper.deemed_on or paper.answered_on


def _clause(clause: ClauseRow, purpose: str) -> dict[str, Any]:
    """What the clause says; silence counts only where it says so, for the kinds of request it names."""
    counts = clause.deemed_agreement and (not clause.deemed_for or purpose in clause.deemed_for)
    return {
        "clause": clause.code,
        "reply_days": clause.reply_days,
        "longest_reply_days": clause.longest_reply_days,
        "silence_counts": counts and clause.reply_days is not None,
        "transfer_within_days": clause.transfer_within_days,
    }

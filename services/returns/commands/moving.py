"""How every command moves a case: the role may, the table allows, history remembers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.returns.contracts.published import (
    CaseApprovedV1,
    CaseResumedV1,
    CaseReturnFailedV1,
    Line,
    ReasonGroup,
    Total,
    TravellerFact,
)
from services.returns.domain.case_view import CaseView, Funding, State, Travel
from services.returns.domain.transitions import BY_NAME, gates_open, move
from services.returns.persistence.cards import keep_granted
from services.returns.persistence.case_views import view_of
from services.returns.persistence.cases import CaseFile, person_facts, remember
from services.returns.persistence.programmes import find_quote
from services.returns.persistence.tables import QuoteRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden, Invalid
from shared.ids import new_id

__all__ = ["advance", "fact_day", "view_of"]

LONGEST_RECONFIRMATION_DAYS = 60
"""The most that the setting of that name allows."""


class DateInTheFuture(Invalid):
    """A fact cannot have happened tomorrow."""

    slug = "date-in-the-future"
    title = "The day must not lie in the future"


def fact_day(uow: UnitOfWork, on: date | None) -> date:
    """The day of a fact; today unless given, never in the future."""
    today = uow.now.date()
    if on is not None and on > today:
        raise DateInTheFuture
    return on or today


def advance(
    uow: UnitOfWork,
    file: CaseFile,
    name: str,
    *,
    on: date,
    reason: str | None = None,
    view: CaseView | None = None,
    follows_from_the_facts: bool = False,
) -> State:
    """Move the case along the table; returns the state before. Raises Forbidden for the wrong role,
    TransitionRefused. What follows from the facts alone happens whoever recorded them."""
    transition = BY_NAME[name]
    if not (uow.actor.is_system or follows_from_the_facts or uow.acting_role in transition.roles):
        raise Forbidden
    before = State(file.case.state)
    target = move(view or view_of(file, on=on), name)
    file.case.state = target.value
    touch(file.case, now=uow.now)
    remember(uow, file.case, name, before=before.value, on=on, reason=reason)
    return before


def recheck(uow: UnitOfWork, file: CaseFile, *, on: date) -> bool:
    """Take a ready case back to preparation when a gate no longer holds; the itinerary stays. Whether it did."""
    if file.case.state != State.READY or not (lost := gates_open(_as_ready(file, on))):
        return False
    advance(uow, file, "fall_back", on=on, reason=lost[0].code, follows_from_the_facts=True)
    include_again(file)
    uow.notify("case.fell-back", role="caseworker", scope=file.case.office_id, subject=file.case.id)
    uow.notify("case.fell-back", role="travel_officer", scope=file.case.authority_id, subject=file.case.id)
    return True


def _as_ready(file: CaseFile, on: date) -> CaseView:
    """The age of the re-confirmation was judged at readiness; another travel date falls back by itself."""
    return view_of(file, on=on, reconfirmation_days=LONGEST_RECONFIRMATION_DAYS)


def include_again(file: CaseFile) -> None:
    """Everybody still on the file is back at the beginning of the journey; who died is not prepared for another."""
    for person in file.travelling:
        if person.deceased_on is not None:
            person.travel_status, person.not_travelling_reason = Travel.NOT_TRAVELLING.value, "deceased"
            continue
        person.travel_status = Travel.INCLUDED.value
        person.not_arrived()


def ask_afresh(file: CaseFile) -> None:
    """Every adult must say again that they want to return; what they said before stays on record."""
    for person in file.persons:
        person.declared_on = person.reconfirmed_on = None
        person.asked_afresh = new_id()


def fund(file: CaseFile, funding: Funding, *, on: date) -> None:
    """Where the money of the grant stands, and since when."""
    if file.case.funding != funding.value:
        file.case.funding, file.case.funding_since = funding.value, on


async def quote_valid(uow: UnitOfWork, file: CaseFile, *, on: date) -> bool:
    """Whether the calculation of the grant still fits these persons and is valid."""
    quote = await find_quote(uow.session, file.case.quote_id) if file.case.quote_id else None
    composition = {person.person_ref for person in file.travelling}
    return quote is not None and quote.valid_until >= on and set(quote.person_refs) == composition


async def take_up(uow: UnitOfWork, file: CaseFile, *, on: date) -> None:
    """Tell everybody that the case goes on, and ask for the money of its grant anew if it has one."""
    uow.publish(CaseResumedV1(case_id=file.case.id, on=on))
    file.case.ended_on = file.case.stage_before_end = None
    asks = file.case.state in (State.APPROVED, State.PRE_DEPARTURE)
    quote = await find_quote(uow.session, file.case.quote_id) if asks and file.case.quote_id else None
    if quote is None:
        return
    fund(file, Funding.AWAITED, on=uow.now.date())
    lines = [{**line, "line_id": str(new_id())} for line in quote.lines]
    uow.publish(await approval(uow, file, quote, lines, on=on))


async def not_returned(uow: UnitOfWork, file: CaseFile, *, on: date, group: ReasonGroup) -> CaseReturnFailedV1:
    """The fact that a journey failed: whoever had left is told again, as not returned."""
    facts = await person_facts(uow, file.travelling, on=on)
    return CaseReturnFailedV1(
        case_id=file.case.id,
        on=on,
        reason_group=group,
        original_on=file.case.departed_on,
        persons=[TravellerFact(**fact.model_dump(), travelled=False) for fact in facts],
    )


async def approval(
    uow: UnitOfWork, file: CaseFile, quote: QuoteRow, lines: Sequence[dict[str, Any]], *, on: date
) -> CaseApprovedV1:
    """The fact that assistance is granted, with the lines the money is asked for, which the person's card shows."""
    await keep_granted(uow, file.case.id, lines)
    return CaseApprovedV1(
        case_id=file.case.id,
        on=on,
        programme_id=file.case.programme_id,
        quote_id=quote.quote_id,
        rule_version=quote.rule_version,
        lines=[Line(**{name: line.get(name) for name in Line.model_fields}) for line in lines],
        total=Total(amount_minor=quote.total_minor, currency=quote.currency),
        persons=await person_facts(uow, file.travelling, on=on),
    )

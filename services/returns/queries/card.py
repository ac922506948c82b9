"""What a card shows: to its own code what was promised to this person, to its second code nothing."""

from __future__ import annotations

from dataclasses import dataclass

from services.returns.domain.promises import (
    News,
    Promise,
    due_on,
    may_still_withdraw,
    promised_by,
    stage,
    withdrawal_stands,
)
from services.returns.persistence.card_news import news_for
from services.returns.persistence.card_tables import GrantedLineRow, ReturnCardRow
from services.returns.persistence.cards import card_by_code, granted_to, paid_by_line, person_and_case
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.deadlines import places_of
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork

CARD_RULES = "return-card-v2"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One look at a card; `promises` is None for the second code, which shows what anybody may know."""

    language: str
    stage: str
    promises: tuple[Promise, ...] | None
    news: tuple[News, ...] = ()
    may_withdraw: bool
    withdrawal_asked: bool


async def look(uow: UnitOfWork, code: str) -> Shown:
    """Raises NotFound. That somebody looked is kept nowhere."""
    card, which = await card_by_code(uow, code)
    if which == "second":
        return Shown(
            language=card.language, stage="preparing", promises=None, may_withdraw=False, withdrawal_asked=False
        )
    return await shown(uow, card)


async def shown(uow: UnitOfWork, card: ReturnCardRow) -> Shown:
    """What the person's own code shows."""
    person, case = await person_and_case(uow, card.person_id)
    lines = await granted_to(uow, case, person.person_ref) if stage(case.state) != "ended" else []
    paid = await paid_by_line(uow, [line.line_id for line in lines])
    gone = person.travel_status == "NOT_TRAVELLING"
    return Shown(
        language=card.language,
        stage="ended" if gone else stage(case.state),
        promises=() if gone else tuple(_promise(uow, case, line, paid.get(line.line_id, 0)) for line in lines),
        news=() if gone or stage(case.state) == "ended" else await _news(uow, case, person.person_ref, lines),
        may_withdraw=not gone and may_still_withdraw(case.state),
        withdrawal_asked=withdrawal_stands(card.withdrawal_asked_on, person.declared_on),
    )


async def _news(uow: UnitOfWork, case: ReturnCaseRow, person_ref: str, lines: list[GrantedLineRow]) -> tuple[News, ...]:
    found = await news_for(uow, case.id, person_ref, [line.line_id for line in lines])
    return tuple(News(code=row.code, until=row.until, late=row.until < uow.now.date()) for row in found)


def _promise(uow: UnitOfWork, case: ReturnCaseRow, line: GrantedLineRow, paid: int) -> Promise:
    travel_on = case.departed_on or case.travel_on
    rule = reference(CARD_RULES)["due"].get(line.phase)
    places = places_of(case, rule["calendars"]) if rule else ()
    due = due_on(rule, travel_on=travel_on, arrived_on=case.arrived_on, places=places)
    return Promise(
        phase=line.phase,
        code=line.code,
        amount_minor=line.amount_minor,
        currency=line.currency,
        by=promised_by(line.phase),
        due_on=due,
        paid_minor=paid,
        late=due is not None and due < uow.now.date() and paid < line.amount_minor,
    )

"""Extend a grant to who joined after the decision: the new lines are asked for on top, what was granted stands.

Whatever is answered about them, the journey goes on: a top-up that is refused never blocks a departure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.returns.commands.check_quote import quote_for
from services.returns.commands.moving import fact_day, view_of
from services.returns.contracts.published import Line, Total
from services.returns.contracts.published_funding import CaseGrantExtendedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import CaseView, Funding, State
from services.returns.domain.guards import decided_by_another, identities_known
from services.returns.domain.transition import AFTER_DECISION
from services.returns.domain.transitions import open_transitions
from services.returns.domain.voluntariness import not_frozen
from services.returns.persistence.cases import CaseFile, load_file, person_facts, remember
from services.returns.persistence.decided_together import lock_together
from services.returns.persistence.programmes import find_quote
from services.returns.persistence.tables import CasePersonRow, QuoteRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Missing, TransitionRefused

EXTENDABLE = (*AFTER_DECISION, State.DEPARTED)


class NothingToAdd(Conflict):
    """Nobody joined since the decision, or the calculation gives those who did nothing of their own."""

    slug = "nothing-to-add"
    title = "This calculation adds nothing for anybody who joined after the decision"


@dataclass(frozen=True, kw_only=True)
class ExtendGrant:
    """Which calculation, for everybody who is on the file now."""

    case_id: UUID
    quote_id: UUID
    on: date | None = None


async def handle(command: ExtendGrant, *, uow: UnitOfWork) -> ReturnCaseRow:
    """The same calculation again asks for the same lines again. Raises NotFound, TransitionRefused, NothingToAdd, and
    what `quote_for` raises."""
    await lock_together(uow, command.case_id)
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on, case = fact_day(uow, command.on), file.case
    waits = case.top_up == Funding.AWAITED.value and case.top_up_quote_id != command.quote_id
    _refuse(view_of(file, on=on, decider_is_author=uow.actor.subject == case.author), waits=waits)
    quote = await quote_for(uow, file, command.quote_id, on=on)
    joined = await _joined(uow, file)
    refs = {person.person_ref for person in joined}
    lines = [line for line in quote.lines if line.get("person_ref") in refs]
    if not lines:
        raise NothingToAdd
    case.top_up, case.top_up_quote_id = Funding.AWAITED.value, quote.quote_id
    touch(case, now=uow.now)
    uow.publish(await _fact(uow, file, quote, lines, joined, on=on))
    remember(uow, case, "grant-extended", before=case.state, on=on)
    return case


def _refuse(case: CaseView, *, waits: bool) -> None:
    state = [] if case.state in EXTENDABLE else [Missing("state", "A grant is extended between decision and arrival.")]
    missing = [
        *state,
        *_money(case, waits=waits),
        *decided_by_another(case),
        *identities_known(case),
        *not_frozen(case),
    ]
    if missing:
        raise TransitionRefused(
            transition="extend the grant",
            state=case.state,
            missing=missing,
            open_transitions=open_transitions(case),
        )


def _money(case: CaseView, *, waits: bool) -> list[Missing]:
    """Something comes on top of money that is set aside, one calculation after the other."""
    if case.state in EXTENDABLE and case.funding is not Funding.RESERVED:
        return [Missing("funding", f"The money of the grant itself is not reserved (funding: {case.funding.value}).")]
    if waits:
        return [Missing("top-up", "The lines of another calculation are still waited for.")]
    return []


async def _joined(uow: UnitOfWork, file: CaseFile) -> list[CasePersonRow]:
    """Who travels and was not part of the calculation the grant rests on."""
    before = await find_quote(uow.session, file.case.quote_id) if file.case.quote_id else None
    known = set(before.person_refs) if before else set()
    return [person for person in file.travelling if person.person_ref not in known]


async def _fact(
    uow: UnitOfWork,
    file: CaseFile,
    quote: QuoteRow,
    lines: list[dict[str, Any]],
    joined: list[CasePersonRow],
    *,
    on: date,
) -> CaseGrantExtendedV1:
    return CaseGrantExtendedV1(
        case_id=file.case.id,
        on=on,
        programme_id=file.case.programme_id,
        quote_id=quote.quote_id,
        rule_version=quote.rule_version,
        lines=[Line(**{name: line.get(name) for name in Line.model_fields}) for line in lines],
        total=Total(amount_minor=sum(line["amount_minor"] for line in lines), currency=quote.currency),
        persons=await person_facts(uow, joined, on=on),
    )

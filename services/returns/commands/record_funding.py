"""Reintegration answered about the money; an answer for a case that is over is recorded, never an error."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.commands.moving import fund, recheck
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Funding
from services.returns.persistence.cards import add_granted
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.programmes import find_quote
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordFunding:
    """The answer; `on_top` is about lines that came on top of a grant, which stands whatever is answered."""

    case_id: UUID
    funding: Funding
    reservation_id: UUID | None = None
    on_top: bool = False


async def handle(command: RecordFunding, *, uow: UnitOfWork) -> None:
    """Record the answer and tell those who wait for it."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    case, kind = file.case, "funding"
    if command.on_top:
        kind = "top-up"
        await _on_top(file, command.funding, uow=uow)
    else:
        fund(file, command.funding, on=uow.now.date())
        case.reservation_id = command.reservation_id or case.reservation_id
    touch(case, now=uow.now)
    remember(uow, case, f"{kind}-{command.funding.value}", before=case.state)
    recheck(uow, file, on=uow.now.date())
    told = f"{kind}.{command.funding.value}"
    uow.notify(told, role="caseworker", scope=case.office_id, subject=case.id)
    if command.funding is Funding.REFUSED:
        uow.notify(told, role="case_officer", scope=case.authority_id, subject=case.id)


async def _on_top(file: CaseFile, funding: Funding, *, uow: UnitOfWork) -> None:
    """Reserved: the grant is the newer calculation from now on. Refused: nobody waits for it."""
    case = file.case
    case.top_up = funding.value
    quote = await find_quote(uow.session, case.top_up_quote_id) if case.top_up_quote_id else None
    if funding is not Funding.RESERVED or quote is None:
        return
    before = await find_quote(uow.session, case.quote_id) if case.quote_id else None
    known = set(before.person_refs) if before else set()
    lines = [line for line in quote.lines if line.get("person_ref") and line["person_ref"] not in known]
    case.quote_id, case.rule_version, case.top_up_quote_id = quote.quote_id, quote.rule_version, None
    case.total_minor = (case.total_minor or 0) + sum(line["amount_minor"] for line in lines)
    add_granted(uow, case.id, lines)

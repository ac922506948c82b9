"""A court annuls or suspends the order to return: nobody has to go, and everybody is asked again what they want."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.approve_disclosure import recall
from services.returns.commands.moving import ask_afresh, fact_day, recheck
from services.returns.commands.record_death import AlreadyOnTheWay
from services.returns.commands.record_fact import keep
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State
from services.returns.domain.disclosure_basis import STATE_KINDS
from services.returns.domain.facts import FACT_KINDS
from services.returns.domain.transition import OPEN
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.disclosures import disclosures_of
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class NoteReturnOrder:
    """Where the order stands now."""

    case_id: UUID
    standing: Literal["in_force", "suspended", "annulled"]
    on: date | None = None


async def handle(command: NoteReturnOrder, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, AlreadyOnTheWay. While the order is suspended the case cannot lapse; once it is annulled there
    is no period. Outside nobody learns more than that a request is over."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    case, on = file.case, fact_day(uow, command.on)
    if case.state not in (*OPEN, State.SUSPENDED):
        raise AlreadyOnTheWay
    keep(uow, file, FACT_KINDS["return_order"], command.standing, None, on=on)
    if command.standing == "in_force":
        return case
    if command.standing == "annulled":
        case.depart_by = case.deadline_missed_on = None
    for package in await disclosures_of(uow, case.id):
        if package.recipient_kind in STATE_KINDS:
            await recall(case.id, package.id, uow=uow)
    ask_afresh(file)
    remember(uow, case, "order-looked-at", before=case.state, on=on)
    recheck(uow, file, on=on)
    uow.notify("return-order.changed", role="caseworker", scope=case.office_id, subject=case.id)
    return case

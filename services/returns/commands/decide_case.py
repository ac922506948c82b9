"""Grant or refuse assistance: a case officer who did not prepare the file, on a calculation for exactly these
persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.check_quote import quote_for
from services.returns.commands.moving import advance, approval, fact_day, fund, view_of
from services.returns.contracts.published import CaseRefusedV1, ReasonGroup
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Funding
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.decided_together import lock_together
from services.returns.persistence.tables import QuoteRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid


class DecisionIncomplete(Invalid):
    """A grant needs a calculation, a refusal needs reasons."""

    slug = "decision-incomplete"
    title = "A grant needs a quote_id, a refusal a reason"


@dataclass(frozen=True, kw_only=True)
class DecideCase:
    """A decision."""

    case_id: UUID
    outcome: Literal["approved", "refused"]
    quote_id: UUID | None = None
    reason_code: str | None = None
    reason_group: ReasonGroup | None = None
    decided_on: date | None = None


async def handle(command: DecideCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused, DecisionIncomplete, and what `quote_for` raises."""
    await lock_together(uow, command.case_id)
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.decided_on)
    own_file = uow.actor.subject == file.case.author
    if command.outcome == "refused":
        if not command.reason_code or not command.reason_group:
            raise DecisionIncomplete
        view = view_of(file, on=on, decider_is_author=own_file)
        advance(uow, file, "refuse", on=on, reason=command.reason_code, view=view)
        file.case.reason_code = command.reason_code
        uow.publish(CaseRefusedV1(case_id=file.case.id, on=on, reason_group=command.reason_group))
    else:
        if command.quote_id is None:
            raise DecisionIncomplete
        quote = await quote_for(uow, file, command.quote_id, on=on)
        view = view_of(file, on=on, decider_is_author=own_file, quote_fits=True)
        advance(uow, file, "approve", on=on, view=view)
        await _grant(file, quote, on=on, uow=uow)
    file.case.decided_on, file.case.decided_by = on, uow.actor.subject
    return file.case


async def _grant(file: CaseFile, quote: QuoteRow, *, on: date, uow: UnitOfWork) -> None:
    case = file.case
    case.quote_id, case.rule_version = quote.quote_id, quote.rule_version
    case.total_minor, case.currency = quote.total_minor, quote.currency
    fund(file, Funding.AWAITED, on=uow.now.date())
    uow.publish(await approval(uow, file, quote, quote.lines, on=on))

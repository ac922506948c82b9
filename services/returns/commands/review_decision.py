"""Ask for a review of a refusal, an amount, a suspension, a lapse or a revocation; another officer decides on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, fund, quote_valid, take_up, view_of
from services.returns.commands.resting import wake
from services.returns.contracts.published import CaseRefusedV1, CaseReviewRequestedV1
from services.returns.contracts.published_endings import CaseRevokedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Funding, State
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.fact_views import live
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ReviewDecision:
    """`requested` opens the review; `granted` and `confirmed` end it."""

    case_id: UUID
    step: Literal["requested", "granted", "confirmed"]
    on: date | None = None


TRANSITION = {"requested": "ask_review", "granted": "review_grants", "confirmed": "review_confirms"}


async def handle(command: ReviewDecision, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    case = file.case
    view = view_of(
        file,
        on=on,
        reviewer_is_decider=uow.actor.subject in _deciders(file),
        quote_valid=await quote_valid(uow, file, on=on),
    )
    before = advance(uow, file, TRANSITION[command.step], on=on, view=view)
    if command.step == "requested":
        case.review_of = before.value
        uow.publish(CaseReviewRequestedV1(case_id=case.id, on=on))
        uow.notify("review.requested", role="case_officer", scope=case.authority_id, subject=case.id)
        return case
    of, case.review_of = State(case.review_of or State.REFUSED), None
    if command.step == "granted":
        await _undo(uow, file, of, on=on)
    elif case.state == State.REFUSED:
        uow.publish(CaseRefusedV1(case_id=case.id, on=on, reason_group="authority"))
    return case


async def _undo(uow: UnitOfWork, file: CaseFile, of: State, *, on: date) -> None:
    """What was wrong is undone: a suspension ends; a grant set aside gives its money back and is decided anew."""
    case = file.case
    if of is State.SUSPENDED:
        wake(uow, file, on=on)
    elif of is State.APPROVED:
        fact = {"case_id": case.id, "on": on, "reason_group": "authority", "stage_before": of.value}
        uow.publish(CaseRevokedV1(**fact))
        fund(file, Funding.NONE, on=uow.now.date())
        await take_up(uow, file, on=on)
    elif of in (State.LAPSED, State.REVOKED):
        await take_up(uow, file, on=on)


def _deciders(file: CaseFile) -> set[str | None]:
    """Everybody who had a hand in what is contested."""
    proposers = {fact.recorded_by for fact in live(file.facts, "lapse_proposed", "revocation_proposed")}
    return {file.case.decided_by, file.case.suspended_by, *proposers}

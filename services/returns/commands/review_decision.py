"""Ask for a review of a refusal, and decide on it: another officer than the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.contracts.published import CaseRefusedV1, CaseReviewRequestedV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file
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
    view = view_of(file, on=on, reviewer_is_decider=uow.actor.subject == file.case.decided_by)
    advance(uow, file, TRANSITION[command.step], on=on, view=view)
    if command.step == "requested":
        uow.publish(CaseReviewRequestedV1(case_id=file.case.id, on=on))
        uow.notify("review.requested", role="case_officer", scope=file.case.authority_id, subject=file.case.id)
    elif command.step == "confirmed":
        uow.publish(CaseRefusedV1(case_id=file.case.id, on=on, reason_group="authority"))
    return file.case

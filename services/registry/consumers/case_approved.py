"""returns.case.approved: partners may be told, with consent."""

from __future__ import annotations

from services.registry.commands import project_disclosure, retry_waiting
from services.registry.contracts.consumed import CaseApprovedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_approved(seen: CaseApprovedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.approved: partners may be told, with consent."""
    await project_disclosure.keep_case(seen.case_id, uow=uow, approved=True, over=False)
    await retry_waiting.of_case(seen.case_id, uow=uow)

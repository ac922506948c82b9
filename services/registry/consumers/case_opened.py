"""returns.case.opened: a case that may be told of one day."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import CaseOpenedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_opened(seen: CaseOpenedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.opened: a case that may be told of one day."""
    belongs = seen.model_dump(include={"programme_id", "office_id", "authority_id", "opened_on"})
    await project_disclosure.keep_case(seen.case_id, uow=uow, **belongs)
    await project_disclosure.keep_persons(seen.case_id, seen.persons, uow=uow)

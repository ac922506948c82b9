"""returns.case.departed: the partner learns who is on the way."""

from __future__ import annotations

from services.registry.commands import project_disclosure
from services.registry.contracts.consumed import CaseDepartedSeen
from shared.database.unit_of_work import UnitOfWork


async def on_case_departed(seen: CaseDepartedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.departed: the partner learns who is on the way."""
    refs = [person.person_ref for person in seen.persons if person.travelled]
    facts = {"on": seen.on.isoformat()}
    await project_disclosure.tell_partners(seen.case_id, "departed", facts, refs, uow=uow)

"""returns.case.departed: the partner learns who is on the way."""

from __future__ import annotations

from services.registry.commands.tell_consenting import tell_consenting
from services.registry.contracts.consumed import CaseDepartedSeen
from services.registry.domain.request_end import REINTEGRATION
from shared.database.unit_of_work import UnitOfWork


async def on_case_departed(seen: CaseDepartedSeen, *, uow: UnitOfWork) -> None:
    """returns.case.departed: the partner learns who is on the way."""
    refs = [person.person_ref for person in seen.persons if person.travelled]
    facts = {"on": seen.on.isoformat()}
    await tell_consenting(seen.case_id, "departed", facts, refs, purpose=REINTEGRATION, uow=uow)

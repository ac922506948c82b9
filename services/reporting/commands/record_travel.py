"""A departure or an arrival, and what is taken back of them: the day of the case, and of everybody who travelled.

Source of the rule that persons brought back are restated out of the returns: domain-rules.md 22 and 44.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from services.reporting.commands import record_stage
from services.reporting.contracts.consumed import CaseFactCorrectedSeen, CaseStageSeen, CaseTravelSeen
from services.reporting.persistence.facts import set_on_case, set_person
from services.reporting.persistence.tables import PersonOfCase
from shared.database.unit_of_work import UnitOfWork

TAKEN_BACK = {
    "arrival": ("arrived_on", "handed_over_on", "closed_on"),
    "departure": ("departed_on",),
}
"""Which days of a case fall with a fact that was wrong; what else may be corrected is not counted here."""


async def departed(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """Record who left and when; who stayed behind does not count as a return."""
    await set_on_case(uow, seen.case_id, departed_on=seen.on)
    await _travelled(seen, uow=uow, departed_on=seen.on)


async def arrived(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """Record who arrived and when."""
    await set_on_case(uow, seen.case_id, arrived_on=seen.on)
    await _travelled(seen, uow=uow, arrived_on=seen.on)


async def _travelled(seen: CaseTravelSeen, *, uow: UnitOfWork, **days: Any) -> None:
    for person in seen.persons:
        if person.travelled:
            await set_person(uow, seen.case_id, person.model_dump(), destination=seen.destination, **days)


async def failed(seen: CaseStageSeen, *, uow: UnitOfWork) -> None:
    """Who had left is back: no return, whatever an earlier report said."""
    left = col(PersonOfCase.departed_on).is_not(None)
    await _persons(seen.case_id, left, {"return_failed_on": seen.on, "departed_on": None, "arrived_on": None}, uow=uow)
    await set_on_case(uow, seen.case_id, departed_on=None, arrived_on=None)
    await record_stage.handle(seen.case_id, stage="return_failed", on=seen.on, uow=uow)


async def corrected(seen: CaseFactCorrectedSeen, *, uow: UnitOfWork) -> None:
    """An arrival or a departure that was not: its days fall, and figures that counted them are restated."""
    fallen = TAKEN_BACK.get(seen.fact)
    if fallen is None:
        return
    await set_on_case(uow, seen.case_id, **dict.fromkeys(fallen))
    await _persons(seen.case_id, None, {fallen[0]: None}, uow=uow)


async def _persons(case_id: UUID, which: Any, values: dict[str, Any], *, uow: UnitOfWork) -> None:
    statement = update(PersonOfCase).where(col(PersonOfCase.case_id) == case_id).values(**values)
    await uow.session.execute(statement if which is None else statement.where(which))

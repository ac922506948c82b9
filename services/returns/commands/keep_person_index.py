"""Keeps every record findable and, where somebody was completed after the application, searches again by itself."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.returns.commands.rotate_index_key import move_some
from services.returns.commands.search_duplicates import search
from services.returns.domain.access import may_read
from services.returns.domain.transition import AFTER_DECISION, S
from services.returns.persistence.cases import load_file
from services.returns.persistence.duplicate_search import describe_all, keep_tokens
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "person-index"
AT_ONCE = 500
SEARCHED_AGAIN = tuple(state.value for state in (S.ELIGIBLE, *AFTER_DECISION))


async def run(runtime: Runtime) -> None:
    """New records first, one unit of work for all; then one for each file to search for."""
    system = Principal.system(JOB)
    async with runtime.units.begin(actor=system) as uow:
        await index_new(uow)
    await move_some(runtime)
    async with runtime.units.read(actor=system) as uow:
        ids = await _to_search(uow)
    for case_id in ids:
        async with runtime.units.begin(actor=system) as uow:
            await search(uow, await load_file(uow, case_id, may_read, lock=True))


async def index_new(uow: UnitOfWork) -> None:
    """Records that nothing can be found by yet; whatever became of their case, it counts as earlier."""
    person = CasePersonRow
    new = select(person).where(col(person.index_scheme).is_(None)).order_by(col(person.id)).limit(AT_ONCE)
    people = list((await uow.session.execute(new.with_for_update(skip_locked=True))).scalars())
    if people:
        await keep_tokens(uow, await describe_all(uow, people))


async def _to_search(uow: UnitOfWork) -> list[UUID]:
    person, case = CasePersonRow, ReturnCaseRow
    statement = (
        select(col(case.id))
        .join(person, col(person.case_id) == col(case.id))
        .where(
            col(case.state).in_(SEARCHED_AGAIN),
            col(person.duplicates_searched_at).is_(None),
            col(person.provisional).is_(False),
            col(person.travel_status) != "NOT_TRAVELLING",
        )
        .distinct()
        .limit(AT_ONCE)
    )
    return list((await uow.session.execute(statement)).scalars())

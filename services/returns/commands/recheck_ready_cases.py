"""Ready cases are checked again as days go by: a paper that expires takes a case back to preparation, nothing more."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.returns.commands.moving import recheck
from services.returns.domain.access import may_read
from services.returns.domain.case_view import State
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "recheck-ready-cases"
AT_ONCE = 500


async def run(runtime: Runtime) -> None:
    """Every ready case, in portions; one unit of work per case."""
    system, after = Principal.system(JOB), UUID(int=0)
    while True:
        async with runtime.units.read(actor=system) as uow:
            ids = await _ready(uow, after)
        for case_id in ids:
            async with runtime.units.begin(actor=system) as uow:
                await handle(case_id, uow=uow)
        if len(ids) < AT_ONCE:
            return
        after = ids[-1]


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Check one case; doing it again changes nothing. Raises NotFound."""
    file = await load_file(uow, case_id, may_read, lock=True)
    recheck(uow, file, on=uow.now.date())


async def _ready(uow: UnitOfWork, after: UUID) -> list[UUID]:
    row = ReturnCaseRow
    statement = select(col(row.id)).where(col(row.state) == State.READY.value, col(row.id) > after)
    return list((await uow.session.execute(statement.order_by(col(row.id)).limit(AT_ONCE))).scalars())

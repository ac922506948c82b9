"""Whatever a unit changed on a case, its packages follow in the same commit: of a case that is over everything is taken
back, and whoever may not be named any more leaves.

Runs at the end of every unit that changed a case, so that no way to end a case or a consent can forget it. Bases and
consents that run out by themselves are looked at by a job.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from services.returns.commands import renew_deadlines
from services.returns.commands.approve_disclosure import leave, take_back
from services.returns.contracts.published_endings import CaseRequestsEndedV1
from services.returns.persistence.case_lists import OVER
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.disclosure_bases import (
    cases_not_settled,
    cases_with_expired_consent,
    cases_without_basis,
    what_is_missing,
)
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import open_packages, readable
from services.returns.persistence.tables import HistoryRow, ReturnCaseRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Job, Runtime

AT_ONCE = 200
BASES, CONSENTS, ENDED = "recall-without-basis", "end-expired-consents", "recall-of-ended-cases"


async def at_the_end(uow: UnitOfWork) -> None:
    """Settle every case whose history this unit has added to; afterwards the clocks follow."""
    lines = uow.appended(str(HistoryRow.__tablename__))
    changed = (line["case_id"] for line in lines if line["action"] != renew_deadlines.OPENED)
    for case_id in dict.fromkeys([*changed]):
        await handle(case_id, uow=uow)
    await renew_deadlines.at_the_end(uow)


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Doing it again changes nothing. Raises NotFound."""
    await uow.flush()
    case = await uow.session.get(ReturnCaseRow, case_id)
    if case is not None and case.state in OVER and case.requests_ended_on is None:
        case.requests_ended_on = uow.now.date()
    packages = await open_packages(uow, case_id)
    if not packages:
        return
    file = await load_file(uow, case_id, lambda _actor, _case: True, lock=True)
    for package in packages:
        await _settle(uow, file, package)


async def _settle(uow: UnitOfWork, file: CaseFile, package: DisclosureRow) -> None:
    if file.case.state in OVER:
        await take_back(uow, file, package)
    elif package.status == "approved":
        staying = {person.person_ref for person in readable(file, package, uow.now.date())}
        await leave(uow, file, package, set(package.person_refs) - staying)


async def _without_basis(case_id: UUID, *, uow: UnitOfWork) -> None:
    """A basis has ended: what rested on it and on nothing else is taken back."""
    file = await load_file(uow, case_id, lambda _actor, _case: True, lock=True)
    for package in await open_packages(uow, case_id):
        rested = package.status == "approved" and package.basis_id is not None
        if rested and await what_is_missing(uow, file, package, uow.now.date()) is not None:
            await take_back(uow, file, package)


async def recall_without_basis(runtime: Runtime) -> None:
    """Packages whose legal basis was ended or has run out; until then they are refused at every read."""
    await one_by_one(runtime, Principal.system(BASES), partial(cases_without_basis, most=AT_ONCE), _without_basis)


async def end_expired_consents(runtime: Runtime) -> None:
    """Persons whose consent has run out leave the packages that named them."""
    await one_by_one(runtime, Principal.system(CONSENTS), partial(cases_with_expired_consent, most=AT_ONCE), handle)


async def recall_of_ended_cases(runtime: Runtime) -> None:
    """Cases that ended before what was asked for them was taken back with them: closed like any other, portion by
    portion, and registry is told once, because it may not have followed their ends then."""
    await one_by_one(runtime, Principal.system(ENDED), partial(cases_not_settled, most=AT_ONCE), _settle_afterwards)


async def _settle_afterwards(case_id: UUID, *, uow: UnitOfWork) -> None:
    file = await load_file(uow, case_id, lambda _actor, _case: True, lock=True)
    if file.case.requests_ended_on is not None or file.case.state not in OVER:
        return
    await handle(case_id, uow=uow)
    outcome = "closed" if file.case.state == "CLOSED" else "over"
    uow.publish(CaseRequestsEndedV1(case_id=case_id, on=uow.now.date(), outcome=outcome))


JOBS = (
    Job(BASES, 60, recall_without_basis),
    Job(CONSENTS, 3_600, end_expired_consents),
    Job(ENDED, 60, recall_of_ended_cases),
)

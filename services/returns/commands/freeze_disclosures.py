"""Stop everything of a case from leaving, or let it go on; no reason is told to anybody."""

from __future__ import annotations

from uuid import UUID

from services.returns.commands.moving import recheck
from services.returns.contracts.published_disclosure import CaseDisclosureFrozenV1, CaseDisclosureReleasedV1
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def set_frozen(case_id: UUID, *, frozen: bool, uow: UnitOfWork) -> ReturnCaseRow:
    """Our own events go on. Raises NotFound."""
    file = await load_file(uow, case_id, may_read, lock=True)
    case, on = file.case, uow.now.date()
    if (case.frozen_on is not None) == frozen:
        return case
    case.frozen_on = on if frozen else None
    touch(case, now=uow.now)
    fact = CaseDisclosureFrozenV1 if frozen else CaseDisclosureReleasedV1
    uow.publish(fact(case_id=case.id, on=on))
    remember(uow, case, "disclosures-frozen" if frozen else "disclosures-released", before=case.state, on=on)
    recheck(uow, file, on=on)
    return case

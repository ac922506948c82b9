"""Stop everything of a case from leaving at once; letting it go on takes two people. No reason is told to anybody."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.returns.commands.moving import recheck
from services.returns.commands.record_fact import keep
from services.returns.commands.tell_protectors import tell_protectors
from services.returns.contracts.published_disclosure import CaseDisclosureFrozenV1, CaseDisclosureReleasedV1
from services.returns.domain.access import may_read
from services.returns.domain.facts import FACT_KINDS
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.fact_views import latest
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

PROPOSED = FACT_KINDS["release_proposed"]


class ReleaseNeedsAnother(Conflict):
    """One protection officer proposes, another releases."""

    slug = "release-needs-another"
    title = "Another protection officer must release this"


async def freeze(case_id: UUID, *, uow: UnitOfWork) -> ReturnCaseRow:
    """At once and by one; our own events go on. What was proposed before counts no more. Raises NotFound."""
    file = await load_file(uow, case_id, may_read, lock=True)
    stop(uow, file, on=uow.now.date())
    return file.case


def stop(uow: UnitOfWork, file: CaseFile, *, on: date) -> None:
    """Freeze a loaded file; a ready one goes back to preparation, one that is frozen stays so."""
    case = file.case
    _take_back_proposal(uow, file, on=on)
    if case.frozen_on is not None:
        return
    case.frozen_on = on
    touch(case, now=uow.now)
    uow.publish(CaseDisclosureFrozenV1(case_id=case.id, on=on))
    remember(uow, case, "disclosures-frozen", before=case.state, on=on)
    recheck(uow, file, on=on)


async def release(case_id: UUID, *, uow: UnitOfWork) -> ReturnCaseRow:
    """The first call proposes, the second by somebody else releases. Raises NotFound, ReleaseNeedsAnother."""
    file = await load_file(uow, case_id, may_read, lock=True)
    case, on = file.case, uow.now.date()
    if case.frozen_on is None:
        return case
    proposed = proposal_of(file)
    if proposed is None:
        keep(uow, file, PROPOSED, None, None, on=on)
        tell_protectors(uow, case, "release.proposed")
        return case
    if proposed.recorded_by == uow.actor.subject:
        raise ReleaseNeedsAnother
    _take_back_proposal(uow, file, on=on)
    case.frozen_on = None
    touch(case, now=uow.now)
    uow.publish(CaseDisclosureReleasedV1(case_id=case.id, on=on))
    remember(uow, case, "disclosures-released", before=case.state, on=on)
    return case


def proposal_of(file: CaseFile) -> CaseFactRow | None:
    """The proposal to release that is open, if any."""
    return latest(file.facts, PROPOSED.name)


def _take_back_proposal(uow: UnitOfWork, file: CaseFile, *, on: date) -> None:
    if (proposed := proposal_of(file)) is not None:
        proposed.voided_on, proposed.voided_by, proposed.void_reason = on, uow.actor.subject, "settled"
        touch(proposed, now=uow.now)

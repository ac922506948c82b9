"""A plan went to another partner: that one acts on the case from now on, and the one before can read nothing more.

What the new partner may be told needs a consent that names it; nothing is carried over from the partner before.
"""

from __future__ import annotations

from services.returns.commands.approve_disclosure import take_back
from services.returns.contracts.consumed import PlanTransferredSeen
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.disclosures import disclosures_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: PlanTransferredSeen, *, uow: UnitOfWork) -> None:
    """The same fact again changes nothing."""
    file = await load_file(uow, seen.case_id, may_work, lock=True)
    if file.case.partner_id == seen.partner_id:
        return
    file.case.partner_id = seen.partner_id
    touch(file.case, now=uow.now)
    remember(uow, file.case, "partner-changed", before=file.case.state, on=uow.now.date())
    for package in await disclosures_of(uow, file.id):
        if package.recipient_id == seen.from_partner_id:
            await take_back(uow, file, package)
    uow.notify("partner.changed", role="caseworker", scope=file.case.office_id, subject=file.id)

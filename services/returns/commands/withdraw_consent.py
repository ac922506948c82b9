"""Take a consent back: no further sharing from this moment; the return itself is not touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.contracts.published import ConsentWithdrawnV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.tables import ConsentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent:
    """Which consent ends, and since when."""

    case_id: UUID
    consent_id: UUID
    on: date | None = None


async def handle(command: WithdrawConsent, *, uow: UnitOfWork) -> ConsentRow:
    """Always possible; a second withdrawal changes nothing. Raises NotFound."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    consent = next((row for row in file.consents if row.id == command.consent_id), None)
    if consent is None:
        raise NotFound
    if consent.withdrawn_on is not None:
        return consent
    on = fact_day(uow, command.on)
    end_consent(uow, file, consent, on=on)
    touch(file.case, now=uow.now)
    recheck(uow, file, on=on)
    return consent


def end_consent(uow: UnitOfWork, file: CaseFile, consent: ConsentRow, *, on: date) -> None:
    """It ends and all services hear of it; of a loaded file."""
    consent.withdrawn_on = on
    touch(consent, now=uow.now)
    person = next(row for row in file.persons if row.id == consent.person_id)
    uow.publish(ConsentWithdrawnV1(consent_id=consent.id, case_id=file.case.id, person_ref=person.person_ref, on=on))
    remember(uow, file.case, "consent-withdrawn", before=file.case.state, on=on, person_ref=person.person_ref)

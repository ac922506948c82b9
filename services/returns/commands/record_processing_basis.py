"""Record on which legal basis a programme processes data for a purpose; a consent is never that basis.

Source: GDPR Art. 6(1), 9(2) and 49(3): authorities cannot rest what they do on consent, which stays a safeguard of the
programme beside the basis. A new version replaces, never changes an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.persistence.fact_tables import ProcessingBasisRow
from services.returns.persistence.programmes import find_programme
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid


class PeriodTurnedRound(Invalid):
    """The last day lies before the first."""

    slug = "period-turned-round"
    title = "The last day must not lie before the first"


@dataclass(frozen=True, kw_only=True)
class RecordProcessingBasis:
    """For which purpose, on which basis, where it stands, from when to when, and where that was looked up."""

    programme_id: UUID
    purpose: str
    basis: str
    instrument: str
    article: str
    source: str
    valid_from: date
    valid_to: date | None = None


async def handle(command: RecordProcessingBasis, *, uow: UnitOfWork) -> ProcessingBasisRow:
    """Raises ProgrammeNotKnownYet, for a programme of somebody else too, and PeriodTurnedRound."""
    foreign = str(command.programme_id) not in uow.actor.programmes
    if foreign or await find_programme(uow.session, command.programme_id) is None:
        raise ProgrammeNotKnownYet
    if command.valid_to is not None and command.valid_to < command.valid_from:
        raise PeriodTurnedRound
    values = {**command.__dict__, "recorded_by": uow.actor.subject}
    row = ProcessingBasisRow(**values, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    await uow.session.flush()
    uow.record("processing-basis.recorded", subject=command.programme_id)
    return row

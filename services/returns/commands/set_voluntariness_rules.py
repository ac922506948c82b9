"""Publish a programme's periods for voluntariness as a new version with its source; earlier ones stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.persistence.fact_tables import VoluntarinessRuleRow
from services.returns.persistence.programmes import find_programme
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SetVoluntarinessRules:
    """The periods in days, hours and years, from when, and where they come from."""

    programme_id: UUID
    valid_from: date
    source: str
    cooling_off_days: int
    reconfirmation_days: int | None
    child_heard_from_years: int
    reopen_days: int
    booking_protects_days: int
    second_confirmation_hours: int
    provisional_days: int | None = None
    detention_decision_days: int | None = None


async def handle(command: SetVoluntarinessRules, *, uow: UnitOfWork) -> VoluntarinessRuleRow:
    """Raises ProgrammeNotKnownYet, for a programme of somebody else too."""
    foreign = str(command.programme_id) not in uow.actor.programmes
    if foreign or await find_programme(uow.session, command.programme_id) is None:
        raise ProgrammeNotKnownYet
    row = VoluntarinessRuleRow(**command.__dict__, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    await uow.session.flush()
    uow.record("voluntariness-rules.published", subject=command.programme_id)
    return row

"""returns.person.own-consent-needed: who comes of age in this month is named by a consent of their own only."""

from __future__ import annotations

from services.registry.commands import follow_endings
from services.registry.contracts.consumed import PersonGoneSeen
from shared.database.unit_of_work import UnitOfWork


async def on_person_own_consent_needed(seen: PersonGoneSeen, *, uow: UnitOfWork) -> None:
    """returns.person.own-consent-needed: who comes of age in this month is named by a consent of their own only."""
    await follow_endings.own_consent_needed(seen.case_id, seen.person_ref, uow=uow)

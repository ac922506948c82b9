"""Partnerships: their status, their components, what was done, and what each side says of what is owed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from services.reporting.contracts.consumed import (
    ActivityReportedSeen,
    CommitmentSeen,
    CommitmentSettledSeen,
    ComponentStatusChangedSeen,
    PartnershipSignedSeen,
    PartnershipStatusChangedSeen,
    RoundHeldSeen,
)
from services.reporting.persistence.facts import upsert
from services.reporting.persistence.tables import (
    ActivityFact,
    CommitmentFact,
    ComponentFact,
    PartnershipFact,
    RoundFact,
)
from shared.database.unit_of_work import UnitOfWork


async def signed(seen: PartnershipSignedSeen, *, uow: UnitOfWork) -> None:
    """Record parties and the day of signature."""
    parties = ", ".join(sorted(party.code for party in seen.parties))
    key = {"partnership_id": seen.partnership_id}
    await upsert(
        uow,
        PartnershipFact,
        key,
        {"status": "signed", "signed_on": seen.signed_on, "parties": parties},
    )


async def status_changed(seen: PartnershipStatusChangedSeen, *, uow: UnitOfWork) -> None:
    """Record the new status."""
    await upsert(uow, PartnershipFact, {"partnership_id": seen.partnership_id}, {"status": seen.status})


async def component_changed(seen: ComponentStatusChangedSeen, *, uow: UnitOfWork) -> None:
    """Record where a component stands."""
    values = seen.model_dump(include={"partnership_id", "component_type", "status"}) | {"since": seen.on}
    await upsert(uow, ComponentFact, {"component_id": seen.component_id}, values)


async def activity_reported(seen: ActivityReportedSeen, *, uow: UnitOfWork) -> None:
    """Record what was done, in place of what an earlier revision said; a report that was taken back counts nowhere."""
    if seen.withdrawn:
        await uow.session.execute(delete(ActivityFact).where(col(ActivityFact.activity_id) == seen.activity_id))
        return
    values = seen.model_dump(exclude={"activity_id", "withdrawn"})
    await upsert(uow, ActivityFact, {"activity_id": seen.activity_id}, values)


async def round_held(seen: RoundHeldSeen, *, uow: UnitOfWork) -> None:
    """Record that the sides met."""
    values = {"partnership_id": seen.partnership_id, "round_level": seen.round_level, "held_on": seen.on}
    await upsert(uow, RoundFact, {"round_id": seen.round_id}, values)


async def commitment_agreed(seen: CommitmentSeen, *, uow: UnitOfWork) -> None:
    """Both sides agreed: from now on it is owed."""
    await _commitment(seen, uow=uow, agreed_on=seen.on)


async def commitment_reported(seen: CommitmentSeen, *, uow: UnitOfWork) -> None:
    """The owner's word; the other side has not judged this report yet, or has taken its judgement back."""
    await _commitment(seen, uow=uow, reported_on=seen.on, disputed_on=None, outcome=None, settled_on=None)


async def commitment_disputed(seen: CommitmentSeen, *, uow: UnitOfWork) -> None:
    """The other side's word: not kept as reported."""
    await _commitment(seen, uow=uow, disputed_on=seen.on)


async def commitment_settled(seen: CommitmentSettledSeen, *, uow: UnitOfWork) -> None:
    """The other side's last word."""
    settled = {"outcome": seen.outcome, "settled_on": seen.on, "reported_on": seen.reported_on, "disputed_on": None}
    await _commitment(seen, uow=uow, **settled)


async def _commitment(seen: CommitmentSeen, *, uow: UnitOfWork, **values: Any) -> None:
    owed = seen.model_dump(include={"partnership_id", "owner_side", "due_on"})
    await upsert(uow, CommitmentFact, {"commitment_id": seen.commitment_id}, {**owed, **values})

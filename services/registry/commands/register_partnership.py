"""Enter a partnership, correct its entry, and move it along its life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.registry.contracts.published import PartnershipSignedV1, PartnershipStatusChangedV1, Party
from services.registry.domain.partnership import (
    PARTNERSHIP,
    PartnershipFacts,
    check_move,
    missing_for_partnership,
    missing_for_signature,
)
from services.registry.domain.sides import HOST, PARTNER, sides_without_party, with_sides
from services.registry.persistence.partnerships import DELEGATE, partnership, side_of
from services.registry.persistence.tables import ComponentRow, PartnershipRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Forbidden

SIGNATURE = frozenset({"parties", "legal_form", "signed_on", "signed_precision", "source"})
"""What a signature rests on: correcting it is told again."""
LEADS = {HOST: "lead_host", PARTNER: "lead_partner"}


class NotYourSide(Forbidden):
    """A delegate names the lead of the own side only; the rest is entered by the administration."""

    slug = "not-your-side"
    title = "You speak for one side; this belongs to the other or to both"


class EntryWouldNotHold(Conflict):
    """A correction leaves standing what the partnership has been through: two sides, a paper, a day of signature."""

    slug = "entry-would-not-hold"
    title = "With this correction the partnership could not have come this far"


@dataclass(frozen=True, kw_only=True)
class RegisterPartnership:
    """A partnership as agreed; parties with roles, one country may hold several."""

    title: str
    legal_form: str
    parties: list[dict[str, Any]]
    lead_host: str | None = None
    lead_partner: str | None = None
    source: str | None = None


async def register(command: RegisterPartnership, *, uow: UnitOfWork) -> PartnershipRow:
    """A new partnership starts exploratory."""
    row = PartnershipRow(
        title=command.title,
        legal_form=command.legal_form,
        parties=with_sides(command.parties),
        lead_host=command.lead_host,
        lead_partner=command.lead_partner,
        source=command.source,
        status="exploratory",
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("partnership.registered", subject=row.id)
    return row


async def amend(partnership_id: UUID, changes: Mapping[str, Any], *, uow: UnitOfWork) -> PartnershipRow:
    """Correct the entry; a corrected signature is told again. Raises NotFound, NotYourSide for a delegate who changes
    more than the own side's lead, EntryWouldNotHold."""
    row = await partnership(uow, partnership_id, lock=True)
    uow.match(row.version)
    if uow.actor.has(DELEGATE) and set(changes) - {LEADS[side_of(uow.actor)]}:
        raise NotYourSide
    if row.signed_on is None and {"signed_on", "signed_precision"} & set(changes):
        raise EntryWouldNotHold(missing=["signature"])
    for name, value in changes.items():
        setattr(row, name, with_sides(value) if name == "parties" else value)
    if row.signed_on is not None and SIGNATURE & set(changes):
        await _signature_corrected(row, uow=uow)
    touch(row, now=uow.now)
    side = side_of(uow.actor)
    uow.notify("partnership.amended", role=DELEGATE, scope=str(row.id), subject=row.id, by=side)
    uow.record("partnership.amended", subject=row.id, fields=sorted(changes), side=side)
    return row


async def _signature_corrected(row: PartnershipRow, *, uow: UnitOfWork) -> None:
    """What was signed still holds with the corrected facts, and readers get them."""
    lacks = [lack.code for lack in missing_for_signature(await _facts(row, uow.now.date(), uow=uow))]
    if lacks or row.signed_on is None:
        raise EntryWouldNotHold(missing=lacks)
    uow.publish(_signed(row, row.signed_on))
    if row.status != "signed":
        on = uow.now.date()
        uow.publish(PartnershipStatusChangedV1(partnership_id=row.id, status_before="signed", status=row.status, on=on))


async def move(
    partnership_id: UUID, status: str, on: date, *, uow: UnitOfWork, precision: str = "day"
) -> PartnershipRow:
    """Raises NotFound, TransitionRefused."""
    row = await partnership(uow, partnership_id, lock=True)
    uow.match(row.version)
    check_move(PARTNERSHIP, row.status, status, missing_for_partnership(status, await _facts(row, on, uow=uow)))
    before, row.status = row.status, status
    if status == "signed":
        row.signed_on, row.signed_precision = on, precision
        uow.publish(_signed(row, on))
    uow.publish(PartnershipStatusChangedV1(partnership_id=row.id, status_before=before, status=status, on=on))
    touch(row, now=uow.now)
    kind = f"partnership.{status.replace('_', '-')}"
    uow.notify(kind, role=DELEGATE, scope=str(row.id), subject=row.id, by=side_of(uow.actor))
    uow.record("partnership.moved", subject=row.id, status=status, side=side_of(uow.actor))
    return row


async def _facts(row: PartnershipRow, on: date, *, uow: UnitOfWork) -> PartnershipFacts:
    running = select(func.count()).where(
        col(ComponentRow.partnership_id) == row.id, col(ComponentRow.status).in_(("in_force", "suspended"))
    )
    return PartnershipFacts(
        legal_form=row.legal_form,
        sides_without_party=sides_without_party(with_sides(row.parties)),
        source=row.source,
        signed_on=row.signed_on,
        components_running=int((await uow.session.execute(running)).scalar_one()),
        on=on,
        today=uow.now.date(),
    )


def _signed(row: PartnershipRow, on: date) -> PartnershipSignedV1:
    parties = [Party(**{name: party.get(name) for name in Party.model_fields}) for party in with_sides(row.parties)]
    return PartnershipSignedV1(partnership_id=row.id, parties=parties, legal_form=row.legal_form, signed_on=on)

"""Who sends: the enrolled organisation behind a token, and how fast it may send."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.registry.domain.recipients import may_speak
from services.registry.persistence.sender_tables import SenderPaceRow
from services.registry.persistence.tables import RecipientRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TooManyRequests
from shared.protection.signatures import SignatureRefused

CLAIM_OF_ROLE = {
    "partner_agency": ("agency_id", "agency"),
    "reintegration_partner": ("partner_id", "partner"),
    "provider": ("provider_id", "provider"),
}


class TooManyMessages(TooManyRequests):
    """More messages in this minute than a sender may send; nothing of this one was looked at."""

    slug = "too-many-messages"
    title = "You send faster than is accepted; wait until the next minute"


def own_ids(actor: Principal) -> frozenset[str]:
    """The organisations a token speaks for."""
    claims = (actor.agency_id, actor.partner_id, actor.provider_id)
    return frozenset(claim for claim in claims if claim)


async def find_sender(uow: UnitOfWork) -> RecipientRow | None:
    """The organisation that the acting role's claim names, if it may speak."""
    claim, category = CLAIM_OF_ROLE.get(uow.acting_role, ("", ""))
    try:
        found = await uow.session.get(RecipientRow, UUID(getattr(uow.actor, claim, None) or ""))
    except ValueError:
        return None
    known = found is not None and found.category == category and may_speak(found.status, found.status_reason)
    return found if known else None


async def sender_of(uow: UnitOfWork) -> RecipientRow:
    """The sender. Raises SignatureRefused: an unknown one, a suspended one and a wrong key are answered alike."""
    found = await find_sender(uow)
    if found is None:
        raise SignatureRefused("unknown-sender")
    return found


async def recipient_of(uow: UnitOfWork) -> RecipientRow:
    """The organisation behind the token, for its own view. Raises NotFound: unknown and suspended are alike."""
    found = await find_sender(uow)
    if found is None:
        raise NotFound
    return found


async def keep_pace(uow: UnitOfWork, *, per_minute: int) -> None:
    """Count one message of the sender, in a unit of its own so that refused ones count too. Raises
    TooManyMessages."""
    sender = await find_sender(uow)
    if sender is None:
        return
    minute = uow.now.replace(second=0, microsecond=0)
    fresh = insert(SenderPaceRow).values(sender_id=sender.id, minute=minute, messages=1)
    running = col(SenderPaceRow.minute) >= minute  # a clock that is a little behind must not start it again
    again = {
        "minute": func.greatest(col(SenderPaceRow.minute), minute),
        "messages": case((running, col(SenderPaceRow.messages) + 1), else_=1),
    }
    counted = await uow.session.scalar(
        fresh.on_conflict_do_update(index_elements=["sender_id"], set_=again).returning(col(SenderPaceRow.messages))
    )
    if (counted or 0) > per_minute:
        raise TooManyMessages

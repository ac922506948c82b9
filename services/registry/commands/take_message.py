"""Take a coded message in, whichever door it came through: role, references, once per id, told in the same commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.registry.commands.apply_message import attest_by_message, owed_to, settle_by_message
from services.registry.contracts.published import AgencyMessageReceivedV1
from services.registry.domain.agency_messages import TYPES, FactMissing, FactRefused, Said, said
from services.registry.persistence.agency_messages import (
    deliveries_to,
    message_under,
    one_at_a_time,
    own_earlier_message,
)
from services.registry.persistence.disclosure_tables import AgencyCaseRow, AgencyMessageRow, DeliveryRow
from services.registry.persistence.tables import RecipientRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Forbidden, Invalid, NotFound

FIELDS = {"type", "timestamp", "data"}


class MessageNotUnderstood(Invalid):
    """Not JSON of the documented form, a type nobody knows, or a fact is missing without which it says nothing."""

    slug = "message-not-understood"
    title = "The message is not of a known type and form"


class PersonalDataNotAccepted(Invalid):
    """Names, numbers and free text do not come in here; nothing of the body was stored."""

    slug = "personal-data-not-accepted"
    title = "Only coded facts are accepted here"


class MessageIdReused(Conflict):
    """Another message came under the same id before."""

    slug = "message-id-reused"
    title = "This webhook-id was used for another message"


class AlreadyVoided(Conflict):
    """A message is taken back once."""

    slug = "already-voided"
    title = "This message was taken back before"


class RoleMissing(Forbidden):
    """This sender does not have the role for that type."""

    slug = "role-missing"
    title = "You may not send this type of message"


@dataclass(frozen=True, kw_only=True)
class TakeMessage:
    """A message whose sender is certain; `webhook_id` is the sender's own name for it."""

    sender: RecipientRow
    webhook_id: str
    body: bytes


async def handle(command: TakeMessage, *, uow: UnitOfWork) -> AgencyMessageRow:
    """Raises MessageNotUnderstood, PersonalDataNotAccepted, MessageIdReused, AlreadyVoided, RoleMissing, NotFound."""
    sender, digest = command.sender, hashlib.sha256(command.body).digest()
    await one_at_a_time(uow, sender.id, command.webhook_id)
    earlier = await message_under(uow, sender.id, command.webhook_id)
    if earlier is not None:
        return _the_same(earlier, digest)
    message_type, data = parsed(command.body)
    if not set(sender.roles) & TYPES[message_type].roles:
        raise RoleMissing
    row = AgencyMessageRow(
        sender_id=sender.id,
        webhook_id=command.webhook_id,
        body_hash=digest,
        message_type=message_type,
        created_at=uow.now,
        updated_at=uow.now,
    )
    take = _about_case if TYPES[message_type].about == "case" else _about_commitment
    await take(row, sender, _coded(message_type, data, uow=uow), uow=uow)
    uow.session.add(row)
    return row


async def _about_case(row: AgencyMessageRow, sender: RecipientRow, message: Said, *, uow: UnitOfWork) -> None:
    case = await _disclosed_case(uow, sender, message)
    row.case_id, row.agency_case_ref = case.case_id, case.agency_case_ref
    row.facts = await _settled(uow, sender, case, message)
    if message.message_type == "data-destroyed.attested":
        await attest_by_message(row, message, uow=uow)
    await _publish(row, sender, case, message, uow=uow)


async def _about_commitment(row: AgencyMessageRow, sender: RecipientRow, message: Said, *, uow: UnitOfWork) -> None:
    commitment, side = await owed_to(uow, sender, message)
    row.commitment_id, row.facts = commitment.id, dict(message.facts)
    await settle_by_message(row, message, commitment.id, side, uow=uow)
    uow.record("agency-message.received", subject=commitment.id, message_type=row.message_type)


def parsed(body: bytes) -> tuple[str, Mapping[str, Any]]:
    """Type and data of a body. Raises MessageNotUnderstood."""
    try:
        document = json.loads(body, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError):
        raise MessageNotUnderstood from None
    if not isinstance(document, dict) or set(document) - FIELDS or not _is_instant(document.get("timestamp")):
        raise MessageNotUnderstood
    message_type, data = document.get("type"), document.get("data")
    if not isinstance(message_type, str) or message_type not in TYPES or not isinstance(data, dict):
        raise MessageNotUnderstood
    return message_type, data


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _is_instant(value: Any) -> bool:
    if value is None:
        return True
    try:
        return isinstance(value, str) and len(value) <= 40 and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _coded(message_type: str, data: Mapping[str, Any], *, uow: UnitOfWork) -> Said:
    try:
        return said(message_type, data, today=uow.now.date())
    except FactMissing as missing:
        raise MessageNotUnderstood(field=str(missing)) from None
    except FactRefused as refused:
        raise PersonalDataNotAccepted(field=str(refused)) from None


async def _disclosed_case(uow: UnitOfWork, sender: RecipientRow, message: Said) -> AgencyCaseRow:
    """Unknown, foreign and undisclosed references get the same answer, those of persons and payloads too."""
    found = await uow.session.get(AgencyCaseRow, message.reference) if message.reference else None
    if found is None or found.recipient_id != sender.id or not found.told:
        raise NotFound
    if message.person_refs or message.in_reply_to:
        told = await deliveries_to(uow, found)
        if not set(message.person_refs) <= {ref for row in told for ref in row.person_refs}:
            raise NotFound
        if message.in_reply_to and _answered(message.in_reply_to, told) is None:
            raise NotFound
    return found


def _answered(in_reply_to: str, told: list[DeliveryRow]) -> str | None:
    """The webhook-id of the fact that is answered. Its number, at the endpoint or in the feed, names it as well, as
    long as that can only be one."""
    facts = {f"msg_{row.id.hex}": f"msg_{(row.copy_of or row.id).hex}" for row in told}
    if in_reply_to in facts:
        return facts[in_reply_to]
    numbered = {
        facts[f"msg_{row.id.hex}"] for row in told if in_reply_to in (str(row.endpoint_sequence), str(row.sequence))
    }
    return numbered.pop() if len(numbered) == 1 else None


async def _settled(uow: UnitOfWork, sender: RecipientRow, case: AgencyCaseRow, message: Said) -> dict[str, Any]:
    """The facts to be told; a message that takes another back names it by our id, and the other one is marked."""
    if message.message_type != "message.voided":
        return dict(message.facts)
    earlier = await own_earlier_message(uow, sender.id, case.case_id, message.facts["voids"])
    if earlier is None or earlier.message_type == "message.voided":
        raise NotFound
    if earlier.status == "voided":
        raise AlreadyVoided
    earlier.status = "voided"
    touch(earlier, now=uow.now)
    return {**message.facts, "voids": str(earlier.id)}


def _the_same(earlier: AgencyMessageRow, digest: bytes) -> AgencyMessageRow:
    if bytes(earlier.body_hash) != digest:
        raise MessageIdReused
    return earlier


async def _publish(
    row: AgencyMessageRow, sender: RecipientRow, case: AgencyCaseRow, message: Said, *, uow: UnitOfWork
) -> None:
    told = await deliveries_to(uow, case) if message.in_reply_to else []
    reply = _answered(message.in_reply_to, told) if message.in_reply_to else None
    uow.publish(
        AgencyMessageReceivedV1(
            message_id=row.id,
            sender_id=sender.id,
            sender_kind=sender.kind,
            message_type=row.message_type,
            case_id=case.case_id,
            person_refs=list(message.person_refs),
            facts={**_codes(row), **_meant(reply, told)},
            received_at=uow.now,
            in_reply_to=reply,
        )
    )
    uow.record("agency-message.received", subject=case.case_id, message_type=row.message_type)


def _codes(row: AgencyMessageRow) -> dict[str, str]:
    return {name: " ".join(value) if isinstance(value, list) else value for name, value in (row.facts or {}).items()}


def _meant(reply: str | None, told: list[DeliveryRow]) -> dict[str, str]:
    """Which referral is answered: what the payload in question named."""
    named = next((row.facts.get("referral_id") for row in told if f"msg_{row.id.hex}" == reply), None)
    return {"referral_id": str(named)} if named else {}

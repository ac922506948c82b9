"""The one door in: a signed, coded message of an agency or partner about a case it was told of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.contracts.published import AgencyMessageReceivedV1
from services.registry.domain.agency_messages import TYPES, FactRefused, checked_facts
from services.registry.persistence.disclosure_tables import AgencyCaseRow, AgencyMessageRow
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.protection.signatures import KeyMalformed, PublicKey, SignatureRefused, verify


class MessageNotUnderstood(Invalid):
    """Not JSON of the documented form, or a type nobody knows."""

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


class RoleMissing(Forbidden):
    """This sender does not have the role for that type."""

    slug = "role-missing"
    title = "You may not send this type of message"


@dataclass(frozen=True, kw_only=True)
class ReceiveMessage:
    """The raw message; header names are lower-case."""

    headers: Mapping[str, str]
    body: bytes
    tolerance_seconds: int


async def handle(command: ReceiveMessage, *, uow: UnitOfWork) -> AgencyMessageRow:
    """Raises SignatureRefused, MessageNotUnderstood, PersonalDataNotAccepted, MessageIdReused, RoleMissing,
    NotFound."""
    sender = await _sender(uow)
    verified = verify(
        _keys(sender),
        command.headers,
        command.body,
        now=uow.now.timestamp(),
        tolerance_seconds=command.tolerance_seconds,
    )
    body_hash = hashlib.sha256(command.body).digest()
    known = select(AgencyMessageRow).where(
        col(AgencyMessageRow.sender_id) == sender.id, col(AgencyMessageRow.webhook_id) == verified.message_id
    )
    earlier = await uow.session.scalar(known)
    if earlier is not None:
        if bytes(earlier.body_hash) != body_hash:
            raise MessageIdReused
        return earlier
    message_type, data = _parsed(command.body)
    if not set(sender.roles) & TYPES[message_type][0]:
        raise RoleMissing
    facts, reply, persons = _facts(message_type, data)
    case = await _disclosed_case(uow, sender, data)
    row = AgencyMessageRow(
        sender_id=sender.id,
        webhook_id=verified.message_id,
        body_hash=body_hash,
        message_type=message_type,
        case_id=case.case_id,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    _publish(row, sender, facts, persons, reply, uow=uow)
    return row


def _publish(
    row: AgencyMessageRow,
    sender: RecipientRow,
    facts: dict[str, str],
    persons: list[str],
    reply: str | None,
    *,
    uow: UnitOfWork,
) -> None:
    uow.publish(
        AgencyMessageReceivedV1(
            message_id=row.id,
            sender_id=sender.id,
            sender_kind=sender.kind,
            message_type=row.message_type,
            case_id=row.case_id,
            person_refs=persons,
            facts=facts,
            received_at=uow.now,
            in_reply_to=reply,
        )
    )
    uow.record("agency-message.received", subject=row.case_id, message_type=row.message_type)


async def _sender(uow: UnitOfWork) -> RecipientRow:
    claimed = uow.actor.agency_id or uow.actor.partner_id
    try:
        found = await uow.session.get(RecipientRow, UUID(claimed or ""))
    except ValueError:
        found = None
    if found is None or found.status != "enrolled":
        raise SignatureRefused("unknown-sender")
    return found


def _keys(sender: RecipientRow) -> list[PublicKey]:
    keys: list[PublicKey] = []
    for text in sender.message_keys:
        try:
            keys.append(PublicKey.parse(text))
        except KeyMalformed:
            continue
    return keys


def _parsed(body: bytes) -> tuple[str, Mapping[str, Any]]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise MessageNotUnderstood from None
    if not isinstance(document, dict) or set(document) - {"type", "timestamp", "data"}:
        raise MessageNotUnderstood
    message_type, data = document.get("type"), document.get("data")
    if not isinstance(message_type, str) or message_type not in TYPES or not isinstance(data, dict):
        raise MessageNotUnderstood
    return message_type, data


def _facts(message_type: str, data: Mapping[str, Any]) -> tuple[dict[str, str], str | None, list[str]]:
    reply, persons = data.get("in_reply_to"), data.get("person_refs", [])
    known_form = isinstance(persons, list) and len(persons) <= 30 and all(_is_ref(ref) for ref in persons)
    if not known_form or not (reply is None or _is_ref(reply)):
        raise PersonalDataNotAccepted
    try:
        return checked_facts(message_type, data), reply, list(persons)
    except FactRefused as refused:
        raise PersonalDataNotAccepted(field=str(refused)) from None


def _is_ref(value: object) -> bool:
    allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    return isinstance(value, str) and 0 < len(value) <= 80 and all(letter in allowed for letter in value)


async def _disclosed_case(uow: UnitOfWork, sender: RecipientRow, data: Mapping[str, Any]) -> AgencyCaseRow:
    """Unknown, foreign and undisclosed references get the same answer."""
    reference = data.get("agency_case_ref")
    if not _is_ref(reference):
        raise NotFound
    found = await uow.session.get(AgencyCaseRow, reference)
    if found is None or found.recipient_id != sender.id or not found.told:
        raise NotFound
    return found

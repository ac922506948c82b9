"""An agency without a server says something in its browser: the same command as the signed door, under its own token.

The token alone is one safeguard less than a signature. So this door is open only to organisations for which it was
opened (`answers_by_form`); whoever signs its messages does not have it unless it asked for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from services.registry.commands import take_message
from services.registry.commands.sender_access import find_sender
from services.registry.persistence.disclosure_tables import AgencyMessageRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden
from shared.ids import new_id


class FormNotOpened(Forbidden):
    """This organisation signs its messages, is suspended, or is not known: answered alike."""

    slug = "form-not-opened"
    title = "Answering by form is not open to you; send signed messages or ask the administration"


@dataclass(frozen=True, kw_only=True)
class AnswerByForm:
    """Type and coded data, as in a signed message."""

    message_type: str
    data: dict[str, Any]


async def handle(command: AnswerByForm, *, uow: UnitOfWork) -> AgencyMessageRow:
    """Raises FormNotOpened, and what take_message raises."""
    sender = await find_sender(uow)
    if sender is None or not sender.answers_by_form:
        raise FormNotOpened
    body = json.dumps({"type": command.message_type, "data": command.data}).encode()
    message = take_message.TakeMessage(sender=sender, webhook_id=f"form_{new_id().hex}", body=body)
    return await take_message.handle(message, uow=uow)

"""Record one adult's consent to share named data; each adult consents for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.contracts.published import ConsentGivenV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ConsentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class ConsentNotPossible(Conflict):
    """A provisional person or a child cannot consent for themselves."""

    slug = "consent-not-possible"
    title = "This person cannot give a consent"


@dataclass(frozen=True, kw_only=True)
class GiveConsent:
    """A consent as signed."""

    case_id: UUID
    person_ref: str
    recipients: list[UUID]
    purposes: list[str]
    data_classes: list[str]
    language: str
    interpreter: str
    text_version: str
    text_hash: str
    given_on: date | None = None
    valid_until: date | None = None


async def handle(command: GiveConsent, *, uow: UnitOfWork) -> ConsentRow:
    """Raises NotFound, ConsentNotPossible."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    if not person.adult or person.provisional:
        raise ConsentNotPossible
    on = fact_day(uow, command.given_on)
    row = ConsentRow(
        case_id=file.case.id,
        person_id=person.id,
        recipients=[str(recipient) for recipient in command.recipients],
        purposes=command.purposes,
        data_classes=command.data_classes,
        language=command.language,
        interpreter=command.interpreter,
        text_version=command.text_version,
        text_hash=command.text_hash,
        given_on=on,
        valid_until=command.valid_until,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    touch(file.case, now=uow.now)
    uow.publish(
        ConsentGivenV1(
            consent_id=row.id,
            case_id=file.case.id,
            person_ref=person.person_ref,
            recipients=command.recipients,
            purposes=command.purposes,
            data_classes=command.data_classes,
            text_version=command.text_version,
            valid_until=command.valid_until,
        )
    )
    remember(uow, file.case, "consent-given", before=file.case.state, on=on)
    return row

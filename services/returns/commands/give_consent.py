"""Record one adult's consent to share named data; each adult consents for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.contracts.published import ConsentGivenV1
from services.returns.domain.access import may_work
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.tables import CasePersonRow, ConsentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class ConsentNotPossible(Conflict):
    """A provisional person or a child cannot consent for themselves."""

    slug = "consent-not-possible"
    title = "This person cannot give a consent"


class ConsentNotTakenAlone(Conflict):
    """Each adult consents alone; an interpreter is nobody of the family, the community or an embassy."""

    slug = "consent-not-taken-alone"
    title = "The consent must be taken from this adult alone, with an independent interpreter"


INDEPENDENT = ("none", "professional")


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
    taken_alone: bool = True
    given_on: date | None = None
    valid_until: date | None = None


async def handle(command: GiveConsent, *, uow: UnitOfWork) -> ConsentRow:
    """Raises NotFound, ConsentNotPossible, ConsentNotTakenAlone."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    if not command.taken_alone or command.interpreter not in INDEPENDENT:
        raise ConsentNotTakenAlone
    if not person.adult or person.provisional:
        raise ConsentNotPossible
    on = fact_day(uow, command.given_on)
    row = _row(command, file, person, on=on, uow=uow)
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
    remember(uow, file.case, "consent-given", before=file.case.state, on=on, person_ref=person.person_ref)
    return row


def _row(command: GiveConsent, file: CaseFile, person: CasePersonRow, *, on: date, uow: UnitOfWork) -> ConsentRow:
    return ConsentRow(
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

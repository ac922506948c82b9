"""Record that something was done to a person: restricted, sealed, and a protection officer is told at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.commands.recorded import recorded
from services.returns.commands.tell_protectors import tell_protectors
from services.returns.contracts.published_incidents import IncidentRecordedV1
from services.returns.domain.access import may_confirm_arrival, may_read
from services.returns.persistence.aftermath import incident_of, seal_account
from services.returns.persistence.aftermath_tables import IncidentRow
from services.returns.persistence.cases import load_file
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class IncidentClosedBefore(Conflict):
    """An incident is closed once."""

    slug = "incident-closed-before"
    title = "This incident was closed before"


@dataclass(frozen=True, kw_only=True)
class RecordIncident:
    """What happened to whom, as far as it is known; the account is sealed."""

    case_id: UUID
    person_ref: str
    kind: str
    heard_from: str
    occurred_on: date | None = None
    account: str | None = None
    proposes_advisory: bool = False


async def handle(command: RecordIncident, *, uow: UnitOfWork) -> IncidentRow:
    """Leaves nothing in the history of the case, which more people read. Raises NotFound."""
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    person, on = file.person(command.person_ref), fact_day(uow, command.occurred_on)
    row = IncidentRow(
        case_id=file.id,
        person_id=person.id,
        kind=command.kind,
        occurred_on=on,
        heard_from=command.heard_from,
        proposes_advisory=command.proposes_advisory,
        **recorded(uow),
    )
    if command.account:
        await seal_account(uow, row, command.account)
    uow.session.add(row)
    fact = {"case_id": file.id, "incident_id": row.id, "on": uow.now.date()}
    uow.publish(IncidentRecordedV1(**fact, proposes_advisory=command.proposes_advisory))
    uow.record("incident.recorded", subject=row.id)
    tell_protectors(uow, file.case, "incident.recorded", subject=row.id)
    return row


async def close(case_id: UUID, incident_id: UUID, *, outcome: str, uow: UnitOfWork) -> IncidentRow:
    """A protection officer has done what could be done. Raises NotFound, IncidentClosedBefore."""
    file = await load_file(uow, case_id, may_read, lock=True)
    row = await incident_of(uow, file.id, incident_id)
    uow.match(row.version)
    if row.status == "closed":
        raise IncidentClosedBefore
    row.status, row.outcome, row.closed_on = "closed", outcome, uow.now.date()
    touch(row, now=uow.now)
    uow.record("incident.closed", subject=row.id)
    return row

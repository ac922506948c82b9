"""Somebody outside the office doubts that a person can decide for themselves; the gate closes until it is assessed.

A partner says it here, an agency through its messages. Neither learns what comes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.commands.record_fact import keep
from services.returns.commands.resting import look_again
from services.returns.domain.access import Policy
from services.returns.domain.facts import FACT_KINDS
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

DOUBT = FACT_KINDS["capacity_doubt"]


@dataclass(frozen=True, kw_only=True)
class RaiseConcern:
    """About whom; nobody named means every adult of the file."""

    case_id: UUID
    person_refs: list[str]


async def handle(command: RaiseConcern, *, uow: UnitOfWork, policy: Policy) -> ReturnCaseRow:
    """Raises NotFound. A ready case goes back; the medical officer of the office and of the authority are told."""
    file = await load_file(uow, command.case_id, policy, lock=True)
    on = uow.now.date()
    for person in _concerned(file, command.person_refs):
        keep(uow, file, DOUBT, None, person, on=on)
    for scope in (file.case.office_id, file.case.authority_id):
        uow.notify("capacity.in-doubt", role="medical_officer", scope=scope, subject=file.id)
    look_again(uow, file, on=on)
    return file.case


def _concerned(file: CaseFile, refs: list[str]) -> list[CasePersonRow]:
    known = {person.person_ref: person for person in file.travelling}
    found = [known[ref] for ref in dict.fromkeys(refs) if ref in known]
    if refs and not found:
        raise NotFound
    return found or [person for person in file.travelling if person.adult]

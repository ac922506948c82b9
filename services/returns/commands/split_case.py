"""Persons go on in a file of their own: consents, papers and declarations follow them; both files stay whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day, view_of
from services.returns.commands.tell_of_age import tell_again
from services.returns.contracts.published import CaseSplitV1
from services.returns.contracts.published_disclosure import CaseDisclosureFrozenV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State, Travel
from services.returns.domain.guards import no_child_alone, no_dependant_alone, somebody_travels
from services.returns.domain.transitions import open_transitions
from services.returns.persistence.cases import CaseFile, load_file, person_facts, remember
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.fact_views import latest
from services.returns.persistence.file_numbers import next_file_reference
from services.returns.persistence.following import follow
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, TransitionRefused

CARRIED = (
    "case_kind",
    "destination_basis",
    "programme_id",
    "partnership_id",
    "office_id",
    "authority_id",
    "host",
    "destination",
    "screened_on",
    "security_checked",
    "submitted_on",
)


TOLD = ("case_kind", "programme_id", "partnership_id", "host", "destination")
"""What the new case has of the old one, told again so that whoever counts need not know the old one first."""


@dataclass(frozen=True, kw_only=True)
class SplitCase:
    """Who leaves the common file."""

    case_id: UUID
    person_refs: list[str]
    on: date | None = None


SPLITTABLE = (
    State.DRAFT,
    State.SUBMITTED,
    State.SCREENING,
    State.ELIGIBLE,
    State.APPROVED,
    State.PRE_DEPARTURE,
    State.READY,
)


async def handle(command: SplitCase, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Returns the new case. Raises NotFound, TransitionRefused if either file would leave a child or a dependant
    alone."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    leaving = [file.person(ref) for ref in dict.fromkeys(command.person_refs)]
    if file.case.state not in SPLITTABLE or not leaving:
        open_now = open_transitions(view_of(file, on=on))
        message = "A file can be split before the departure; at the gate, use the departure list."
        raise TransitionRefused(
            transition="split",
            state=file.case.state,
            missing=[Missing("state", message)],
            open_transitions=open_now,
        )
    for person in leaving:
        person.travel_status = Travel.INCLUDED.value
    new_case = await split_off(uow, file, leaving, on=on)
    touch(file.case, now=uow.now)
    _stays_whole(file, on)
    return new_case


def can_leave(file: CaseFile, leaving: Sequence[CasePersonRow], *, on: date) -> bool:
    """Whether these persons may have a file of their own now, with nobody left alone on either."""
    ids = {person.id for person in leaving}
    parts = [list(leaving), [person for person in file.persons if person.id not in ids]]
    return file.case.state in SPLITTABLE and not any(_lacking(replace(file, persons=part), on) for part in parts)


async def split_off(
    uow: UnitOfWork, file: CaseFile, leaving: Sequence[CasePersonRow], *, on: date, has_happened: bool = False
) -> ReturnCaseRow:
    """The new file, as far as the old one had come before its decision; the money is asked for anew. What has happened
    is not refused because it leaves somebody alone: the caller says so to those who protect them."""
    new_case = ReturnCaseRow(
        **{name: getattr(file.case, name) for name in CARRIED},
        file_reference=await next_file_reference(uow, file.case.host, on),
        state=State.DRAFT.value,
        author=file.case.author,
        opened_on=on,
        split_from=file.case.id,
        created_at=uow.now,
        updated_at=uow.now,
    )
    new_case.submitted_on = None
    uow.session.add(new_case)
    await uow.session.flush()
    facts = await person_facts(uow, leaving, on=on)
    ids = {person.id for person in leaving}
    for person in leaving:
        person.case_id = new_case.id
        person.travel_status = Travel.INCLUDED.value
        touch(person, now=uow.now)
    await follow(uow, ids, new_case.id)
    _facts_follow(uow, file, new_case, ids)
    lead(leaving)
    file.persons = [person for person in file.persons if person.id not in ids]
    known = CaseFile(new_case, list(leaving), file.consents, file.documents, rules=file.rules, children=file.children)
    if not has_happened:
        _stays_whole(known, on)
    for key in (file.case.id, new_case.id):
        fact = {"case_id": file.case.id, "new_case_id": new_case.id, "on": on, "persons": facts}
        fact |= {name: getattr(new_case, name) for name in TOLD}
        uow.publish(CaseSplitV1(**fact, published_under=key))
    _told_anew(uow, file, new_case, leaving, on=on)
    remember(uow, file.case, "split", before=file.case.state, on=on)
    remember(uow, new_case, "opened-by-split", before="", on=on)
    return new_case


def _told_anew(
    uow: UnitOfWork, file: CaseFile, new_case: ReturnCaseRow, leaving: Sequence[CasePersonRow], *, on: date
) -> None:
    """Who must not be told about a family is not told about a part of it either; and who needs a consent of their own
    needs it there, too."""
    for person in leaving:
        tell_again(uow, new_case, person)
    if file.case.frozen_on is not None:
        new_case.frozen_on = file.case.frozen_on
        uow.publish(CaseDisclosureFrozenV1(case_id=new_case.id, on=on))


def _facts_follow(uow: UnitOfWork, file: CaseFile, new_case: ReturnCaseRow, ids: Collection[UUID]) -> None:
    """Facts about a person follow the person; a detention concerns both files until somebody says otherwise."""
    file.facts = [fact for fact in file.facts if fact.person_id not in ids]
    if (detention := latest(file.facts, "detention")) is not None:
        copied = detention.model_dump(exclude={"id", "case_id", "version"})
        uow.session.add(CaseFactRow(**copied, case_id=new_case.id))


def lead(people: Sequence[CasePersonRow]) -> None:
    """Somebody leads the new file: the first adult, else the first person."""
    if any(person.relation == "main_applicant" for person in people):
        return
    leader = next((person for person in people if person.adult), people[0])
    leader.relation = "main_applicant"


def left_alone(file: CaseFile, on: date) -> list[Missing]:
    """Children without a responsible adult, and persons without their carer."""
    view = view_of(file, on=on)
    return [*no_child_alone(view), *no_dependant_alone(view)]


def _lacking(file: CaseFile, on: date) -> list[Missing]:
    return [*left_alone(file, on), *somebody_travels(view_of(file, on=on))]


def _stays_whole(file: CaseFile, on: date) -> None:
    if missing := _lacking(file, on):
        raise TransitionRefused(transition="split", state=file.case.state, missing=missing)

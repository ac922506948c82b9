"""A child is born while its family is on a file: it joins them; what it is granted never holds anybody up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.returns.commands.add_person import NewPerson, make_person
from services.returns.commands.moving import advance, fact_day, include_again
from services.returns.commands.record_fact import keep
from services.returns.commands.record_medical_clearance import PAPERS
from services.returns.commands.record_parental_answer import add_answer
from services.returns.contracts.published import PersonAddedV1
from services.returns.domain.access import may_work
from services.returns.domain.advisories import FEMALE, MALE
from services.returns.domain.case_view import State, Travel
from services.returns.domain.facts import FACT_KINDS
from services.returns.domain.families import BIRTH_STAGES
from services.returns.domain.journey_papers import flies_from
from services.returns.domain.transitions import open_transitions
from services.returns.persistence.case_views import view_of
from services.returns.persistence.cases import CaseFile, load_file, person_facts, remember
from services.returns.persistence.child_tables import ParentalHolderRow
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, Missing, TransitionRefused


class ParentNotOnFile(Invalid):
    """A newborn joins a parent who is on the file and travels."""

    slug = "parent-not-on-file"
    title = "Name an adult of this file who is the child's parent"


@dataclass(frozen=True, kw_only=True)
class RecordBirth:
    """The child, and the parent whose file it joins."""

    case_id: UUID
    parent_ref: str
    born_on: date
    sex: int = 0
    identity: dict[str, Any] = field(default_factory=dict)
    citizenships: list[dict[str, Any]] = field(default_factory=list)
    reporting_citizenship: str = "XXX"
    statelessness: str | None = None
    holders_agreed: bool = False


async def handle(command: RecordBirth, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, ParentNotOnFile, DateInTheFuture, TransitionRefused once everybody has arrived or it is over."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, None)
    born_on = fact_day(uow, command.born_on)
    parent = file.person(command.parent_ref)
    if not parent.adult or parent not in file.travelling:
        raise ParentNotOnFile
    if file.case.state not in BIRTH_STAGES:
        _refuse(file, on)
    child = await _child(command, file, born_on=born_on, on=on, uow=uow)
    _may_fly_from(uow, file, child, mother_of(file, parent), born_on=born_on)
    uow.publish(PersonAddedV1(case_id=file.case.id, person=(await person_facts(uow, [child], on=on))[0]))
    ref = child.person_ref
    remember(uow, file.case, "child-born", before=file.case.state, on=born_on, person_ref=ref)
    keep(uow, file, FACT_KINDS["child_view"], "no_view", child, on=on)
    await _parent_holds(uow, file, child, parent, agrees=command.holders_agreed, on=on)
    _what_follows(uow, file, on)
    return file.case


def mother_of(file: CaseFile, parent: CasePersonRow) -> CasePersonRow | None:
    """The named parent unless it is the father; then the only woman of the couple, if there is one on the file."""
    if parent.sex != MALE:
        return parent
    couple = ("main_applicant", "partner")
    women = [
        person for person in file.travelling if person.adult and person.sex == FEMALE and person.relation in couple
    ]
    return women[0] if len(women) == 1 else None


def _may_fly_from(
    uow: UnitOfWork, file: CaseFile, child: CasePersonRow, mother: CasePersonRow | None, *, born_on: date
) -> None:
    """Newborn and mother fly after the days of the dated file; what the pregnancy had limited is over."""
    papers = reference(PAPERS)
    child.fly_from = flies_from(born_on, papers["newborn_flies_from_days_after"])
    if mother is None:
        return
    mother.fly_from, mother.fly_until = flies_from(born_on, papers["mother_flies_from_days_after"]), None
    touch(mother, now=uow.now)
    for row in [row for row in file.clearances if row.person_id == mother.id and row.kind == "pregnancy"]:
        row.voided_on, row.voided_by, row.void_reason = uow.now.date(), uow.actor.subject, "birth"
        touch(row, now=uow.now)
        file.clearances.remove(row)


async def _parent_holds(
    uow: UnitOfWork, file: CaseFile, child: CasePersonRow, parent: CasePersonRow, *, agrees: bool, on: date
) -> None:
    """The named parent holds parental responsibility; every other holder is named and asked apart."""
    relation = "father" if parent.sex == 1 else "mother"
    holder = ParentalHolderRow(
        person_id=child.id,
        relation=relation,
        established_by="statement",
        adult_id=parent.id,
        named_by=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(holder)
    file.children.holders.append(holder)
    if agrees:
        await uow.session.flush()  # before the answer, which refers to it
        add_answer(uow, file, holder.id, "agrees", "signed_in_person", on=on)


def _refuse(file: CaseFile, on: date) -> None:
    message = "A child joins its family's file until everybody has arrived; after that, tell the partner on the spot."
    raise TransitionRefused(
        transition="record a birth",
        state=file.case.state,
        missing=[Missing("state", message)],
        open_transitions=open_transitions(view_of(file, on=on)),
    )


async def _child(command: RecordBirth, file: CaseFile, *, born_on: date, on: date, uow: UnitOfWork) -> CasePersonRow:
    new = NewPerson(
        relation="child",
        sex=command.sex,
        identity=command.identity,
        born_on=born_on,
        citizenships=command.citizenships,
        reporting_citizenship=command.reporting_citizenship,
        statelessness=command.statelessness,
        medical_needed=True,
        provisional=not command.identity,
        papers="missing",
    )
    child = await make_person(uow, file.case, new, on=on)
    child.child_heard = True  # nobody can ask a newborn: the view that is recorded is none
    if file.case.state == State.DEPARTED:
        child.travel_status = Travel.BOARDED.value
    uow.session.add(child)
    await uow.session.flush()
    file.persons.append(child)
    touch(file.case, now=uow.now)
    return child


def _what_follows(uow: UnitOfWork, file: CaseFile, on: date) -> None:
    """A ready family is prepared anew with its child; a grant gets a look by the officer, and stands meanwhile."""
    if file.case.state == State.READY:
        advance(uow, file, "fall_back", on=on, reason="birth", follows_from_the_facts=True)
        include_again(file)
    if file.case.quote_id is not None:
        uow.notify("birth.grant-to-amend", role="case_officer", scope=file.case.authority_id, subject=file.case.id)

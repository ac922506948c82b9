"""Record what a holder of parental responsibility answered, or what stands in for an answer, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.give_consent import ConsentNotTakenAlone
from services.returns.commands.moving import fact_day
from services.returns.commands.name_holder import minor
from services.returns.commands.recorded import recorded
from services.returns.commands.resting import look_again
from services.returns.domain.access import may_work
from services.returns.domain.custody import STANDINGS
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.child_tables import ParentalAnswerRow
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, NotFound

BY_MISTAKE = "recorded_in_error"


class EvidenceNeeded(Invalid):
    """Each answer needs evidence of its own list; `evidence` names what counts."""

    slug = "evidence-needed"
    title = "This answer needs evidence that counts for it"


class HolderAlreadyAnswered(Conflict):
    """Who has answered is no mistake any more: a register or an order must show that they hold nothing."""

    slug = "holder-already-answered"
    title = "This holder has answered; only a register or an order shows that they hold no responsibility"


@dataclass(frozen=True, kw_only=True)
class RecordParentalAnswer:
    """Which holder, where they stand, what shows it; asked alone, with nobody close or powerful interpreting."""

    case_id: UUID
    child_ref: str
    parental_holder_id: UUID
    standing: str
    evidence: str | None = None
    taken_alone: bool = True
    language: str | None = None
    interpreter: str | None = None
    on: date | None = None


async def handle(command: RecordParentalAnswer, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, NotAChild, EvidenceNeeded, HolderAlreadyAnswered, ConsentNotTakenAlone. Who is against it
    brings the case to rest."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    child, on = minor(file, command.child_ref), fact_day(uow, command.on)
    _acceptable(file, command, child.id)
    row = add_answer(uow, file, command.parental_holder_id, command.standing, command.evidence, on=on)
    row.language, row.interpreter = command.language, command.interpreter
    touch(file.case, now=uow.now)
    ref = child.person_ref
    remember(uow, file.case, "holder-answered", before=file.case.state, on=on, person_ref=ref, about=command.standing)
    look_again(uow, file, on=on)
    return file.case


def add_answer(
    uow: UnitOfWork, file: CaseFile, parental_holder_id: UUID, standing: str, evidence: str | None, *, on: date
) -> ParentalAnswerRow:
    """One more answer of a holder; it counts from now on."""
    row = ParentalAnswerRow(
        parental_holder_id=parental_holder_id,
        standing=standing,
        evidence=evidence,
        on=on,
        **recorded(uow),
    )
    uow.session.add(row)
    file.children.answers.append(row)
    return row


def _acceptable(file: CaseFile, command: RecordParentalAnswer, person_id: UUID) -> None:
    if command.parental_holder_id not in {row.id for row in file.children.holders_of(person_id)}:
        raise NotFound
    counts = STANDINGS[command.standing].evidence
    if (command.evidence not in counts) if counts else (command.evidence is not None):
        raise EvidenceNeeded(evidence=list(counts))
    if command.evidence == BY_MISTAKE and file.children.answers_of(command.parental_holder_id):
        raise HolderAlreadyAnswered
    if command.standing == "agrees" and not command.taken_alone:
        raise ConsentNotTakenAlone

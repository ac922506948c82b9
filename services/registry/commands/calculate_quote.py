"""Work out what a composition is entitled to, explain every line, keep it and tell the others."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, or_, select

from services.registry.contracts.published import ProgrammeQuotedV1, QuotedLine, QuotedPersonFact, Total
from services.registry.domain.quote import Circumstances, QuotedPerson, QuoteLine, quote
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ProgrammeRow, QuoteRow, RuleVersionRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.ids import new_id


class NoRulesInForce(Conflict):
    """No published rules hold on the reference day."""

    slug = "no-rules-in-force"
    title = "No published rules of this programme are in force on that day"


@dataclass(frozen=True, kw_only=True)
class CalculateQuote:
    """For whom, under which circumstances, on which reference day."""

    programme_id: UUID
    persons: list[QuotedPerson]
    case_id: UUID | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)
    reference_on: date | None = None


async def handle(command: CalculateQuote, *, uow: UnitOfWork) -> QuoteRow:
    """Raises NotFound, NoRulesInForce."""
    programme = await get_row(uow, ProgrammeRow, command.programme_id)
    rules = await _in_force(uow, programme.id, command.reference_on or uow.now.date())
    circumstances = Circumstances(command.numbers, frozenset(command.needs))
    lines = quote(rules.content, command.persons, circumstances)
    row = QuoteRow(
        programme_id=programme.id,
        case_id=command.case_id,
        rule_version=rules.number,
        source=rules.source,
        composition=[asdict(person) for person in command.persons],
        total_minor=sum(line.amount_minor for line in lines),
        currency=programme.currency,
        valid_until=uow.now.date() + timedelta(days=int(rules.content.get("quote_valid_days", 30))),
        created_at=uow.now,
        updated_at=uow.now,
    )
    row.lines = [{"line_id": str(new_id()), **_explained(line, rules)} for line in lines]
    uow.session.add(row)
    uow.publish(_fact(row, command.persons))
    uow.record("programme.quoted", subject=row.id, rule_version=row.rule_version)
    return row


async def _in_force(uow: UnitOfWork, programme_id: UUID, on: date) -> RuleVersionRow:
    statement = (
        select(RuleVersionRow)
        .where(
            col(RuleVersionRow.programme_id) == programme_id,
            col(RuleVersionRow.published_on).is_not(None),
            col(RuleVersionRow.valid_from) <= on,
            or_(col(RuleVersionRow.valid_to).is_(None), col(RuleVersionRow.valid_to) >= on),
        )
        .order_by(col(RuleVersionRow.valid_from).desc(), col(RuleVersionRow.number).desc())
        .limit(1)
    )
    found = await uow.session.scalar(statement)
    if found is None:
        raise NoRulesInForce
    return found


def _explained(line: QuoteLine, rules: RuleVersionRow) -> dict[str, Any]:
    return {**asdict(line), "version": rules.number, "source": rules.source}


def _fact(row: QuoteRow, persons: list[QuotedPerson]) -> ProgrammeQuotedV1:
    return ProgrammeQuotedV1(
        quote_id=row.id,
        case_id=row.case_id,
        programme_id=row.programme_id,
        rule_version=row.rule_version,
        composition=[
            QuotedPersonFact(person_ref=person.person_ref, relation=person.relation, minor=person.minor)
            for person in persons
        ],
        lines=[QuotedLine(**{name: line[name] for name in QuotedLine.model_fields}) for line in row.lines],
        total=Total(amount_minor=row.total_minor, currency=row.currency),
        valid_until=row.valid_until,
    )

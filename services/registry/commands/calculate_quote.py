"""Work out what a composition is entitled to, explain every line, keep it and tell the others."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.registry.contracts.published import ProgrammeQuotedV1, QuotedLine, QuotedPersonFact, Total
from services.registry.domain.case_scope import may_ask_about
from services.registry.domain.entitlement_facts import (
    Circumstances,
    QuotedPerson,
    asked,
    counted_elsewhere,
    in_order,
    only_asked,
    stored,
)
from services.registry.domain.quote import Calculation, calculate
from services.registry.persistence.disclosure_tables import KnownCaseRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.rule_versions import in_force
from services.registry.persistence.tables import ProgrammeRow, QuoteRow, RuleVersionRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, NotKnownYet
from shared.ids import new_id


class CaseNotKnownHere(NotKnownYet):
    """A case that has not arrived here yet, or is not the caller's: the two are not told apart."""

    slug = "case-not-known-yet"
    title = "This case is not known here yet"


class NoRulesInForce(Conflict):
    """No published rules hold on the reference day."""

    slug = "no-rules-in-force"
    title = "No published rules of this programme are in force on that day"


class MainApplicantUnclear(Invalid):
    """Two would lead the file and be helped as if each did, or nobody does and the table asks who."""

    slug = "main-applicant-unclear"
    title = "Exactly one person is named as the main applicant"


class PersonTwice(Invalid):
    """The same person stands twice in the composition and would be helped twice."""

    slug = "person-twice"
    title = "Every person is named once"


@dataclass(frozen=True, kw_only=True)
class CalculateQuote:
    """For whom, under which circumstances; `reference_on` is the day whose rules hold. Default: the application, else
    the day on which the case was opened, else today."""

    programme_id: UUID
    persons: list[QuotedPerson]
    circumstances: Circumstances = field(default_factory=Circumstances)
    case_id: UUID | None = None
    reference_on: date | None = None


async def handle(command: CalculateQuote, *, uow: UnitOfWork) -> QuoteRow:
    """Raises NotFound, CaseNotKnownHere, NoRulesInForce, PersonTwice, MainApplicantUnclear."""
    if len({person.person_ref for person in command.persons}) < len(command.persons):
        raise PersonTwice
    opened_on = await _opened_on(uow, command.case_id) if command.case_id is not None else None
    programme = await get_row(uow, ProgrammeRow, command.programme_id)
    dates = command.circumstances.dates
    on = command.reference_on or dates.get("application") or opened_on or uow.now.date()
    rules = await in_force(uow, programme.id, on)
    if rules is None:
        raise NoRulesInForce("Say with `reference_on` on which day the rules shall be looked up.")
    _require_a_leader(rules.content, command.persons)
    facts = replace(command.circumstances, dates={"application": on, **dates})
    persons, circumstances = only_asked(rules.content, command.persons, facts)
    found = calculate(rules.content, persons, circumstances)
    row = QuoteRow(
        programme_id=programme.id,
        case_id=command.case_id,
        rule_version=rules.number,
        source=rules.source,
        composition=[stored(person) for person in persons],
        circumstances=stored(circumstances),
        reference_on=on,
        total_minor=found.total_minor,
        currency=programme.currency,
        valid_until=uow.now.date() + timedelta(days=int(rules.content.get("quote_valid_days", 30))),
        created_at=uow.now,
        updated_at=uow.now,
    )
    _explain(row, found, rules)
    uow.session.add(row)
    uow.publish(_fact(row, persons, circumstances, found))
    uow.record("programme.quoted", subject=row.id, rule_version=row.rule_version)
    return row


async def _opened_on(uow: UnitOfWork, case_id: UUID) -> date | None:
    """The day of the case, whose rules hold for it; raises CaseNotKnownHere."""
    case = await uow.session.get(KnownCaseRow, case_id)
    if case is None or not may_ask_about(uow.actor, case):
        raise CaseNotKnownHere
    return case.opened_on


def _require_a_leader(table: dict[str, Any], persons: list[QuotedPerson]) -> None:
    leading = sum(person.principal for person in in_order(persons))
    if leading > 1 or (not leading and "role" in asked(table)):
        raise MainApplicantUnclear


def _explain(row: QuoteRow, found: Calculation, rules: RuleVersionRow) -> None:
    """Every line, reason and limit with its rule, version and source."""
    row.lines = [{"line_id": str(new_id()), **_sourced(line, rules)} for line in found.lines]
    row.adjustments = [_sourced(adjustment, rules) for adjustment in found.adjustments]
    reasons = [_sourced(reason, rules) for reason in found.eligibility.reasons]
    row.eligibility = {"outcome": found.eligibility.outcome, "reasons": reasons}
    row.unknown = list(found.unknown)


def _sourced(entry: Any, rules: RuleVersionRow) -> dict[str, Any]:
    values = {**asdict(entry), "version": rules.number, "source": entry.source or rules.source}
    plain: dict[str, Any] = json.loads(json.dumps(values, default=date.isoformat))
    return plain


def _fact(
    row: QuoteRow, persons: list[QuotedPerson], circumstances: Circumstances, found: Calculation
) -> ProgrammeQuotedV1:
    return ProgrammeQuotedV1(
        quote_id=row.id,
        case_id=row.case_id,
        programme_id=row.programme_id,
        rule_version=row.rule_version,
        composition=[
            QuotedPersonFact(
                person_ref=person.person_ref,
                relation=person.relation,
                minor=person.minor,
                assisted_count=None if person.assisted is None else len(person.assisted),
            )
            for person in persons
        ],
        lines=[QuotedLine(**{name: line[name] for name in QuotedLine.model_fields}) for line in row.lines],
        total=Total(amount_minor=row.total_minor, currency=row.currency),
        valid_until=row.valid_until,
        eligibility=found.eligibility.outcome,
        counted_elsewhere_minor=counted_elsewhere(circumstances.granted, row.currency),
    )

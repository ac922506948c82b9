"""Help that people on a file had before, as far as it is decided who they are, and which rules count it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.access import may_read
from services.returns.domain.benefits import counts
from services.returns.persistence.assistance_traces import met_by
from services.returns.persistence.benefits import HelpBefore, help_before
from services.returns.persistence.cards import Received
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.erasure_tables import FoundTraceRow
from services.returns.queries.eligibility_rules import EarlierAssistance, EligibilityRule
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


class CountedBy(BaseModel):
    """A rule of the programme that counts this help."""

    rule: str
    effect: str = Field(description="exclude, limit or review.")
    text: str


class EarlierHelp(BaseModel):
    """Help a person received from another file."""

    person_ref: str
    on: date | None = Field(
        description="Day of the departure, else of the first payment; pass it on as `assisted[].on` to the quote. Null "
        "for somebody erased since: ask the person."
    )
    counts_until: date | None = Field(
        default=None, description="Of somebody who was erased since: the last day it counts by the rules of that time."
    )
    as_minor: bool | None = Field(
        description="Whether as a minor; pass it on as `assisted[].as_minor`. Null where `on` is."
    )
    same_programme: bool | None
    case_id: UUID | None = Field(description="The file, null when it is outside your scope.")
    received: list[Money] | None = Field(
        description="What reached them or their family there, by currency; null when that file is outside your scope."
    )
    counted_by: list[CountedBy] = Field(description="Empty when no rule of this programme counts it.")


async def earlier_help(uow: UnitOfWork, file: CaseFile, rules: Sequence[EligibilityRule]) -> list[EarlierHelp]:
    """The latest first; only pairs decided to be the same person, only what was received, never what was granted."""
    found = [_shown(uow, file, had, rules) for had in await help_before(uow, file)]
    met = await met_by(uow, [person.id for person in file.travelling])
    known = sorted(found, key=lambda entry: (str(entry.on), entry.person_ref), reverse=True)
    return [*(_of_somebody_erased(file, row) for row in met), *known]


def _of_somebody_erased(file: CaseFile, row: FoundTraceRow) -> EarlierHelp:
    """All that is left: that it counts, and until when."""
    return EarlierHelp(
        person_ref=file.ref_of(row.person_id) or "",
        on=None,
        counts_until=row.counts_until,
        as_minor=None,
        same_programme=None,
        case_id=None,
        received=None,
        counted_by=[],
    )


def in_all(payments: Iterable[Received]) -> list[Money]:
    """The sums, one for each currency."""
    sums: dict[str, int] = {}
    for payment in payments:
        sums[payment.currency] = sums.get(payment.currency, 0) + payment.amount_minor
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]


def _shown(uow: UnitOfWork, file: CaseFile, had: HelpBefore, rules: Sequence[EligibilityRule]) -> EarlierHelp:
    seen = may_read(uow.actor, had.there.case)
    counted = [rule for rule in rules if any(_counts(had, asked, file) for asked in rule.earlier_assistance)]
    return EarlierHelp(
        person_ref=had.person.person_ref,
        on=had.on,
        as_minor=had.as_minor,
        same_programme=had.there.case.programme_id == file.case.programme_id,
        case_id=had.there.case.id if seen else None,
        received=in_all(had.payments) if seen else None,
        counted_by=[CountedBy(rule=rule.rule, effect=rule.effect, text=rule.text) for rule in counted],
    )


def _counts(had: HelpBefore, asked: EarlierAssistance, file: CaseFile) -> bool:
    reference = file.case.opened_on
    return counts(asked.within_years, asked.as_minor, on=had.on, as_minor=had.as_minor, reference=reference)

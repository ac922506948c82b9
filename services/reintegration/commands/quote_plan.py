"""Quote a plan anew: open measures at today's price and rate, delivered ones as they were; the grant stays what it is.

Where a line does not hold any more what its measures take, the rule says who bears it: the programme, which sets a line
of its own aside beside the grant, or the entitlement, so that the plan has to be made smaller by people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.reintegration.commands.supplement_line import supplement
from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.domain.exchange import Bearer, Priced, quoted, shortage
from services.reintegration.domain.measure import UNDELIVERED
from services.reintegration.persistence.budgets import lock_budgets_of
from services.reintegration.persistence.exchange_rates import lock_priced_measures, newest_rate
from services.reintegration.persistence.lines import lock_lines
from services.reintegration.persistence.plans import find_plan, lock_plan
from services.reintegration.persistence.policies import is_programme_manager_of, may_oversee
from services.reintegration.persistence.reference_data import exchange_rules
from services.reintegration.persistence.support_tables import MeasureRow, PlanRow
from services.reintegration.persistence.tables import BudgetRow, LineRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.money import Money

CODE = "exchange_loss"


class RateMissing(Conflict):
    """Nobody recorded what this currency is worth."""

    slug = "exchange-rate-missing"
    title = "There is no exchange rate for the price of a measure"


@dataclass(frozen=True, kw_only=True)
class QuotedMeasure:
    """One measure: its price, what it took of the grant before, what it takes now, and the day of the rate."""

    measure_id: UUID
    line_id: UUID
    price: Money
    before_minor: int | None
    now_minor: int
    currency: str
    rate_of: date | None
    open: bool


@dataclass(frozen=True, kw_only=True)
class LineShortage:
    """What a line lacks, and who bears it."""

    line_id: UUID
    lacking: Money
    borne_by: str


@dataclass(kw_only=True)
class Quotation:
    """A plan quoted anew; `id` and `version` are the plan's."""

    id: UUID
    version: int
    rule_version: str
    measures: list[QuotedMeasure] = field(default_factory=list)
    shortages: list[LineShortage] = field(default_factory=list)


async def preview(uow: UnitOfWork, plan_id: UUID) -> Quotation:
    """What a new quotation would say; nothing changes. Raises NotFound, RateMissing."""
    plan = await find_plan(uow, plan_id, may_oversee)
    measures = await lock_priced_measures(uow, plan.id, lock=False)
    return await _quotation(uow, plan, measures, await lock_lines(uow, plan.case_id, lock=False))


async def handle(plan_id: UUID, *, uow: UnitOfWork) -> Quotation:
    """By a programme manager, since it may cost the programme. Raises NotFound, RateMissing, FundsInsufficient."""
    seen = await find_plan(uow, plan_id, is_programme_manager_of)
    budgets = await lock_budgets_of(uow, seen.case_id)
    lines = await lock_lines(uow, seen.case_id)
    plan = await lock_plan(uow, plan_id, is_programme_manager_of)
    measures = await lock_priced_measures(uow, plan.id)
    found = await _quotation(uow, plan, measures, lines)
    _keep(found, measures, uow=uow)
    await _bear(found, {line.id: line for line in lines}, budgets, uow=uow)
    touch(plan, now=uow.now)
    found.version = plan.version
    uow.record("plan.quoted", subject=plan.id, rule_version=found.rule_version)
    if found.shortages and measures:
        await tell_companions(uow, plan.case_id, "plan.quoted", measures[0].id, borne_by=found.shortages[0].borne_by)
    return found


async def _quotation(uow: UnitOfWork, plan: PlanRow, measures: list[MeasureRow], lines: list[LineRow]) -> Quotation:
    rules = exchange_rules()
    found = Quotation(id=plan.id, version=plan.version, rule_version=rules.version)
    by_id = {line.id: line for line in lines}
    for measure in measures:
        if measure.line_id is not None and measure.line_id in by_id:
            found.measures.append(await _quoted(uow, measure, by_id[measure.line_id]))
    for line in lines:
        quotes = [one.now_minor for one in found.measures if one.line_id == line.id]
        added = sum(each.amount_minor for each in lines if each.supplements_line_id == line.id and each.code == CODE)
        lacking = shortage(line.amount_minor, added, quotes)
        if lacking:
            money = Money(lacking, line.currency)
            found.shortages.append(LineShortage(line_id=line.id, lacking=money, borne_by=rules.loss_borne_by.value))
    return found


async def _quoted(uow: UnitOfWork, measure: MeasureRow, line: LineRow) -> QuotedMeasure:
    rules, is_open = exchange_rules(), measure.state in UNDELIVERED
    price = Money(measure.price_minor or 0, measure.price_currency or line.currency)
    priced = Priced(price=price, quoted_minor=measure.quoted_minor, open=is_open)
    rate = await newest_rate(
        uow, base=line.currency, currency=price.currency, kind=rules.rate_kind.value, on=uow.now.date()
    )
    if rate is None:
        raise RateMissing(currency=price.currency)
    return QuotedMeasure(
        measure_id=measure.id,
        line_id=line.id,
        price=price,
        before_minor=measure.quoted_minor,
        now_minor=quoted(priced, rate, rules),
        currency=line.currency,
        rate_of=rate.valid_on,
        open=is_open,
    )


def _keep(found: Quotation, measures: list[MeasureRow], *, uow: UnitOfWork) -> None:
    now = {one.measure_id: one for one in found.measures}
    for measure in measures:
        one = now.get(measure.id)
        if one is not None and one.now_minor != measure.quoted_minor:
            measure.quoted_minor, measure.quoted_on = one.now_minor, uow.now.date()
            touch(measure, now=uow.now)


async def _bear(
    found: Quotation, lines: dict[UUID, LineRow], budgets: dict[UUID, BudgetRow], *, uow: UnitOfWork
) -> None:
    """Only what the rule lays on the programme costs it anything."""
    for lack in found.shortages:
        line = lines[lack.line_id]
        if lack.borne_by != Bearer.PROGRAMME or line.budget_id is None:
            continue
        rule, on = found.rule_version, uow.now.date()
        await supplement(uow, line, budgets[line.budget_id], lack.lacking.amount_minor, code=CODE, rule=rule, on=on)

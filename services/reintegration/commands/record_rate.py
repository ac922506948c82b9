"""Record what a currency was worth on a day, by kind and source; plans whose quotes it moves are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.reintegration.commands.tell_companions import tell_companions
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.exchange import Rate, RateKind, has_moved, in_base
from services.reintegration.domain.measure import UNDELIVERED
from services.reintegration.persistence.exchange_rates import quoted_in
from services.reintegration.persistence.exchange_tables import ExchangeRateRow
from services.reintegration.persistence.lines import find_line
from services.reintegration.persistence.reference_data import exchange_rules
from services.reintegration.persistence.support_tables import MeasureRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.money import Money


class SameCurrency(Invalid):
    """A currency has no rate to itself."""

    slug = "same-currency"
    title = "The two currencies of a rate are different"


@dataclass(frozen=True, kw_only=True)
class RecordRate:
    """So many units of `currency` for one unit of `base`."""

    base: str
    currency: str
    kind: RateKind
    local_per_base: Decimal
    source: str
    valid_on: date


async def handle(command: RecordRate, *, uow: UnitOfWork) -> ExchangeRateRow:
    """Once per day, pair and kind (the database refuses a second). Raises SameCurrency, DateInFuture."""
    day_of_fact(command.valid_on, uow.now)
    if command.base == command.currency:
        raise SameCurrency
    row = ExchangeRateRow(
        base=command.base,
        currency=command.currency,
        kind=command.kind.value,
        local_per_base=command.local_per_base,
        source=command.source,
        valid_on=command.valid_on,
        recorded_by=uow.actor.subject,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.record("exchange-rate.recorded", subject=row.id, kind=row.kind)
    if command.kind is exchange_rules().rate_kind:
        await _show_moved(command, uow=uow)
    return row


async def _show_moved(command: RecordRate, *, uow: UnitOfWork) -> None:
    rate = Rate(
        base=command.base,
        currency=command.currency,
        local_per_base=command.local_per_base,
        valid_on=command.valid_on,
    )
    told = set()
    for measure in await quoted_in(uow, command.currency, UNDELIVERED):
        if measure.plan_id not in told and await _moved(uow, measure, rate):
            told.add(measure.plan_id)
            await tell_companions(uow, measure.case_id, "plan.quote-moved", measure.id, plan_id=str(measure.plan_id))


async def _moved(uow: UnitOfWork, measure: MeasureRow, rate: Rate) -> bool:
    line = await find_line(uow, measure.line_id) if measure.line_id else None
    if line is None or line.currency != rate.base or measure.price_minor is None or measure.quoted_minor is None:
        return False
    now = in_base(Money(measure.price_minor, rate.currency), rate).amount_minor
    return has_moved(measure.quoted_minor, now, exchange_rules().move_percent)

"""Money that moves beside the answer to a grant is told too, so that the facts add up to the ledger at any time."""

from __future__ import annotations

from services.reintegration.contracts.published import FundsReleased, FundsReserved, ReasonGroup
from services.reintegration.persistence.lines import as_facts
from services.reintegration.persistence.tables import LineRow
from shared.database.unit_of_work import UnitOfWork
from shared.money import Money


def tell_set_aside(uow: UnitOfWork, line: LineRow, amount_minor: int) -> None:
    """A funded line holds this much more, and no case asked for it: its funding stays what was answered."""
    if amount_minor:
        uow.publish(FundsReserved(**_facts(line, amount_minor), on_top=True, answers_grant=False))


def tell_given_back(uow: UnitOfWork, line: LineRow, amount_minor: int, *, group: ReasonGroup) -> None:
    """A funded line holds this much less; the reservation of the case goes on."""
    if amount_minor:
        uow.publish(FundsReleased(**_facts(line, amount_minor), partial=True, reason_group=group))


def _facts(line: LineRow, amount_minor: int) -> dict[str, object]:
    return {
        "case_id": line.case_id,
        "reservation_id": line.reservation_id,
        "budget_id": line.budget_id,
        "lines": as_facts([(line, amount_minor)]),
        "total": Money(amount_minor, line.currency),
    }

"""Number what leaves: a fact by the recipient's own counter of the case, a delivery by the counter of its endpoint.

A number is taken at the moment of leaving, while the case is locked under the recipient's name: both counters have no
gaps and tell nothing of what was withheld. The lock is taken before it is decided what leaves: whoever ends a consent
waits for it, and finds in the register everybody who was named meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.number_own_facts import number_own_deliveries
from services.registry.commands.tell_recipient import register
from services.registry.domain.disclosure_matrix import ENDED
from services.registry.persistence.disclosure_tables import AgencyCaseRow, DeliveryRow, WebhookEndpointRow
from services.registry.persistence.due_deliveries import facts_of
from services.registry.persistence.endpoint_numbers import last_numbers
from shared.database.unit_of_work import UnitOfWork

Cases = Mapping[str, AgencyCaseRow]
"""By the recipient's own name for them, locked."""
Endpoints = Mapping[UUID, WebhookEndpointRow]
Kinds = Mapping[UUID, str]
"""Of each delivery, the kind of the recorded basis it leaves on."""


def number_facts(
    uow: UnitOfWork, rows: Sequence[DeliveryRow], case: AgencyCaseRow, endpoints: Endpoints, kinds: Kinds
) -> None:
    """For the feed of a case, which is locked: the recipient's next number for each fact that has none yet."""
    for row in sorted((row for row in rows if row.sequence is None), key=lambda row: row.id):
        _number_fact(uow, row, row, case, _basis(row, kinds, endpoints))


async def number_deliveries(
    uow: UnitOfWork, rows: Sequence[DeliveryRow], cases: Cases, endpoints: Endpoints, kinds: Kinds
) -> set[UUID]:
    """For the sender: the next number of each one's endpoint, and of the recipient where the fact leaves for the first
    time. Returns those that got none because somebody else is at their case, their recipient or their fact just now."""
    fresh = sorted((row for row in rows if _unnumbered(row)), key=lambda row: row.id)
    facts = await facts_of(uow, fresh)
    last = await last_numbers(uow, fresh)
    for row in fresh:
        case, fact = cases.get(row.agency_case_ref or ""), facts.get(row.copy_of or row.id)
        if case is None or fact is None:
            continue
        if fact.sequence is None:
            _number_fact(uow, fact, row, case, _basis(row, kinds, endpoints))
        elif more := sorted(set(row.person_refs) - set(fact.person_refs)):
            _register(uow, row, case, _basis(row, kinds, endpoints), more)
        lane = (row.endpoint_id, row.case_id)
        row.endpoint_sequence = last[lane] = last.get(lane, 0) + 1
    own = await number_own_deliveries(uow, rows)
    return own | {row.id for row in fresh if row.endpoint_sequence is None}


def _unnumbered(row: DeliveryRow) -> bool:
    """What the last version, while it is being replaced, sent under the recipient's number keeps that one."""
    if row.endpoint_sequence is None and row.copy_of is None and (row.attempts or row.delivered_at):
        row.endpoint_sequence = row.sequence
    return row.endpoint_sequence is None and row.case_id is not None


def _number_fact(uow: UnitOfWork, fact: DeliveryRow, row: DeliveryRow, case: AgencyCaseRow, basis: str) -> None:
    """Of the fact, `row` is the one that leaves first: it says who is told about whom."""
    case.last_sequence += 1
    fact.sequence = case.last_sequence
    if row.payload_type != ENDED:
        case.told, case.ended_on = True, None
    _register(uow, row, case, basis, row.person_refs)


def _register(uow: UnitOfWork, row: DeliveryRow, case: AgencyCaseRow, basis: str, person_refs: list[str]) -> None:
    register(uow, case.case_id, row.recipient_id, row.payload_type, basis, sorted(row.facts), person_refs)


def _basis(row: DeliveryRow, kinds: Kinds, endpoints: Endpoints) -> str:
    """A package names its own; else the recorded one it leaves on, or the one its endpoint was entered with."""
    if row.disclosure_id is not None:
        return f"disclosure {row.disclosure_id}"
    endpoint = endpoints.get(row.endpoint_id) if row.endpoint_id else None
    kind = kinds.get(row.id) or (endpoint.legal_basis if endpoint is not None else None)
    return f"{kind} and consent" if kind else "consent"


async def lock_cases(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> Cases:
    """Those of what has no number yet and at which nobody else is just now."""
    references = {row.agency_case_ref for row in rows if row.agency_case_ref is not None and _unnumbered(row)}
    if not references:
        return {}
    statement = (
        select(AgencyCaseRow)
        .where(col(AgencyCaseRow.agency_case_ref).in_(references))
        .order_by(col(AgencyCaseRow.agency_case_ref))
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return {row.agency_case_ref: row for row in (await uow.session.execute(statement)).scalars()}

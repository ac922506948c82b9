"""Decide, immediately before something leaves, whether it may: asked again at every attempt, replay and feed read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.tell_recipient import register
from services.registry.domain.coverage import narrowed
from services.registry.domain.disclosure_matrix import ENDED, PACKAGE, TEST_EVENT
from services.registry.domain.request_end import rests
from services.registry.persistence.disclosure_tables import AgencyCaseRow, DeliveryRow, WebhookEndpointRow
from services.registry.persistence.known_facts import KnownFacts, known_facts
from shared.database.unit_of_work import UnitOfWork

ALWAYS = (ENDED, TEST_EVENT)
"""The neutral stop and tests are exempt from consent and freeze."""


class Decision(Enum):
    """What becomes of a delivery now."""

    LEAVE = "leave"
    WITHHOLD = "withhold"
    HOLD = "hold"


async def decide(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> dict[UUID, Decision]:
    """A decision per delivery; those that may leave name nobody any more who is not covered at this moment."""
    known = await known_facts(uow, rows)
    return {row.id: _decision(uow, row, known) for row in rows}


def _decision(uow: UnitOfWork, row: DeliveryRow, known: KnownFacts) -> Decision:
    if row.payload_type in ALWAYS or row.case_id is None:
        return Decision.LEAVE
    case = None if row.recipient_id in known.suspended else known.cases.get(row.case_id)
    if case is None or case.frozen or rests(case, row.purpose):
        return Decision.WITHHOLD
    if row.disclosure_id is not None:
        package = known.packages.get(row.disclosure_id)
        if package is None or package.recalled or package.expires_on < uow.now.date():
            return Decision.WITHHOLD
    allowed = known.covers(row, now=uow.now)
    refs = [ref for ref in row.person_refs if ref in allowed]
    if not refs:
        return Decision.WITHHOLD
    if refs != row.person_refs:
        row.person_refs, row.facts = refs, narrowed(row.facts, refs)
    return Decision.HOLD if _new_to_debtor(row, known) else Decision.LEAVE


def _new_to_debtor(row: DeliveryRow, known: KnownFacts) -> bool:
    """Who owes an attestation gets nothing new; what is under way goes on, nobody is left waiting at an airport."""
    return row.recipient_id in known.owing and (row.payload_type == PACKAGE or row.agency_case_ref not in known.told)


async def number(
    uow: UnitOfWork,
    rows: Sequence[DeliveryRow],
    endpoints: Mapping[UUID, WebhookEndpointRow],
    *,
    skip_locked: bool = False,
) -> set[UUID]:
    """Take the recipient's own next number where a fact first leaves, and enter it in the register.

    Returns the deliveries that could not be numbered because somebody else is at their case just now.
    """
    fresh = sorted((row for row in rows if row.sequence is None and row.case_id is not None), key=lambda row: row.id)
    cases = await _locked_cases(uow, {row.agency_case_ref or "" for row in fresh}, skip_locked=skip_locked)
    for row in fresh:
        case = cases.get(row.agency_case_ref or "")
        if case is None or row.case_id is None:
            continue
        case.last_sequence += 1
        row.sequence = case.last_sequence
        if row.payload_type != ENDED:
            case.told, case.ended_on = True, None
        basis = _basis(row, endpoints.get(row.endpoint_id) if row.endpoint_id else None)
        register(uow, row.case_id, row.recipient_id, row.payload_type, basis, sorted(row.facts), row.person_refs)
    return {row.id for row in fresh if row.sequence is None}


def _basis(row: DeliveryRow, endpoint: WebhookEndpointRow | None) -> str:
    if row.disclosure_id is not None:
        return f"disclosure {row.disclosure_id}"
    return f"{endpoint.legal_basis} and consent" if endpoint is not None and endpoint.legal_basis else "consent"


async def _locked_cases(uow: UnitOfWork, references: set[str], *, skip_locked: bool) -> dict[str, AgencyCaseRow]:
    if not references:
        return {}
    statement = (
        select(AgencyCaseRow)
        .where(col(AgencyCaseRow.agency_case_ref).in_(references))
        .order_by(col(AgencyCaseRow.agency_case_ref))
        .with_for_update(key_share=True, skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )
    return {row.agency_case_ref: row for row in (await uow.session.execute(statement)).scalars()}

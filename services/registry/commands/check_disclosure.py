"""Decide, immediately before something leaves, whether it may: asked again at every attempt, replay and feed read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from services.registry.domain.coverage import narrowed
from services.registry.domain.disclosure_matrix import ENDED, PACKAGE, TEST_EVENT
from services.registry.domain.legal_basis import WAITS_FOR_BASIS, Standing
from services.registry.domain.request_end import rests
from services.registry.persistence.disclosure_tables import DeliveryRow
from services.registry.persistence.known_facts import KnownFacts, known_facts
from shared.database.unit_of_work import UnitOfWork

ALWAYS = (ENDED, TEST_EVENT)
"""The neutral stop and tests are exempt from basis, consent and freeze."""


class Decision(Enum):
    """What becomes of a delivery now."""

    LEAVE = "leave"
    WITHHOLD = "withhold"
    HOLD = "hold"


@dataclass(frozen=True)
class Decided:
    """What becomes of each delivery, and of which kind the recorded basis is that it would leave on."""

    decisions: dict[UUID, Decision]
    kinds: dict[UUID, str]

    def leaving(self, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
        """Those of them that may leave."""
        return [row for row in rows if self.decisions[row.id] is Decision.LEAVE]


async def decide(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> Decided:
    """A decision per delivery; those that may leave name nobody any more who is not covered at this moment."""
    known = await known_facts(uow, rows)
    decisions = {row.id: _decision(uow, row, known) for row in rows}
    kinds = {row.id: kind for row in rows if (kind := known.kind_of_basis(row, now=uow.now)) is not None}
    return Decided(decisions, kinds)


def _decision(uow: UnitOfWork, row: DeliveryRow, known: KnownFacts) -> Decision:
    if row.payload_type in ALWAYS:
        return Decision.LEAVE
    if not known.may_hear(row):
        return Decision.WITHHOLD
    if row.case_id is None:
        return Decision.LEAVE
    case = known.cases.get(row.case_id)
    if case is None or rests(case, row.purpose):
        return Decision.WITHHOLD
    allowed = known.covers(row, now=uow.now)
    refs = [ref for ref in row.person_refs if ref in allowed]
    if not refs:
        return Decision.WITHHOLD
    basis = known.basis(row, now=uow.now)
    if basis is not Standing.LIVE:
        waits = basis is Standing.UNKNOWN and uow.now < row.created_at + WAITS_FOR_BASIS
        return Decision.HOLD if waits else Decision.WITHHOLD
    if refs != row.person_refs:
        row.person_refs, row.facts = refs, narrowed(row.facts, refs)
    return Decision.HOLD if case.frozen or _new_to_debtor(row, known) else Decision.LEAVE


def _new_to_debtor(row: DeliveryRow, known: KnownFacts) -> bool:
    """Who owes an attestation gets nothing new; what is under way goes on, nobody is left waiting at an airport."""
    return row.recipient_id in known.owing and (row.payload_type == PACKAGE or row.agency_case_ref not in known.told)

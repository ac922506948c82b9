"""Reads and seals what protects a child, and turns it into what the rules look at."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.custody import ORDERS, Custody, Holder
from services.returns.persistence.child_tables import ChildHearingRow, ParentalAnswerRow, ParentalHolderRow
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.fact_views import latest, live
from services.returns.persistence.tables import CasePersonRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.vault import Sealed


@dataclass
class Children:
    """Holders, answers and talks of every child on a file, oldest first."""

    holders: list[ParentalHolderRow] = field(default_factory=list)
    answers: list[ParentalAnswerRow] = field(default_factory=list)
    hearings: list[ChildHearingRow] = field(default_factory=list)

    def holders_of(self, person_id: UUID) -> list[ParentalHolderRow]:
        """Everybody named for one child."""
        return [row for row in self.holders if row.person_id == person_id]

    def answers_of(self, parental_holder_id: UUID) -> list[ParentalAnswerRow]:
        """What one of them answered over time."""
        return [row for row in self.answers if row.parental_holder_id == parental_holder_id]

    def hearings_of(self, person_id: UUID) -> list[ChildHearingRow]:
        """The talks with one child."""
        return [row for row in self.hearings if row.person_id == person_id]


async def children_of(uow: UnitOfWork, person_ids: Collection[UUID]) -> Children:
    """Everything recorded for these children."""
    if not person_ids:
        return Children()
    holder, answer, hearing = ParentalHolderRow, ParentalAnswerRow, ChildHearingRow
    holders = select(holder).where(col(holder.person_id).in_(person_ids)).order_by(col(holder.id))
    answers = (
        select(answer)
        .join(holder, col(holder.id) == col(answer.parental_holder_id))
        .where(col(holder.person_id).in_(person_ids))
        .order_by(col(answer.id))
    )
    hearings = select(hearing).where(col(hearing.person_id).in_(person_ids)).order_by(col(hearing.id))
    return Children(
        holders=list((await uow.session.execute(holders)).scalars()),
        answers=list((await uow.session.execute(answers)).scalars()),
        hearings=list((await uow.session.execute(hearings)).scalars()),
    )


def child_values(
    children: Children, facts: Sequence[CaseFactRow], child: CasePersonRow, adults: Collection[UUID], *, submitted: bool
) -> dict[str, Any]:
    """What the records say of one child; a flag from before the records counts only once a file was submitted."""
    holders, hearings = children.holders_of(child.id), children.hearings_of(child.id)
    settled = latest(facts, "custody_settled", person_id=child.id)
    talk = hearings[-1] if hearings else None
    return {
        "custody": Custody(
            holders=tuple(_holder(children, row, adults) for row in holders),
            all_named=bool(live(facts, "custody_established", person_id=child.id)),
            ordered=settled is not None and settled.value in ORDERS,
            recorded_before=child.guardians_agreed and not holders and submitted,
        ),
        "child_heard": bool(hearings) or (child.child_heard and submitted),
        "heard_as_its_age_asks": talk is None or not child.own_talk_due or any(row.alone for row in hearings),
        "disagreement": _disagreement(children, facts, child, settled),
    }


def _holder(children: Children, row: ParentalHolderRow, adults: Collection[UUID]) -> Holder:
    answers = children.answers_of(row.id)
    return Holder(
        relation=row.relation,
        established_by=row.established_by,
        standing=answers[-1].standing if answers else None,
        travels=row.adult_id in adults,
    )


def _disagreement(
    children: Children, facts: Sequence[CaseFactRow], child: CasePersonRow, settled: CaseFactRow | None
) -> bool:
    """Against it since the last order: the child by its newest view, or a holder by their newest answer."""
    after = settled.id if settled else UUID(int=0)
    heard = [(row.id, row.view) for row in children.hearings_of(child.id)]
    views = [*heard, *((fact.id, fact.value) for fact in live(facts, "child_view", person_id=child.id))]
    answers = [children.answers_of(row.id) for row in children.holders_of(child.id)]
    said = [max(views)] if views else []
    said += [(given[-1].id, given[-1].standing) for given in answers if given]
    said += [(fact.id, fact.value) for fact in live(facts, "guardian_view", person_id=child.id)]
    return any(value == "disagrees" and when > after for when, value in said)


async def seal_contact(uow: UnitOfWork, row: ParentalHolderRow, contact: dict[str, Any]) -> None:
    """Seal who a holder is and how to reach them, under the child's key."""
    value = json.dumps(contact, ensure_ascii=False).encode()
    row.sealed_contact = await uow.vault.seal(Sealed(row.person_id, "parental_holder", "contact", value))


async def open_contacts(
    uow: UnitOfWork, rows: Sequence[ParentalHolderRow], *, purpose: str
) -> dict[UUID, dict[str, Any]]:
    """Names and contacts by holder, audited; empty where none was given or the child was erased."""
    known = [row for row in rows if row.sealed_contact is not None]
    items = [Sealed(row.person_id, "parental_holder", "contact", bytes(row.sealed_contact or b"")) for row in known]
    opened = await uow.vault.open_many(items, purpose=purpose) if items else []
    return {row.id: json.loads(value) if value else {} for row, value in zip(known, opened, strict=True)}

"""Finds the advisories that may concern a case and what was answered to them; says what they demand of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.advisories import REVIEW, Corridor, Effect, effect_on, groups_of
from services.returns.domain.case_view import PersonView
from services.returns.persistence.advisory_tables import AdvisoryAnswerRow, AdvisoryRow
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork

ASSESSED, TOLD = "assessed", "told"


@dataclass
class Warnings:
    """Advisories for the countries of a case, and the answers recorded on it."""

    advisories: list[AdvisoryRow] = field(default_factory=list)
    answers: list[AdvisoryAnswerRow] = field(default_factory=list)

    def answer(self, advisory_id: UUID, kind: str) -> AdvisoryAnswerRow | None:
        """The newest answer of a kind."""
        found = [row for row in self.answers if row.advisory_id == advisory_id and row.kind == kind]
        return max(found, key=lambda row: row.id, default=None)


async def warnings_for(uow: UnitOfWork, case: ReturnCaseRow) -> Warnings:
    """What may hold for this case; nothing is asked of a case nobody warned about."""
    row = AdvisoryRow
    countries = [case.destination, *case.transit]
    statement = select(row).where(col(row.country).in_(countries), col(row.lifted_on).is_(None))
    advisories = list((await uow.session.execute(statement.order_by(col(row.advisory_id)))).scalars())
    if not advisories:
        return Warnings()
    answers = select(AdvisoryAnswerRow).where(col(AdvisoryAnswerRow.case_id) == case.id)
    return Warnings(advisories, list((await uow.session.execute(answers)).scalars()))


def concerning(
    warnings: Warnings, case: ReturnCaseRow, rows: Sequence[CasePersonRow], persons: Iterable[PersonView], *, on: date
) -> list[tuple[AdvisoryRow, Effect]]:
    """The advisories that concern this case on the day of its journey, with what they demand of it."""
    travelling = [person for person in persons if person.travelling]
    sexes = {row.person_ref: row.sex for row in rows}
    corridor = Corridor(
        destination=case.destination,
        transit=tuple(case.transit),
        groups=groups_of(travelling, sexes, vulnerable=any(row.vulnerable for row in rows)),
        travel_on=case.travel_on,
    )
    found = [(advisory, effect_on(advisory, corridor, today=on)) for advisory in warnings.advisories]
    return [(advisory, effect) for advisory, effect in found if effect is not None]


def demands(warnings: Warnings, found: Sequence[tuple[AdvisoryRow, Effect]], *, granted: bool) -> dict[str, Any]:
    """What the rules are told: whether it is stopped, and which advisories still want an answer. The people of a
    granted case are told of every advisory, whatever else it demands."""
    stopped, to_assess, to_tell, untold = False, [], [], []
    for advisory, effect in found:
        assessed, told = (warnings.answer(advisory.advisory_id, kind) for kind in (ASSESSED, TOLD))
        name = str(advisory.advisory_id)
        stops = effect == "stop" or (assessed is not None and assessed.outcome == "may_not_travel")
        stopped = stopped or stops
        if effect == REVIEW and assessed is None:
            to_assess.append(name)
        if told is None:
            untold.append(name)
            to_tell += [name] if not stops and (granted or effect == "inform") else []
    return {
        "stop_advisory": stopped,
        "advisories_to_assess": tuple(to_assess),
        "advisories_to_tell": tuple(to_tell),
        "advisories_untold": tuple(untold),
    }

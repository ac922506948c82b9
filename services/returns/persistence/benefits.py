"""Finds what people on a file received before, and what their family was granted in files linked to this one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.domain.benefits import FAMILY_LINKS, GRANT_STANDS, received
from services.returns.persistence.cards import Received, granted_in, received_in
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.duplicate_pairs import Side, pairs_of
from services.returns.persistence.duplicates import SAME
from services.returns.persistence.links import links_of
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class HelpBefore:
    """What one person of a file received from another file, since when, and whether as a minor."""

    person: CasePersonRow
    there: Side
    payments: Sequence[Received]

    @property
    def on(self) -> date:
        """The day of the departure, without one of the first payment."""
        return self.there.case.departed_on or self.payments[0].on

    @property
    def as_minor(self) -> bool:
        """Whether the person was a child there."""
        return not self.there.person.adult


@dataclass(frozen=True, kw_only=True)
class GrantedThere:
    """Help of one kind that the family was granted in one linked file of the same programme."""

    case: ReturnCaseRow
    code: str
    amount_minor: int
    currency: str


async def help_from(uow: UnitOfWork, case: ReturnCaseRow, person: CasePersonRow) -> HelpBefore | None:
    """What this person received from this very file; None if nothing."""
    there = Side(person, case)
    payments = _theirs(there, await received_in(uow, {case.id}))
    return HelpBefore(person=person, there=there, payments=payments) if payments else None


async def help_before(uow: UnitOfWork, file: CaseFile) -> list[HelpBefore]:
    """Only pairs decided to be the same person, only what was received and kept; granted and not paid is no help."""
    pairs = await pairs_of(uow, [person.id for person in file.travelling])
    same = [(own.person, other) for row, own, other in pairs if row.outcome == SAME]
    paid = await received_in(uow, {other.case.id for _, other in same}) if same else []
    found = [HelpBefore(person=person, there=other, payments=_theirs(other, paid)) for person, other in same]
    return [help_ for help_ in found if help_.payments]


def _theirs(other: Side, paid: Sequence[Received]) -> list[Received]:
    travelled = other.case.departed_on is not None and other.person.travel_status in ("BOARDED", "ARRIVED")
    there = [payment for payment in paid if payment.case_id == other.case.id]
    return received(there, other.person.person_ref, travelled=travelled)


async def family_files(uow: UnitOfWork, file: CaseFile) -> list[ReturnCaseRow]:
    """Linked files of the same family in the same programme: each programme, and each host, has caps of its own."""
    live = [(link, case) for link, case in await links_of(uow, file.id) if link.ended_on is None]
    found = {case.id: case for link, case in live if link.kind in FAMILY_LINKS}
    return [case for case in found.values() if case.programme_id == file.case.programme_id]


async def granted_there(uow: UnitOfWork, cases: Sequence[ReturnCaseRow]) -> list[GrantedThere]:
    """By file and kind: the grant while it stands, else what was paid out."""
    by_id = {case.id: case for case in cases}
    standing = [case.id for case in cases if case.state in GRANT_STANDS]
    sums: dict[tuple[UUID, str, str], int] = defaultdict(int)
    for line in await granted_in(uow, standing):
        sums[line.case_id, line.code, line.currency] += line.amount_minor
    for paid in await received_in(uow, [case_id for case_id in by_id if case_id not in standing]):
        if paid.code is not None:
            sums[paid.case_id, paid.code, paid.currency] += paid.amount_minor
    return [
        GrantedThere(case=by_id[case_id], code=code, amount_minor=amount, currency=currency)
        for (case_id, code, currency), amount in sorted(sums.items())
    ]

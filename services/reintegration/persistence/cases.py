"""The narrow copy of return cases and of the people in them, and the scope they are judged by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select

from services.reintegration.contracts.consumed import PersonSeen
from services.reintegration.persistence import fresh
from services.reintegration.persistence.policies import CaseScope
from services.reintegration.persistence.tables import PLACES, BeneficiaryRow, CaseFileRow, PartnerRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.ids import new_id

Policy = Callable[[Principal, CaseScope], bool]
SCOPE = text(
    "SELECT case_file.office_id, case_file.programme_id, plan.partner_id, "
    "ARRAY(SELECT provider_id FROM measure WHERE measure.case_id = case_file.case_id "
    "AND provider_id IS NOT NULL) AS providers "
    "FROM case_file LEFT JOIN plan ON plan.case_id = case_file.case_id WHERE case_file.case_id = :case_id"
)


async def set_case(uow: UnitOfWork, case_id: UUID, **values: Any) -> None:
    """Set what an event says of a case; the row is made if no earlier event did."""
    await _upsert(uow, CaseFileRow, {"case_id": case_id}, values)


async def find_case(uow: UnitOfWork, case_id: UUID) -> CaseFileRow | None:
    """The copy of a case as it is now."""
    return await fresh.one(uow, select(CaseFileRow).where(col(CaseFileRow.case_id) == case_id))


async def require_case(uow: UnitOfWork, case_id: UUID, policy: Policy) -> None:
    """Raise NotFound unless the case is known and in the actor's scope."""
    scope = await scope_of(uow, case_id)
    if scope is None:
        raise NotFound
    require(uow.actor, policy, scope)


async def scope_of(uow: UnitOfWork, case_id: UUID) -> CaseScope | None:
    """Where a case belongs."""
    await uow.session.flush()
    row = (await uow.session.execute(SCOPE, {"case_id": case_id})).first()
    if row is None:
        return None
    return CaseScope(
        office_id=row.office_id,
        programme_id=row.programme_id,
        partner_id=row.partner_id,
        provider_ids=frozenset(row.providers),
    )


async def set_person(uow: UnitOfWork, case_id: UUID, person: PersonSeen, *, from_case: UUID | None = None) -> None:
    """Set what an event of a case says of somebody on it; travelling, once known, stays known."""
    await PLACES.came(uow, case_id, [person.person_ref], from_case=from_case)
    values: dict[str, Any] = {"case_id": await PLACES.place_of(uow, person.person_ref) or case_id}
    values |= {"relation": person.relation, "age_band": person.age_band}
    if person.travelled is not None:
        values["travelled"] = person.travelled
    await _upsert(uow, BeneficiaryRow, {"person_ref": person.person_ref}, values, made={"id": new_id()})


async def let_go(uow: UnitOfWork, case_id: UUID, person: PersonSeen, *, to_case: UUID) -> None:
    """An event of a case says that somebody went on to another one."""
    await PLACES.left(uow, case_id, [person.person_ref], to_case=to_case)
    place = await PLACES.place_of(uow, person.person_ref) or to_case
    values = {"case_id": place, "relation": person.relation, "age_band": person.age_band}
    await _upsert(uow, BeneficiaryRow, {"person_ref": person.person_ref}, values, made={"id": new_id()})


async def persons_of(uow: UnitOfWork, case_id: UUID) -> list[BeneficiaryRow]:
    """The people of a case, the main applicant first."""
    found = await fresh.every(uow, select(BeneficiaryRow).where(col(BeneficiaryRow.case_id) == case_id))
    return sorted(found, key=lambda person: (person.relation != "main_applicant", person.id))


async def person_named(uow: UnitOfWork, person_ref: str) -> BeneficiaryRow | None:
    """The person behind a reference."""
    return await fresh.one(uow, select(BeneficiaryRow).where(col(BeneficiaryRow.person_ref) == person_ref))


async def set_partner(uow: UnitOfWork, partner_id: UUID, *, kind: str, countries: list[str]) -> None:
    """Set what registry says of a partner."""
    await _upsert(uow, PartnerRow, {"partner_id": partner_id}, {"kind": kind, "countries": countries})


async def find_partner(uow: UnitOfWork, partner_id: UUID) -> PartnerRow | None:
    """A partner as registry enrolled it."""
    return await fresh.one(uow, select(PartnerRow).where(col(PartnerRow.partner_id) == partner_id))


async def _upsert(
    uow: UnitOfWork,
    table: type[SQLModel],
    key: dict[str, Any],
    values: dict[str, Any],
    *,
    made: dict[str, Any] | None = None,
) -> None:
    await uow.session.flush()
    defaults = {"standing": "open"} if table is CaseFileRow else {}
    statement = insert(table).values(**{**defaults, **(made or {}), **key, **values})
    if values:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    await uow.session.execute(statement)

"""What a person who asked to be erased is told: what it waits for, what stays, why and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.erasure import stays, waits_for
from services.returns.persistence.dated_reference import reference
from services.returns.persistence.erasure_tables import ErasureHoldRow
from services.returns.persistence.erasures import erasure_of, file_of_person, holds_of, situation_of
from shared.database.unit_of_work import UnitOfWork


class WaitsFor(BaseModel):
    """Something that comes before the erasure."""

    ground: str = Field(
        description="complaint, court, supervisory_authority, audit, remedy_pending, review_possible or case_goes_on."
    )
    until: date | None = Field(description="When it is over or looked at again; null: when that is settled.")
    told: str = Field(description="The same in the language asked for, to be read out or handed over.")


class Stays(BaseModel):
    """Something that stays afterwards."""

    what: str = Field(description="codes, money, earlier_help, recipients or back_ups.")
    until: date | None
    source: str = Field(description="The rule or law behind it.")
    told: str = Field(description="What, why and until when, in the language asked for.")


class ErasureOut(BaseModel):
    """A person's erasure: what they are told before, while it waits, and afterwards."""

    id: UUID | None
    version: int
    person_ref: str
    status: str = Field(description="not_asked, waiting, taken_back or done.")
    asked_on: date | None
    erased_on: date | None
    waits_for: list[WaitsFor] = Field(description="Empty: nothing stands before it.")
    stays: list[Stays]
    told: str = Field(description="One sentence about where it stands.")


class HoldOut(BaseModel):
    """Why a person is kept."""

    id: UUID
    version: int
    ground: str
    placed_on: date
    placed_role: str
    look_again_on: date
    lifted_on: date | None


def hold_out(row: ErasureHoldRow) -> HoldOut:
    """The hold as codes."""
    return HoldOut.model_validate(row, from_attributes=True)


async def holds(uow: UnitOfWork, case_id: UUID, person_ref: str) -> list[HoldOut]:
    """Every hold, oldest first. Raises NotFound."""
    _, person = await file_of_person(uow, case_id, person_ref)
    return [hold_out(row) for row in await holds_of(uow, person.id)]


async def erasure(uow: UnitOfWork, case_id: UUID, person_ref: str, texts: dict[str, Any]) -> ErasureOut:
    """Where it stands today; before anybody asked, what would happen. Raises NotFound."""
    periods = reference("erasure-v1")
    file, person = await file_of_person(uow, case_id, person_ref)
    row = await erasure_of(uow, person.id)
    waiting: list[dict[str, Any]] = []
    if row is not None and row.status == "done":
        kept: Sequence[dict[str, Any]] = row.stays
    else:
        found = await situation_of(uow, file, person, waived=row.review_waived if row else False)
        waiting = [asdict(one) for one in waits_for(found, periods)]
        kept = [asdict(one) for one in stays(found, periods)]
    status = row.status if row else "not_asked"
    return ErasureOut(
        id=row.id if row else None,
        version=row.version if row else 0,
        person_ref=person.person_ref,
        status=status,
        asked_on=row.asked_on if row else None,
        erased_on=row.erased_on if row else None,
        waits_for=[WaitsFor(**one, told=_told(texts["waits"], one["ground"], one["until"])) for one in waiting],
        stays=[Stays(**one, told=_told(texts["stays"], one["what"], one["until"])) for one in kept],
        told=texts["status"][status],
    )


def _told(texts: dict[str, str], name: str, until: Any) -> str:
    return texts[name].replace("{until}", str(until or ""))

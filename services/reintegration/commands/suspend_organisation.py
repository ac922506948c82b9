"""A partner or provider is suspended: nothing new is ordered from it, and somebody looks at what it has at hand.

Nothing is taken from a family by itself: what was begun goes on until those who accompany the family decide.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reintegration.persistence.cases import scope_of
from services.reintegration.persistence.organisations import (
    is_suspended,
    open_orders_with,
    plans_with,
    suspend,
    take_up_again,
)
from services.reintegration.persistence.support_tables import PlanRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class OrganisationSuspended(Conflict):
    """It gets nothing new to do until it takes part again."""

    slug = "organisation-suspended"
    title = "This organisation is suspended; choose another one"


async def suspended(organisation_id: UUID, on: date, *, uow: UnitOfWork) -> None:
    """Told once: of its plans the office, of its orders the focal point of the plan, and the office where there is
    none."""
    if await is_suspended(uow, organisation_id):
        return
    await suspend(uow, organisation_id, since=on)
    for plan in await plans_with(uow, organisation_id):
        await _tell_office(plan, "plan.partner-suspended", plan.id, uow=uow)
    for measure, plan in await open_orders_with(uow, organisation_id):
        if plan.partner_id in (None, organisation_id):
            await _tell_office(plan, "measure.provider-suspended", measure.id, uow=uow)
        else:
            scope = str(plan.partner_id)
            uow.notify("measure.provider-suspended", role="reintegration_partner", scope=scope, subject=measure.id)


async def enrolled(organisation_id: UUID, *, uow: UnitOfWork) -> None:
    """It takes part, or takes part again."""
    await take_up_again(uow, organisation_id)


async def require_taking_part(uow: UnitOfWork, *organisation_ids: UUID | None) -> None:
    """Raises OrganisationSuspended if one of them gets nothing new."""
    for organisation_id in organisation_ids:
        if await is_suspended(uow, organisation_id):
            raise OrganisationSuspended


async def _tell_office(plan: PlanRow, kind: str, subject: UUID, *, uow: UnitOfWork) -> None:
    scope = await scope_of(uow, plan.case_id)
    if scope is not None and scope.office_id is not None:
        uow.notify(kind, role="caseworker", scope=scope.office_id, subject=subject)

"""Report what was done under a component, with the typed facts of its kind; correct a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.commands.tell_sides import tell_sides
from services.registry.contracts.partnership_events import ActivityReportedV1
from services.registry.domain.activity_types import BELONGS, figures_of
from services.registry.domain.sides import side_of_country
from services.registry.persistence.partnership_tables import ActivityRow
from services.registry.persistence.partnerships import part_of_partnership, partnership, side_of
from services.registry.persistence.tables import ComponentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Invalid, NotFound

WORKING = ("agreed", "in_force", "suspended", "ended")
BORDER = "border_management"


class ActivityDoesNotBelong(Invalid):
    """A scholarship is no border management: the kind must fit the component."""

    slug = "activity-does-not-belong"
    title = "This kind of activity does not belong under this component"


class EndsBeforeItBegins(Invalid):
    """Also when only one of the two days is corrected."""

    slug = "ends-before-it-begins"
    title = "The last day of this activity is before its first"


class ActivityStillToCome(Invalid):
    """What is still to be done is a commitment or an item of an agenda."""

    slug = "activity-still-to-come"
    title = "This activity has not begun"


class NotYourSidesOffer(Conflict):
    """A legal way into a country is offered by the side on which that country stands."""

    slug = "not-your-sides-offer"
    title = "The country of this offer stands on the other side"


class SafeguardsNotNamed(Conflict):
    """Nothing is done under border management before its human-rights safeguards are named."""

    slug = "safeguards-not-named"
    title = "This component has no safeguards yet"


class ComponentNotAgreed(Conflict):
    """Nothing is done yet under a component that was only proposed, or that was declined."""

    slug = "component-not-agreed"
    title = "This component has not been agreed"


@dataclass(frozen=True, kw_only=True)
class ReportActivity:
    """What was done; the participants are counts by sex and age group."""

    component_id: UUID
    title: str
    lead: str
    source: str
    facts: dict[str, Any]
    countries: list[str] = field(default_factory=list)
    place: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    taking_part: list[str] = field(default_factory=list)
    participants: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    spent: Mapping[str, Any] | None = None
    evidence: list[dict[str, Any]] = field(default_factory=list)
    evaluation: str | None = None


async def report(command: ReportActivity, *, uow: UnitOfWork) -> ActivityRow:
    """Raises NotFound, ComponentNotAgreed, SafeguardsNotNamed, and what does not fit."""
    component = await part_of_partnership(uow, ComponentRow, command.component_id)
    if component.status not in WORKING:
        raise ComponentNotAgreed
    if component.component_type == BORDER and not component.safeguards and command.facts["activity_type"] != BORDER:
        raise SafeguardsNotNamed
    values = dict(command.__dict__)
    spent = values.pop("spent")
    row = ActivityRow(
        **values,
        partnership_id=component.partnership_id,
        activity_type=command.facts["activity_type"],
        reported_by=side_of(uow.actor),
        created_at=uow.now,
        updated_at=uow.now,
    )
    await _fit(row, component, spent, uow=uow)
    uow.session.add(row)
    return await _kept(row, component, "activity.reported", uow=uow)


async def correct(activity_id: UUID, changes: Mapping[str, Any], *, uow: UnitOfWork) -> ActivityRow:
    """By the side that reported it; published again with the next revision. Raises NotFound, and what does not fit."""
    row = await _own(activity_id, uow=uow)
    component = await part_of_partnership(uow, ComponentRow, row.component_id)
    if changes.get("facts", row.facts)["activity_type"] != row.activity_type:
        raise ActivityDoesNotBelong
    for name, value in changes.items():
        if name != "spent":
            setattr(row, name, value)
    known = {"amount_minor": row.spent_minor, "currency": row.currency}
    await _fit(row, component, changes.get("spent", known), uow=uow)
    touch(row, now=uow.now)
    return await _kept(row, component, "activity.corrected", uow=uow)


async def withdraw(activity_id: UUID, *, uow: UnitOfWork) -> ActivityRow:
    """A report that should not have been made: it stays to be read, and counts and offers nothing. Raises NotFound."""
    row = await _own(activity_id, uow=uow)
    component = await part_of_partnership(uow, ComponentRow, row.component_id)
    row.withdrawn_on = uow.now.date()
    touch(row, now=uow.now)
    return await _kept(row, component, "activity.withdrawn", uow=uow)


async def _own(activity_id: UUID, *, uow: UnitOfWork) -> ActivityRow:
    row = await part_of_partnership(uow, ActivityRow, activity_id, lock=True)
    if row.reported_by != side_of(uow.actor) or row.withdrawn_on is not None:
        raise NotFound
    uow.match(row.version)
    return row


async def _fit(row: ActivityRow, component: ComponentRow, spent: Mapping[str, Any] | None, *, uow: UnitOfWork) -> None:
    if row.from_on is not None and row.to_on is not None and row.to_on < row.from_on:
        raise EndsBeforeItBegins
    if row.from_on is not None and row.from_on > uow.now.date():
        raise ActivityStillToCome
    if row.activity_type == "legal_channel":
        parent = await partnership(uow, component.partnership_id)
        if side_of_country(parent.parties, row.facts["destination"]) not in (None, row.reported_by):
            raise NotYourSidesOffer
    if component.component_type not in BELONGS[row.activity_type]:
        raise ActivityDoesNotBelong(belongs_under=sorted(BELONGS[row.activity_type]))
    row.spent_minor = spent["amount_minor"] if spent else None
    row.currency = spent["currency"] if spent else None
    for column, fact in (("offer_from", "open_from"), ("offer_until", "open_until")):
        day = row.facts.get(fact)
        setattr(row, column, date.fromisoformat(day) if day else None)


async def _kept(row: ActivityRow, component: ComponentRow, action: str, *, uow: UnitOfWork) -> ActivityRow:
    uow.publish(
        ActivityReportedV1(
            activity_id=row.id,
            partnership_id=row.partnership_id,
            component_id=row.component_id,
            component_type=component.component_type,
            activity_type=row.activity_type,
            countries=row.countries,
            from_on=row.from_on,
            to_on=row.to_on,
            participants_count=sum(entry["count"] for entry in row.participants),
            spent_minor=row.spent_minor,
            currency=row.currency,
            figures=figures_of(row.facts),
            revision=row.version,
            withdrawn=row.withdrawn_on is not None,
        )
    )
    where = str(row.partnership_id)
    uow.notify(action, role="partnership_delegate", scope=where, subject=row.id, by=row.reported_by)
    uow.record(action, subject=row.id, activity_type=row.activity_type, side=row.reported_by)
    fact = {"activity_id": row.id, "activity_type": row.activity_type, "revision": row.version}
    await tell_sides(uow, row.partnership_id, "activity.reported", component_id=row.component_id, **fact)
    return row

"""Keep what registry publishes and cases need: programmes, components, recipients, calculations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, update

from services.returns.contracts.consumed import (
    ComponentStatusChangedSeen,
    PartnerEnrolledSeen,
    PlanOpenedSeen,
    ProgrammeClosedSeen,
    QuotedSeen,
    RecipientEnrolledSeen,
    RulesPublishedSeen,
)
from services.returns.contracts.consumed_providers import ProviderEnrolledSeen
from services.returns.persistence.eligibility_tables import KnownRuleVersionRow
from services.returns.persistence.programmes import keep
from services.returns.persistence.tables import (
    ComponentRow,
    ProgrammeRow,
    QuoteRow,
    RecipientRow,
    ReturnCaseRow,
)
from shared.database.unit_of_work import UnitOfWork


async def rules_published(seen: RulesPublishedSeen, *, uow: UnitOfWork) -> None:
    """A programme can take cases; one that was closed stays so, whatever rules are published for its cases."""
    values = seen.model_dump(include={"partnership_id", "component_id", "host", "destinations", "case_kinds"})
    await keep(uow.session, ProgrammeRow, {"programme_id": seen.programme_id}, values)
    if seen.valid_from is not None:
        key = {"programme_id": seen.programme_id, "number": seen.version}
        rules = {**seen.model_dump(include={"valid_from", "valid_to", "source"}), "entries": _entries(seen.table)}
        rules["capped_codes"] = _capped_codes(seen.table)
        await keep(uow.session, KnownRuleVersionRow, key, rules)


def _entries(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Only entries of the form this service reads; a table of another form excludes nobody here."""
    found = table.get("eligibility", [])
    needed = {"id", "effect", "text"}
    return [entry for entry in found if isinstance(entry, dict) and needed <= entry.keys()] if found else []


def _capped_codes(table: dict[str, Any]) -> list[str]:
    """The kinds of assistance of which a whole family gets no more than a cap, however many files it has."""
    caps = [cap for cap in table.get("caps", []) if isinstance(cap, dict) and cap.get("per", "file") == "file"]
    return sorted({code for cap in caps for code in cap.get("codes", [])})


async def programme_closed(seen: ProgrammeClosedSeen, *, uow: UnitOfWork) -> None:
    """A programme takes no new cases; existing ones go on."""
    where = col(ProgrammeRow.programme_id) == seen.programme_id
    await uow.session.execute(update(ProgrammeRow).where(where).values(closed=True))


async def component_changed(seen: ComponentStatusChangedSeen, *, uow: UnitOfWork) -> None:
    """A component may open or stop new cases."""
    values = seen.model_dump(include={"partnership_id", "component_type", "status"})
    await keep(uow.session, ComponentRow, {"component_id": seen.component_id}, values)


async def quoted(seen: QuotedSeen, *, uow: UnitOfWork) -> None:
    """A calculation waits for its decision."""
    until = seen.valid_until.date() if isinstance(seen.valid_until, datetime) else seen.valid_until
    values = {
        "case_id": seen.case_id,
        "programme_id": seen.programme_id,
        "rule_version": seen.rule_version,
        "person_refs": [person.person_ref for person in seen.composition],
        "lines": seen.lines,
        "total_minor": seen.total.amount_minor,
        "currency": seen.total.currency,
        "valid_until": until,
        "eligibility": seen.eligibility,
        "assisted_counts": {
            person.person_ref: person.assisted_count for person in seen.composition if person.assisted_count is not None
        },
        "counted_elsewhere_minor": seen.counted_elsewhere_minor,
    }
    await keep(uow.session, QuoteRow, {"quote_id": seen.quote_id}, values)


async def agency_enrolled(seen: RecipientEnrolledSeen, *, uow: UnitOfWork) -> None:
    """An agency can be named as a recipient."""
    values = {"kind": seen.kind, "country": seen.country, "roles": seen.roles, "is_partner": False, "suspended": False}
    await keep(uow.session, RecipientRow, {"recipient_id": seen.agency_id}, values)


async def partner_enrolled(seen: PartnerEnrolledSeen, *, uow: UnitOfWork) -> None:
    """A partner can be named on a case."""
    roles = ["reintegration_coordination"]
    values = {"kind": seen.kind, "country": None, "roles": roles, "is_partner": True, "suspended": False}
    await keep(uow.session, RecipientRow, {"recipient_id": seen.partner_id}, values)


async def provider_enrolled(seen: ProviderEnrolledSeen, *, uow: UnitOfWork) -> None:
    """A legal basis for telling a provider of referrals can be recorded; packages are not for providers."""
    values = {"kind": seen.kind, "country": None, "roles": seen.roles, "is_provider": True, "suspended": False}
    await keep(uow.session, RecipientRow, {"recipient_id": seen.provider_id}, values)


async def recipient_suspended(recipient_id: UUID, *, uow: UnitOfWork) -> None:
    """Nothing may be disclosed to it, and nothing read by it, until it is enrolled again."""
    where = col(RecipientRow.recipient_id) == recipient_id
    await uow.session.execute(update(RecipientRow).where(where).values(suspended=True))


async def plan_opened(seen: PlanOpenedSeen, *, uow: UnitOfWork) -> None:
    """The case has a reintegration file."""
    where = col(ReturnCaseRow.id) == seen.case_id
    await uow.session.execute(update(ReturnCaseRow).where(where).values(plan_id=seen.plan_id))

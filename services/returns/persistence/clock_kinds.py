"""Reads the kinds of clocks: dated files with their sources, and the periods a programme states for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.domain.clocks import ClockKind, Rung
from services.returns.persistence.dated_reference import FOLDER, reference
from services.returns.persistence.deadline_tables import ClockRuleRow
from shared.database.unit_of_work import UnitOfWork

PREFIX = "clocks-v"
IN_FORCE = (
    "SELECT jsonb_agg(jsonb_build_array(clock, days, source) ORDER BY valid_from, id) FROM clock_rule "
    "WHERE programme_id = $1 AND valid_from <= $2"
)
"""The periods that programme $1 states and that are in force on day $2, the newest last; null for none."""
Kinds = Mapping[str, ClockKind]


@cache
def versions(prefix: str = PREFIX) -> Mapping[str, tuple[date, Kinds]]:
    """Every version of the tables by its name: since when it holds, and its kinds by code."""
    files = [file.name for file in resources.files(FOLDER).iterdir() if file.name.startswith(prefix)]
    documents = [reference(name.removesuffix(".json")) for name in files]
    return {
        document["version"]: (date.fromisoformat(document["valid_from"]), _kinds(document)) for document in documents
    }


def kinds_on(day: date, *, prefix: str = PREFIX) -> Kinds:
    """The kinds in force on a day; before the first version the first one."""
    ordered = sorted(versions(prefix).values(), key=lambda version: version[0])
    holding = [kinds for since, kinds in ordered if since <= day]
    return holding[-1] if holding else ordered[0][1]


def kind_of(code: str, version: str, *, prefix: str = PREFIX) -> ClockKind | None:
    """A kind as it stood in the version a clock was started under; None if this release no longer knows it."""
    found = versions(prefix).get(version)
    return found[1].get(code) if found else None


def _kinds(document: dict[str, Any]) -> Kinds:
    return {entry["code"]: _kind(entry, document["version"]) for entry in document["clocks"]}


def _kind(entry: dict[str, Any], version: str) -> ClockKind:
    lists = ("acts", "calendars", "pauses_while", "reminders_percent", "extended_by")
    values = {**entry, **{name: tuple(entry[name]) for name in lists}}
    values["escalation"] = tuple(Rung(**rung) for rung in entry["escalation"])
    return ClockKind(**values, version=version)


@dataclass(frozen=True)
class ProgrammePeriod:
    """What a programme states for one kind of clock."""

    days: int
    source: str


async def programme_periods(uow: UnitOfWork, programme_id: UUID, on: date) -> dict[str, ProgrammePeriod]:
    """The periods a programme states for itself and that are in force on a day, by clock; may be empty."""
    return periods_by_clock(await (await uow.driver()).fetchval(IN_FORCE, programme_id, on))


def periods_by_clock(found: Sequence[tuple[str, int, str]] | None) -> dict[str, ProgrammePeriod]:
    """What IN_FORCE gave, by clock."""
    return {clock: ProgrammePeriod(days, source) for clock, days, source in found or ()}


async def rules_of_programme(uow: UnitOfWork, programme_id: UUID) -> list[ClockRuleRow]:
    """All versions, newest first."""
    statement = select(ClockRuleRow).where(col(ClockRuleRow.programme_id) == programme_id)
    return list((await uow.session.execute(statement.order_by(col(ClockRuleRow.id).desc()))).scalars())

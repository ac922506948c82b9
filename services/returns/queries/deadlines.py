"""What expires first on a case, why, and who owes it, in words a caseworker understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.clock_starts import PAUSE_WORDS
from services.returns.domain.clocks import ClockKind
from services.returns.domain.not_applied import words_for
from services.returns.persistence.agency_messages import by_id
from services.returns.persistence.clock_kinds import kind_of
from services.returns.persistence.deadline_tables import CaseDeadlineRow
from services.returns.persistence.disclosure_tables import AgencyMessageRow
from shared.database.unit_of_work import UnitOfWork

Urgency = Literal["overdue", "today", "this_week", "later", "resting"]
WEEK_DAYS = 7
MESSAGE_CLOCK = "message_not_applied"
OWES: Mapping[str, str] = {
    "applicant": "the applicant",
    "office": "the office",
    "authority": "the authority",
    "consulate": "the recipient of the request",
    "medical_service": "the medical service",
    "partner": "the partner",
    "programme": "the programme",
}


class Deadline(BaseModel):
    """One clock that runs on a case."""

    id: UUID
    version: int
    clock: str
    told: str = Field(description="What is due, as words.")
    why: str = Field(description="A sentence: when, who owes it, and what is special.")
    urgency: Urgency
    due_on: date
    base_on: date = Field(description="The day without an extension.")
    days_left: int = Field(description="Calendar days; negative when it is over.")
    started_on: date
    owed_by: str
    acted_on_by: list[str] = Field(description="Roles that see it on their worklist.")
    source: str
    rules_version: str
    person_ref: str | None
    disclosure_id: UUID | None
    message_id: UUID | None = Field(description="The agency's message it is about; look at it to end it.")
    what_to_do: str | None = Field(description="What has to be done about that message.")
    paused_since: date | None
    paused_because: str | None
    extended_until: date | None
    extension_reason: str | None
    extended_by_roles: list[str] = Field(description="Roles that may extend it; empty: the day is set by a paper.")
    latest_on: date | None = Field(description="No extension beyond this day.")
    missed_on: date | None
    before_the_journey: bool = Field(description="A paper that expires before the travel date.")
    silence_counts: bool = Field(description="The agreement lets silence count; an officer confirms it.")


Messages = Mapping[str, AgencyMessageRow]


async def messages_behind(uow: UnitOfWork, rows: Iterable[CaseDeadlineRow]) -> Messages:
    """The messages of agencies that clocks are about, by id."""
    return await by_id(uow, [UUID(row.subject) for row in rows if row.clock == MESSAGE_CLOCK])


def deadlines_out(
    rows: Iterable[CaseDeadlineRow], *, today: date, travel_on: date | None, messages: Messages
) -> list[Deadline]:
    """Most urgent first; what rests last. A kind this release does not know is left out."""
    found = [(row, kind_of(row.clock, row.rules_version)) for row in rows]
    shown = [_out(row, kind, today, travel_on, messages.get(row.subject)) for row, kind in found if kind is not None]
    return sorted(shown, key=lambda each: (each.urgency == "resting", each.due_on, each.id))


def urgency_of(due_on: date, today: date, *, resting: bool) -> Urgency:
    """How soon."""
    days = (due_on - today).days
    if resting:
        return "resting"
    if days < 0:
        return "overdue"
    return "today" if days == 0 else "this_week" if days <= WEEK_DAYS else "later"


def _out(
    row: CaseDeadlineRow, kind: ClockKind, today: date, travel_on: date | None, message: AgencyMessageRow | None
) -> Deadline:
    reason, what_to_do = words_for(message.reason_code) if message is not None else (None, None)
    early = kind.code.endswith("_validity") and travel_on is not None and row.due_on < travel_on
    kept = row.model_dump(include=set(Deadline.model_fields) & set(CaseDeadlineRow.model_fields))
    return Deadline(
        **kept,
        told=kind.told,
        why=" ".join(filter(None, [_why(row, kind, today, travel_on if early else None), reason])),
        urgency=urgency_of(row.due_on, today, resting=row.paused_since is not None),
        days_left=(row.due_on - today).days,
        owed_by=row.owes,
        acted_on_by=list(kind.acts),
        person_ref=row.subject if kind.about == "person" else None,
        disclosure_id=UUID(row.subject) if kind.about == "request" else None,
        message_id=UUID(row.subject) if row.clock == MESSAGE_CLOCK else None,
        what_to_do=what_to_do,
        paused_because=PAUSE_WORDS.get(row.paused_for or ""),
        extended_by_roles=list(kind.extended_by),
        before_the_journey=early,
    )


def _why(row: CaseDeadlineRow, kind: ClockKind, today: date, travel_on: date | None) -> str:
    left = (row.due_on - today).days
    day = row.due_on.isoformat()
    if left < 0:
        when = f"was due on {day}, {_days(-left)} ago"
    else:
        when = f"due today, {day}" if left == 0 else f"due on {day}, in {_days(left)}"
    said = [f"{kind.told}: {when}; it lies with {OWES[row.owes]}."]
    if travel_on is not None:
        said.append(f"That is before the journey on {travel_on.isoformat()}.")
    if row.paused_since is not None:
        reason = PAUSE_WORDS.get(row.paused_for or "", "it waits on others")
        said.append(f"It rests since {row.paused_since.isoformat()}: {reason}.")
    if row.silence_counts and left < 0:
        said.append("By the clause silence counts as agreement: an officer confirms it; it is not a travel document.")
    return " ".join(said)


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"

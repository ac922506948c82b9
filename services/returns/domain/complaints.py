"""Complaints: their states as a table, and who may handle which; never who is complained about, nor their office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """How far a complaint is."""

    RECEIVED = "RECEIVED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    INVESTIGATING = "INVESTIGATING"
    RESOLVED = "RESOLVED"
    REJECTED = "REJECTED"
    CLOSED = "CLOSED"


OPEN = (Status.RECEIVED.value, Status.ACKNOWLEDGED.value, Status.INVESTIGATING.value)
MISCONDUCT = ("conduct", "discrimination", "pressure_to_return", "fraud", "sexual_exploitation")
"""Kinds that are reports about somebody's behaviour: they never reach the office they are about."""
KINDS = ("service", "delay", "amount", "decision", "information", "data_protection", "other", *MISCONDUCT)


@dataclass(frozen=True)
class Step:
    """One step: from which states to which, and whether it needs an answer in words."""

    sources: tuple[Status, ...]
    target: Status
    answered: bool = False


STEPS: Mapping[str, Step] = {
    "acknowledge": Step((Status.RECEIVED,), Status.ACKNOWLEDGED),
    "investigate": Step((Status.RECEIVED, Status.ACKNOWLEDGED), Status.INVESTIGATING),
    "resolve": Step((Status.ACKNOWLEDGED, Status.INVESTIGATING), Status.RESOLVED, answered=True),
    "reject": Step((Status.ACKNOWLEDGED, Status.INVESTIGATING), Status.REJECTED, answered=True),
    "reopen": Step((Status.RESOLVED, Status.REJECTED), Status.INVESTIGATING),
    "close": Step((Status.RESOLVED, Status.REJECTED), Status.CLOSED),
}
"""Every step by its name."""


def open_steps(status: str) -> tuple[str, ...]:
    """The steps that are possible from a state."""
    return tuple(name for name, step in STEPS.items() if status in step.sources)


class Handled(Protocol):
    """What the policy needs to know of a complaint."""

    authority_id: str
    office_id: str | None
    misconduct: bool
    excluded: list[str]


class Officer(Protocol):
    """What the policy needs to know of the caller."""

    @property
    def subject(self) -> str:
        """Who it is."""
        ...

    @property
    def offices(self) -> frozenset[str]:
        """Offices the caller works for."""
        ...

    @property
    def authority_id(self) -> str | None:
        """Authority the caller works for."""
        ...

    def has(self, role: str) -> bool:
        """Whether this role was given."""
        ...


def may_handle(actor: Officer, complaint: Handled) -> bool:
    """A complaints officer of the authority, or of the office it is about; a report of misconduct never reaches
    somebody of that office, and nothing reaches who was named as concerned."""
    if not actor.has("complaints_officer") or actor.subject in complaint.excluded:
        return False
    same_office = complaint.office_id is not None and complaint.office_id in actor.offices
    if complaint.misconduct and same_office:
        return False
    return same_office or actor.authority_id == complaint.authority_id

"""Payments that came back: what has to be mended before they are tried again, and who may try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.errors import Missing


class FailureReason(StrEnum):
    """Why a payment came back; the fine reason stays in this service."""

    NAME_TRANSLITERATION_MISMATCH = "name_transliteration_mismatch"
    ACCOUNT_NOT_IN_OWN_NAME = "account_not_in_own_name"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_BLOCKED = "account_blocked"
    LIMIT_EXCEEDED = "limit_exceeded"
    NOT_COLLECTED = "not_collected"
    CHANNEL_UNAVAILABLE = "channel_unavailable"
    NOT_STATED = "not_stated"


class Mend(StrEnum):
    """What has to change before the next attempt."""

    PAYEE = "payee"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class FailureRules:
    """One dated version of the rules."""

    version: str
    retry_within_days: int
    mends: Mapping[FailureReason, Mend]

    def retry_by(self, failed_on: date) -> date:
        """The day by which somebody must have tried again, in calendar days."""
        return failed_on + timedelta(days=self.retry_within_days)


def missing_to_repeat(*, mend: Mend, was_instructed: bool, repeated: bool) -> list[Missing]:
    """The same data may only go out again if it had passed all hands, and was not what the bank stumbled over."""
    found = []
    if not was_instructed:
        found.append(Missing("was-instructed", "The payment had not been with the bank; request it anew."))
    if mend is Mend.PAYEE:
        found.append(
            Missing("payee-change", "The data of the payee must change: propose it and let a second person approve.")
        )
    if repeated:
        found.append(Missing("not-repeated", "Another payment took the place of this one already."))
    return found


def missing_to_decide(*, proposed_by: str, acting: str) -> list[Missing]:
    """Four eyes on every change of a payee."""
    if acting == proposed_by:
        return [Missing("other-than-proposer", "Whoever proposed other payee data does not approve them.")]
    return []

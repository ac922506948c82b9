"""What returns reads of providers: who may be named in a legal basis for referrals."""

from __future__ import annotations

from uuid import UUID

from shared.events.contract import EventSeen


class ProviderEnrolledSeen(EventSeen):
    """A provider to which people may be referred after the arrival."""

    provider_id: UUID
    kind: str
    roles: list[str]


class ProviderSuspendedSeen(EventSeen):
    """A provider that gets nothing new."""

    provider_id: UUID

"""Events about organisations: a provider takes part, who may be told nothing for the time being, and public keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.contract import EventContract


class AgencySuspendedV1(EventContract):
    """An agency is told nothing and says nothing until it is enrolled again."""

    event_type: ClassVar[str] = "registry.agency.suspended.v1"
    key_field: ClassVar[str] = "agency_id"
    example: ClassVar[dict[str, Any]] = {
        "agency_id": "0199c0de-0000-7000-8000-000000000008",
        "reason_code": "security_incident",
        "on": "2026-03-02",
    }

    agency_id: UUID
    reason_code: str
    on: date


class PartnerSuspendedV1(EventContract):
    """A reintegration partner gets nothing new until it is enrolled again."""

    event_type: ClassVar[str] = "registry.partner.suspended.v1"
    key_field: ClassVar[str] = "partner_id"
    example: ClassVar[dict[str, Any]] = {
        "partner_id": "0199c0de-0000-7000-8000-000000000009",
        "reason_code": "contract_ended",
        "on": "2026-03-02",
    }

    partner_id: UUID
    reason_code: str
    on: date


class EncryptionKey(BaseModel):
    """A public key to which something can be encrypted, and until when it may be used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_id: UUID
    public_key: str = Field(description="X25519, base64url: the `x` of a JSON Web Key.")
    valid_until: datetime | None = None


class RecipientKeysChangedV1(EventContract):
    """The public keys to which an organisation wants its packages encrypted, newest first; they replace all earlier
    ones. None: it has no such key."""

    event_type: ClassVar[str] = "registry.recipient.keys-changed.v1"
    key_field: ClassVar[str] = "recipient_id"
    example: ClassVar[dict[str, Any]] = {
        "recipient_id": "0199c0de-0000-7000-8000-000000000009",
        "encryption_keys": [
            {
                "key_id": "0199c0de-0000-7000-8000-000000000031",
                "public_key": "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
                "valid_until": None,
            }
        ],
    }

    recipient_id: UUID
    encryption_keys: list[EncryptionKey] = Field(description="Those in use, newest first; they replace earlier ones.")


class ProviderEnrolledV1(EventContract):
    """A provider takes part, or takes part again."""

    event_type: ClassVar[str] = "registry.provider.enrolled.v1"
    key_field: ClassVar[str] = "provider_id"
    example: ClassVar[dict[str, Any]] = {
        "provider_id": "0199c0de-0000-7000-8000-000000000013",
        "kind": "ngo",
        "countries": ["GEO"],
        "roles": ["employment"],
    }

    provider_id: UUID
    kind: str
    countries: list[str]
    roles: list[str]


class ProviderSuspendedV1(EventContract):
    """A provider gets no new referrals; existing ones go on."""

    event_type: ClassVar[str] = "registry.provider.suspended.v1"
    key_field: ClassVar[str] = "provider_id"
    example: ClassVar[dict[str, Any]] = {
        "provider_id": "0199c0de-0000-7000-8000-000000000013",
        "reason_code": "due_diligence_expired",
        "on": "2026-03-02",
    }

    provider_id: UUID
    reason_code: str
    on: date


class ProviderServiceChangedV1(EventContract):
    """A provider's service was offered or changed, a place was taken or given back, or its check holds for longer."""

    event_type: ClassVar[str] = "registry.provider-service.changed.v1"
    key_field: ClassVar[str] = "provider_id"
    example: ClassVar[dict[str, Any]] = {
        "provider_id": "0199c0de-0000-7000-8000-000000000013",
        "service_id": "0199c0de-0000-7000-8000-000000000014",
        "category": "training",
        "country": "GEO",
        "free": 4,
        "diligence_until": "2026-12-31",
        "ends_on": None,
    }

    provider_id: UUID
    service_id: UUID = Field(description="What the provider does at one place.")
    category: str
    country: str
    free: int = Field(description="How many places are free.")
    diligence_until: date | None = Field(description="Until when its due diligence holds; none without a check.")
    ends_on: date | None = Field(description="Last day for new referrals.")


class ReferralCheckedV1(EventContract):
    """A place was taken for a referral and its provider may be told; or not, with every reason."""

    event_type: ClassVar[str] = "registry.referral.checked.v1"
    key_field: ClassVar[str] = "case_id"
    example: ClassVar[dict[str, Any]] = {
        "referral_id": "0199c0de-0000-7000-8000-000000000015",
        "case_id": "0199c0de-0000-7000-8000-000000000007",
        "provider_id": "0199c0de-0000-7000-8000-000000000013",
        "outcome": "blocked",
        "reasons": ["no_place_free"],
    }

    referral_id: UUID
    case_id: UUID
    provider_id: UUID
    outcome: Literal["placed", "blocked"]
    reasons: list[str] = Field(description="Why not: codes about the provider, or that nobody agreed to it.")


class ReferralWaitingV1(EventContract):
    """A referral cannot be told to its provider yet and waits for what is lacking, until the day an answer was wanted
    by; afterwards `registry.referral.checked` says what became of it."""

    event_type: ClassVar[str] = "registry.referral.waiting.v1"
    key_field: ClassVar[str] = "case_id"
    example: ClassVar[dict[str, Any]] = {
        "referral_id": "0199c0de-0000-7000-8000-000000000015",
        "case_id": "0199c0de-0000-7000-8000-000000000007",
        "provider_id": "0199c0de-0000-7000-8000-000000000013",
        "lacking": ["basis_missing"],
    }

    referral_id: UUID
    case_id: UUID
    provider_id: UUID
    lacking: list[Literal["consent_missing", "basis_missing", "not_released"]] = Field(
        description="A consent that names the provider, a legal basis, or the release of the case."
    )


RECIPIENT_EVENTS: tuple[type[EventContract], ...] = (
    AgencySuspendedV1,
    PartnerSuspendedV1,
    RecipientKeysChangedV1,
    ProviderEnrolledV1,
    ProviderSuspendedV1,
    ProviderServiceChangedV1,
    ReferralCheckedV1,
    ReferralWaitingV1,
)

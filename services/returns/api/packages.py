"""A package with its values, as a recipient reads it and as an officer sees it before."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.persistence.disclosure_tables import DisclosureRow


class AnswerKey(BaseModel):
    """The public key of one package, as a JSON Web Key: whatever is encrypted to it only we can open."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["X25519"] = "X25519"
    x: str = Field(description="base64url, 32 bytes.")


class PackageOut(BaseModel):
    """Exactly what the recipient sees."""

    disclosure_id: UUID
    purpose: str
    answer_by: date
    destroy_by: date
    persons: list[dict[str, Any]]
    warnings: list[str] = Field(
        default_factory=list,
        description="`not_encrypted`: the recipient has no encryption key, so only the connection protects it.",
    )
    answer_key: AnswerKey | None = Field(
        default=None, description="To seal the answer with (`sealed`); not in previews, which nobody answers."
    )


NOT_ENCRYPTED = "not_encrypted"


def package(row: DisclosureRow, persons: list[dict[str, Any]]) -> PackageOut:
    """A package with its values."""
    return PackageOut(
        disclosure_id=row.id,
        purpose=row.purpose,
        answer_by=row.answer_by,
        destroy_by=row.destroy_by,
        persons=persons,
    )

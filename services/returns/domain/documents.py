"""Which papers are kept of a person, who reads each kind, which types of file are taken, where a document stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "voluntary_return_declaration",
    "information_sheet",
    "data_consent",
    "conditional_claim_withdrawal",
    "medical_paper",
    "photo_consent",
    "return_agreement",
    "identity_paper",
    "civil_status_record",
    "custody_paper",
    "border_certificate",
    "hand_over_receipt",
    "court_or_authority_paper",
    "other",
]
WORKERS = ("caseworker", "case_officer", "travel_officer", "office_lead", "protection_officer")
OFFICE = ("caseworker", "office_lead", "protection_officer")
DESKS: Mapping[str, tuple[str, ...]] = {
    "conditional_claim_withdrawal": OFFICE,
    "medical_paper": ("medical_officer",),
    "custody_paper": ("caseworker", "case_officer", "best_interests_panel", "protection_officer"),
    "court_or_authority_paper": ("caseworker", "case_officer", "protection_officer"),
}
"""Kinds that fewer people read. A declaration that takes effect on departure stays in the office (domain rule 4)."""
EVERY_DESK = (*WORKERS, "medical_officer", "best_interests_panel")

TYPES: Mapping[str, str] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
}
"""Types of file that are taken, by content, and the ending they are given. None of them runs anything by itself."""


@dataclass(frozen=True)
class Standing:
    """Where a document stands, and whether its content may be read."""

    name: str
    readable: bool


AWAITED, KEPT, QUARANTINED, HARMFUL, DELETED, ERASED = (
    Standing("awaiting_content", False),
    Standing("kept", True),
    Standing("quarantined", False),
    Standing("harmful", False),
    Standing("deleted", False),
    Standing("erased", False),
)
STANDINGS: Mapping[str, Standing] = {
    standing.name: standing for standing in (AWAITED, KEPT, QUARANTINED, HARMFUL, DELETED, ERASED)
}


def readers(kind: str) -> tuple[str, ...]:
    """The roles that read a kind of document, within their scope."""
    return DESKS.get(kind, WORKERS)


def standing_after(*, scanner: bool, harmful: bool | None) -> Standing:
    """Where a document stands once its content is there; what a scanner should have seen and did not is kept apart."""
    if harmful:
        return HARMFUL
    return QUARANTINED if scanner and harmful is None else KEPT

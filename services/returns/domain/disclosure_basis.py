"""When a recorded legal basis carries a disclosure: approved by another, in force, for this recipient and purpose.

Sources: GDPR Art. 44-49. Art. 49(3) keeps points (a)-(c) of Art. 49(1) from authorities, so consent and a contract with
the person are no bases here; Art. 49(1)(d) and (f) hold for single, recorded cases (Art. 49(1), second subparagraph;
EDPB Guidelines 2/2018). Art. 28: a processor works for us under a contract and is never an authority.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, Protocol
from uuid import UUID

from shared.errors import Missing

Basis = Literal[
    "adequacy",
    "binding_instrument",
    "administrative_arrangement",
    "processing_contract",
    "important_public_interest",
    "vital_interests",
]
BasisPurpose = Literal[
    "identity_verification",
    "travel_document",
    "reintegration",
    "reception",
    "health",
    "employment",
    "child_protection",
    "specialised_support",
]
"""What packages are made for, and what providers are told of referrals for."""
SINGLE_CASE = ("important_public_interest", "vital_interests")
"""Derogations: each is recorded for one case."""
OWN_ARTICLES = ("binding_instrument", "processing_contract")
"""Bases whose article is one of an agreement or contract of their own."""
STATE_KINDS = ("state_authority", "consulate")

_REGULATION = re.compile(r"gdpr|dsgvo|rgpd|2016/679|data protection regulation", re.IGNORECASE)
_POINT = re.compile(r"(?<!\d)49 (1 )+[abc](?![a-z0-9])")


class Recorded(Protocol):
    """What counts of a recorded basis."""

    basis_type: str
    clause_id: UUID | None
    case_id: UUID | None
    valid_from: date
    valid_to: date | None
    approved_on: date | None
    ended_on: date | None


def not_for_authorities(basis_type: str, instrument: str, article: str) -> bool:
    """Whether the words name Art. 49(1)(a), (b) or (c) of the regulation, however they are written."""
    words = re.findall(r"\d+|[a-z]+", article.lower())
    own = basis_type in OWN_ARTICLES and not _REGULATION.search(f"{instrument} {article}")
    return not own and bool(_POINT.search(" ".join(word for word in words if word.isdigit() or len(word) == 1)))


def live(basis: Recorded, on: date) -> bool:
    """Approved, begun, and neither over nor ended."""
    begun = basis.approved_on is not None and basis.valid_from <= on
    return begun and basis.ended_on is None and (basis.valid_to is None or basis.valid_to >= on)


def carries(basis: Recorded, *, basis_type: str, clause_id: UUID | None, case_id: UUID) -> bool:
    """Whether a basis for this recipient and purpose is of the kind, the clause and the case that a package names."""
    if basis.basis_type != basis_type or basis.case_id not in (None, case_id):
        return False
    return basis.clause_id is None or basis.clause_id == clause_id


def basis_missing(recorded: Sequence[Recorded], fitting: Sequence[Recorded], on: date) -> Missing | None:
    """Why nothing may rest on what was recorded for the recipient and purpose; None when something is live. `fitting`
    are those of the kind, clause and case that the package names."""
    if any(live(basis, on) for basis in fitting):
        return None
    if not recorded:
        return Missing("basis", "No legal basis is recorded for this recipient and purpose.")
    if not fitting:
        return Missing("basis", "The legal basis recorded for this recipient and purpose is another one than named.")
    if any(basis.approved_on is None and basis.ended_on is None for basis in fitting):
        return Missing("basis", "The legal basis for this recipient and purpose waits for a second person's approval.")
    if any(basis.ended_on is None and basis.valid_from > on for basis in fitting):
        return Missing("basis", "The legal basis for this recipient and purpose is not in force yet.")
    return Missing("basis", "The legal basis for this recipient and purpose has ended.")

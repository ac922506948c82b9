"""What a package may hold, on which basis, and when it may be read: closed lists, decided again at every read.

Sources: Swiss AsylA Art. 97 and AsylO 3 Art. 2 (endangerment is checked beforehand); GDPR Art. 49(3) (consent is not
available to authorities as a
basis of transfer, so it is a safeguard beside the basis, never instead of it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.returns.domain.disclosure_basis import STATE_KINDS
from shared.errors import Missing

Purpose = Literal["identity_verification", "travel_document", "reintegration", "reception", "health"]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "identity_verification": (
        "family_name",
        "given_names",
        "name_in_original_script",
        "born_on",
        "sex",
        "citizenships",
        "last_address_in_origin",
    ),
    "travel_document": (
        "family_name",
        "given_names",
        "name_in_original_script",
        "born_on",
        "sex",
        "citizenships",
    ),
    "reintegration": ("family_name", "given_names", "name_in_original_script", "phone"),
    "reception": ("family_name", "given_names"),
    "health": ("family_name", "given_names", "born_on"),
}
"""The closed list per purpose; a field that is not here cannot be disclosed for it."""

STATE_PURPOSES = ("identity_verification", "travel_document", "reception")
OPEN_STATES = (
    "SUBMITTED",
    "SCREENING",
    "ELIGIBLE",
    "APPROVED",
    "PRE_DEPARTURE",
    "READY",
    "DEPARTED",
    "ARRIVED",
    "HANDED_OVER",
)


@dataclass(frozen=True, kw_only=True)
class PackageView:
    """A package and its case, as the rules see them."""

    recipient_kind: str
    recipient_suspended: bool = False
    purpose: str
    basis_type: str
    basis_missing: Missing | None
    clause_in_force: bool
    clause_named: bool
    fields: tuple[str, ...]
    state: str
    frozen: bool
    persons: tuple[str, ...]
    persons_without_consent: tuple[str, ...]
    endangerment_checked_on: date | None
    endangerment_check_days: int
    expires_on: date
    today: date
    claim_standing: str | None = None
    claim_moved_on: date | None = None
    asks_themself: bool = False
    not_their_choice: tuple[str, ...] = ()


def obstacles(package: PackageView) -> list[Missing]:
    """Everything that stands against disclosing now; empty when it may be."""
    found: list[Missing] = []
    if package.recipient_suspended:
        found.append(Missing("recipient", "The recipient is suspended."))
    if package.frozen or package.state not in OPEN_STATES:
        found.append(Missing("not-now", "Nothing of this case may be disclosed now."))
    if set(package.fields) - set(FIELDS[package.purpose]):
        found.append(Missing("fields", "A field is not on the list for this purpose."))
    if package.recipient_kind in STATE_KINDS and package.purpose not in STATE_PURPOSES:
        found.append(Missing("purpose", "A state authority may not be told anything for this purpose."))
    if package.basis_type == "binding_instrument" and not package.clause_in_force:
        found.append(Missing("clause", "The clause of the agreement is not in force: no clause, no disclosure."))
    found += _basis_and_consent(package)
    if package.recipient_kind in STATE_KINDS and not _checked(package):
        found.append(Missing("endangerment", "The check that nobody is endangered is missing or too old."))
    found += _home_state(package)
    if package.expires_on < package.today:
        found.append(Missing("expired", "The package has expired."))
    return found


def _basis_and_consent(package: PackageView) -> list[Missing]:
    """Both, always: a recorded legal basis, and each person's own live consent."""
    found = [package.basis_missing] if package.basis_missing is not None else []
    if not package.persons:
        found.append(Missing("persons", "Nobody is left in this package who may be named."))
    for person_ref in package.persons_without_consent:
        message = f"A live consent naming this recipient and purpose is missing ({person_ref})."
        found.append(Missing("consent", message))
    return found


def _home_state(package: PackageView) -> list[Missing]:
    """Nothing to the home state while a claim or remedy is open, unless the person applies there themself; never about
    somebody who is recognised. The words do not tell which of it is the case."""
    if package.recipient_kind not in STATE_KINDS or package.purpose not in STATE_PURPOSES:
        return []
    if package.recipient_kind == "consulate" and package.not_their_choice:
        message = "Only the consulate of the citizenship that the person chose may be told"
        return [Missing("citizenship", f"{message} ({person_ref}).") for person_ref in package.not_their_choice]
    if package.claim_standing == "recognised" or (package.claim_standing == "open" and not package.asks_themself):
        return [Missing("home-state", "This state may not be told anything now; ask the person how to go on.")]
    return []


def _checked(package: PackageView) -> bool:
    checked = package.endangerment_checked_on
    if checked is not None and package.claim_moved_on is not None and checked < package.claim_moved_on:
        return False
    return checked is not None and package.today <= checked + timedelta(days=package.endangerment_check_days)

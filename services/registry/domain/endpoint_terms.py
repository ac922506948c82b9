"""On which terms an endpoint may be registered: types, purposes, legal basis and classes of data."""

from __future__ import annotations

from collections.abc import Sequence

from services.registry.domain.disclosure_matrix import (
    BASES,
    LEGAL_BASES,
    OUTWARD_TYPES,
    PURPOSES,
    allowed_types,
    data_classes_of,
    purposes_of,
)
from shared.errors import Invalid


class TypeNotAllowed(Invalid):
    """The disclosure matrix does not let this recipient have that type."""

    slug = "event-type-not-allowed"
    title = "This recipient may not be told one of these types"


class PurposeNotAllowed(Invalid):
    """No role of this recipient stands for that purpose, or the legal basis is none that we know."""

    slug = "purpose-not-allowed"
    title = "This recipient cannot be told for that purpose or on that basis"


class DataClassMissing(Invalid):
    """A type holds a class of data that the endpoint does not name."""

    slug = "data-class-missing"
    title = "One of these types holds a class of data that is not named"


def types(kind: str, roles: list[str], wanted: Sequence[str]) -> list[str]:
    """The types, sorted; raises TypeNotAllowed naming those we know."""
    refused = sorted(set(wanted) - allowed_types(kind, roles))
    if refused:
        named = sorted({name if name in OUTWARD_TYPES else "unknown type" for name in refused})
        raise TypeNotAllowed(event_types=named, allowed=sorted(allowed_types(kind, roles)))
    return sorted(set(wanted))


def purposes(roles: list[str], wanted: Sequence[str] | None) -> list[str] | None:
    """The purposes, sorted, None for any; raises PurposeNotAllowed."""
    possible = purposes_of(roles)
    if wanted is not None and set(wanted) - set(possible):
        raise PurposeNotAllowed(allowed=possible or sorted(set(PURPOSES.values())))
    return None if wanted is None else sorted(set(wanted))


def basis(kind: str, wanted: str | None) -> str:
    """The basis, by default the one foreseen for this kind; raises PurposeNotAllowed."""
    if wanted is not None and wanted not in LEGAL_BASES:
        raise PurposeNotAllowed(allowed=list(LEGAL_BASES))
    return wanted or BASES[kind]


def classes(held: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """The classes that the types hold; raises DataClassMissing when others were named only."""
    needed = data_classes_of(held)
    if wanted is not None and needed - set(wanted):
        raise DataClassMissing(missing=sorted(needed - set(wanted)))
    return sorted(needed)

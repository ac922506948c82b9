"""Who comes by: every role with its own scope, with somebody else's, with one that is right for another role, with none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.hostile.ground import PROGRAMMES, Ground

Claims = dict[str, Any]
PLACES = ("offices", "authority_id")
SCOPE_OF: dict[str, tuple[str, ...]] = {
    "caseworker": ("offices",),
    "office_lead": ("offices",),
    "case_officer": ("authority_id",),
    "travel_officer": PLACES,
    "medical_officer": PLACES,
    "best_interests_panel": PLACES,
    "protection_officer": PLACES,
    "complaints_officer": PLACES,
    "reintegration_partner": ("partner_id",),
    "provider": ("provider_id",),
    "partner_agency": ("agency_id",),
    "finance_officer": ("programmes",),
    "programme_manager": ("programmes",),
    "partnership_delegate": ("partnership_id", "side"),
}
"""The claims that bound what a role may reach; a role that is not here has no bounds by claims."""

UNBOUNDED = ("statistician", "donor", "auditor", "administrator", "service", "intruder")
ROLES = (*SCOPE_OF, *UNBOUNDED)
FOREIGN: Claims = {
    "offices": ["BRN"],
    "programmes": ["0199c0de-0000-7000-8000-00000000f0a1"],
    "countries": ["NGA"],
    "authority_id": "AUTHORITY-ELSEWHERE",
    "agency_id": "0199c0de-0000-7000-8000-00000000f0b2",
    "partner_id": "0199c0de-0000-7000-8000-00000000f0b1",
    "provider_id": "0199c0de-0000-7000-8000-00000000f0b3",
    "side": "partner",
    "partnership_id": "0199c0de-0000-7000-8000-00000000f0c1",
}


def own(found: Ground) -> Claims:
    """The claims that reach everything the ground was seeded with."""
    given = {"offices": ["ZRH"], "countries": ["CHE", "GEO"], "authority_id": "SEM", "side": "host"}
    programmes = sorted({*PROGRAMMES, *found.known.get("programme_id", [])})
    return {**given, "programmes": programmes, **found.claims}


def strangers(role: str, found: Ground) -> dict[str, Claims]:
    """Claims under which this role must not reach what is seeded; nothing for a role without bounds."""
    if role not in SCOPE_OF:
        return {}
    bounds = SCOPE_OF[role]
    tempting = {name: value for name, value in own(found).items() if name not in bounds}
    swapped = {"offices": ["SEM"], "authority_id": "ZRH"} if set(bounds) <= set(PLACES) else {}
    return {
        "elsewhere": FOREIGN,
        "elsewhere, but right for other roles": {**FOREIGN, **tempting},
        "no scope at all": {},
        **({"office and authority exchanged": {**FOREIGN, **swapped}} if swapped else {}),
    }


def other_roles(admitted: Iterable[str]) -> list[str]:
    """The roles that are not admitted."""
    return [role for role in ROLES if role not in set(admitted)]

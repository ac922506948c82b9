"""The calculation of assistance for a case: who travels, and the circumstances the rules ask about."""

from __future__ import annotations

from typing import Any

from deploy.local.casework import CaseWork
from deploy.local.cast import Cast


async def quote(
    cast: Cast, case: CaseWork, *, stay_months: int, on: str | None = None, needs: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Ask registry; the answer explains every line."""
    body = {
        "case_id": case.case_id,
        "persons": [
            {"person_ref": person["person_ref"], "relation": person["relation"], "minor": not person["adult"]}
            for person in case.travelling
        ],
        "numbers": {"stay_months": stay_months},
        "needs": list(needs),
        "reference_on": on,
    }
    calculated: dict[str, Any] = await cast.desks["case_officer"].do(
        f"/registry/v1/programmes/{cast.programme_id}/quote", body
    )
    return calculated

"""Figures of earlier revisions: who had returned counts on, in the place where persons stand now."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.testing.databases import Databases
from tests.old_data import at_revision, going_on

pytestmark = pytest.mark.asyncio(loop_scope="session")
LEFT = date(2026, 2, 10)


async def test_persons_are_counted_on_where_they_stood_once_for_all_cases(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0003 a person stood in one case only, and whoever stayed behind had a day of departure too."""
    async with at_revision(databases, clock, "0002", name="reporting") as old:
        case = uuid4()
        await old.put("case_fact", case_id=case, destination="GEO", departed_on=LEFT)
        common = {"case_id": case, "relation": "main_applicant", "sex": 2, "age_band": "25-34", "citizenship": "GEO"}
        common |= {"unaccompanied": False, "departed_on": LEFT, "destination": "GEO"}
        await old.put("person_in_case", person_ref="pr_left", travelled=True, arrived_on=LEFT, **common)
        await old.put("person_in_case", person_ref="pr_stayed", travelled=False, **common)
        async with going_on(old, issuer) as service:
            rows = await service.fetch("SELECT person_ref, departed_on, arrived_on FROM person_of_case ORDER BY 1")
            assert [tuple(row) for row in rows] == [("pr_left", LEFT, LEFT), ("pr_stayed", None, None)]
            shown = await service.client("statistician").get("/reporting/v1/returns?by=month")
            assert shown.json()["n"] == 1
            assert (await service.client("statistician").get("/reporting/v1/releases")).json()["items"] == []

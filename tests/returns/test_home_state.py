"""The guard before a home state is told anything: no open claim, never about somebody recognised, a fresh check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.returns.domain.disclosure import PackageView, obstacles


@pytest.mark.parametrize(
    ("standing", "asks", "told"),
    [
        (None, False, True),
        ("refused_no_remedy", False, True),
        ("open", False, False),
        ("open", True, True),
        ("recognised", True, False),
    ],
)
def test_the_home_state_is_told_nothing_while_a_claim_is_open(standing: str | None, asks: bool, told: bool) -> None:
    day = date(2026, 3, 2)
    package = PackageView(
        recipient_kind="consulate",
        purpose="travel_document",
        basis_type="adequacy",
        basis_missing=None,
        clause_in_force=True,
        clause_named=True,
        fields=("family_name",),
        state="PRE_DEPARTURE",
        frozen=False,
        persons=("person_a",),
        persons_without_consent=(),
        endangerment_checked_on=day,
        endangerment_check_days=30,
        expires_on=day,
        today=day,
        claim_standing=standing,
        asks_themself=asks,
    )
    assert (not obstacles(package)) is told
    again = replace(package, claim_standing=None, claim_moved_on=day + timedelta(days=1), today=day)
    assert [item.code for item in obstacles(again)] == ["endangerment"]

"""What may be said: the types of the contract, each with known roles and a closed schema that means what the code does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry.domain.agency_messages import TYPES, FactMissing, FactRefused, said, schema_of
from services.registry.domain.coded_facts import DAYS_AHEAD, DAYS_BACK, Day
from services.registry.domain.disclosure_matrix import ROLES

TODAY = date(2026, 3, 2)


BESIDE_THE_CONTRACT = {"concern.raised"}
"""Whoever sees it may say that somebody no longer wants or understands; source: domain-rules.md 35, row 20."""


def test_the_types_are_those_of_the_contract() -> None:
    assert set(TYPES) - BESIDE_THE_CONTRACT == set(
        [
            "request.acknowledged",
            "identity.confirmed",
            "identity.not-confirmed",
            "identity.not-national",
            "information.requested",
            "interview.required",
            "appointment.offered",
            "travel-document.ready",
            "travel-document.handed-over",
            "travel-document.refused",
            "arrival.confirmed",
            "arrival.not-observed",
            "reception.completed",
            "person.not-met",
            "referral.accepted",
            "referral.rejected",
            "service.started",
            "service.delivered",
            "service.declined-by-person",
            "person.unreachable",
            "data-destroyed.attested",
            "commitment.confirmed",
            "commitment.disputed",
            "message.voided",
        ]
    )


def test_every_type_has_roles_and_a_closed_schema() -> None:
    for name, kind in TYPES.items():
        schema = schema_of(name)
        data = schema["properties"]["data"]
        assert kind.roles, name
        assert kind.roles <= set(ROLES), name
        assert schema["additionalProperties"] is data["additionalProperties"] is False, name
        assert set(data["required"]) >= kind.required, name
        assert kind.required <= kind.facts.keys(), name


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (TODAY.isoformat(), True),
        ((TODAY - timedelta(days=DAYS_BACK)).isoformat(), True),
        ((TODAY - timedelta(days=DAYS_BACK + 1)).isoformat(), False),
        ((TODAY + timedelta(days=DAYS_AHEAD)).isoformat(), True),
        ((TODAY + timedelta(days=DAYS_AHEAD + 1)).isoformat(), False),
        ("20260302", False),
        ("2026-W10-1", False),
        (TODAY, False),
    ],
)
def test_a_day_is_around_today_and_in_one_spelling(value: Any, held: bool) -> None:
    assert Day().holds(value, TODAY) is held


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(sorted({name for kind in TYPES.values() for name in kind.facts} | {"person_refs", "note"}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(TYPES)), st.dictionaries(names, anything, max_size=4))
def test_whatever_comes_in_is_coded_or_refused(name: str, data: dict[str, Any]) -> None:
    try:
        found = said(name, data, today=TODAY)
    except (FactRefused, FactMissing):
        return
    assert all(TYPES[name].facts[fact].holds(value, TODAY) for fact, value in found.facts.items())

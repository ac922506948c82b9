"""Which kinds of activity belong under which component, and which numbers of their facts may be counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PEOPLE_TRAINED = (
    "migration_management",
    "regional_migration_management",
    "capacity_building",
    "good_governance",
    "asylum_systems",
    "border_management",
    "trafficking",
    "readmission",
    "voluntary_return",
    "reintegration",
    "resettlement",
    "irregular_migration",
    "visa_regime",
)
BELONGS: Mapping[str, frozenset[str]] = {
    "information_campaign": frozenset({"information_campaign", "irregular_migration", "legal_channels", "trafficking"}),
    "capacity_building": frozenset(PEOPLE_TRAINED),
    "scholarships": frozenset({"education_access"}),
    "remittance_cost": frozenset({"remittances", "diaspora"}),
    "legal_channel": frozenset({"legal_channels", "education_access", "visa_regime"}),
    "visa_measure": frozenset({"visa_regime"}),
    "conflict_prevention": frozenset({"conflict_prevention", "conflict_transformation"}),
    "asylum_system": frozenset({"asylum_systems"}),
    "resettlement": frozenset({"resettlement"}),
    "border_management": frozenset({"border_management"}),
    "financial_tranche": frozenset({"financial_aid", "structural_aid"}),
    "governance_reform": frozenset({"good_governance", "capacity_building", "migration_management"}),
    "development_project": frozenset({"structural_aid", "financial_aid", "irregular_migration", "diaspora"}),
    "community_support": frozenset({"reintegration", "voluntary_return", "integration"}),
    "joint_meeting": frozenset({"dialogue", "readmission", "regional_migration_management"}),
    "further": frozenset({"further_elements", "integration", "diaspora", "trafficking"}),
}
"""Every type of component has at least one kind of activity; a test says so."""


def figures_of(facts: Mapping[str, Any]) -> dict[str, int]:
    """The counts and measures among the facts, by name; words, codes, days and yes-or-no stay behind."""
    return {name: value for name, value in facts.items() if isinstance(value, int) and not isinstance(value, bool)}

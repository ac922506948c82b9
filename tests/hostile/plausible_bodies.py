"""Bodies that hang together in ways which no schema says; ids in them are put in place like those of generated ones."""

from __future__ import annotations

from typing import Any

WORDS = {"currency": "CHF"}
"""Texts that are free by their schema, and of a closed list by what they mean."""
MONEY = {"amount_minor": 100, "currency": "CHF"}
PLAUSIBLE: dict[str, Any] = {
    "POST /registry/v1/programmes/{programme_id}/quote": {
        "persons": [{"person_ref": "p", "relation": "main_applicant", "minor": False}],
        "case_id": "c",
    },
    "POST /registry/v1/partnerships/{partnership_id}/components": {"component_type": "dialogue"},
    "POST /reintegration/v1/plans/{plan_id}/successor-payees": {
        "of_person_ref": "p",
        "kind": "family_member",
        "evidence_ref": "HEIR-1",
        "person_ref": "p",
    },
    "POST /reintegration/v1/plans/{plan_id}/recoveries": {
        "person_ref": "p",
        "amount": MONEY,
        "reason_code": "re_entry_within_period",
        "seeks_no_protection": True,
        "within_control": True,
    },
}
"""By method and path."""

"""The values golden examples are made of."""

from __future__ import annotations

from typing import Any

CASE = "0199c0de-0000-7000-8000-000000000001"
BUDGET = "0199c0de-0000-7000-8000-0000000000b1"
LINE = "0199c0de-0000-7000-8000-0000000000e1"
PLAN = "0199c0de-0000-7000-8000-0000000000f1"
MEASURE = "0199c0de-0000-7000-8000-0000000000d1"
PAYMENT = "0199c0de-0000-7000-8000-0000000000c1"
PARTNER = "0199c0de-0000-7000-8000-0000000000a1"
OTHER_PARTNER = "0199c0de-0000-7000-8000-0000000000a2"
PROVIDER = "0199c0de-0000-7000-8000-000000000013"
SERVICE = "0199c0de-0000-7000-8000-000000000014"
REFERRAL = "0199c0de-0000-7000-8000-000000000015"
TOTAL = {"amount_minor": 100_000, "currency": "CHF"}


ONE_LINE: dict[str, Any] = {
    "line_id": LINE,
    "phase": "departure_cash",
    "code": "lump_sum_adult",
    "rule": "lump-sum",
    "person_ref": "pr_0a1b2c",
    **TOTAL,
}


SURVEY_SCORED: dict[str, Any] = {
    "survey_id": MEASURE,
    "case_id": CASE,
    "person_ref": "pr_0a1b2c",
    "wave": "baseline",
    "model_version": "rss-equal-v1",
    "scores": {
        "economic": "0.593750",
        "social": "0.590909",
        "psychosocial": "0.694444",
        "composite": "0.626368",
    },
    "completeness": {
        "economic": "1.000000",
        "social": "1.000000",
        "psychosocial": "1.000000",
        "composite": "1.000000",
    },
    "on": "2026-03-02",
}

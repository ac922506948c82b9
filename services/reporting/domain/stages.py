"""The stages of a case as reporting counts them."""

from __future__ import annotations

STAGE_COLUMNS: dict[str, str] = {
    "submitted": "submitted_on",
    "screened": "screened_on",
    "eligibility_determined": "eligibility_on",
    "approved": "approved_on",
    "refused": "refused_on",
    "funds_reserved": "funds_reserved_on",
    "pre_departure": "pre_departure_on",
    "ready": "ready_on",
    "handed_over": "handed_over_on",
    "closed": "closed_on",
    "withdrawn": "withdrawn_on",
    "cancelled": "cancelled_on",
    "lapsed": "lapsed_on",
    "revoked": "revoked_on",
    "departed_unassisted": "departed_unassisted_on",
    "did_not_board": "did_not_board_on",
    "return_failed": "return_failed_on",
    "closed_after_death": "closed_after_death_on",
    "plan_opened": "plan_opened_on",
    "plan_activated": "plan_activated_on",
}

FUNNEL: tuple[tuple[str, str], ...] = (
    ("opened", "opened_on"),
    ("submitted", "submitted_on"),
    ("screened", "screened_on"),
    ("assistance granted", "approved_on"),
    ("funds reserved", "funds_reserved_on"),
    ("ready", "ready_on"),
    ("departed", "departed_on"),
    ("arrived", "arrived_on"),
    ("first grant after return", "first_grant_on"),
)
"""Main stages in order; a cohort can only shrink along them. Leaving the path is counted beside it, never as a
failure."""

LEFT_THE_PATH: tuple[tuple[str, str], ...] = (
    ("withdrawn", "withdrawn_on"),
    ("refused", "refused_on"),
    ("cancelled", "cancelled_on"),
    ("lapsed", "lapsed_on"),
    ("revoked", "revoked_on"),
    ("departed without assistance", "departed_unassisted_on"),
    ("journey failed", "return_failed_on"),
    ("closed after a death", "closed_after_death_on"),
)
"""How a case leaves the path; the last one holds, until the case is taken up again."""

INTERVALS: tuple[tuple[str, str, str], ...] = (
    ("application to decision", "submitted_on", "approved_on"),
    ("decision to departure", "approved_on", "departed_on"),
    ("departure to arrival", "departed_on", "arrived_on"),
    ("arrival to active plan", "arrived_on", "plan_activated_on"),
    ("arrival to first grant", "arrived_on", "first_grant_on"),
)

ENDINGS = ("closed_on", *(column for _, column in LEFT_THE_PATH))
"""A case that left the path before the end of an interval stops being observed on that day (censored)."""

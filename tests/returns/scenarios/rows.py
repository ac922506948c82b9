"""The forty rows of exceptional courses: each has a number, a title, and a test, here or where it lives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.returns.story import CaseStory

Play = Callable[[CaseStory], Awaitable[None]]

TITLES = {
    1: "Left on their own without telling",
    2: "Lost contact, then found",
    3: "Death before departure",
    4: "Death after arrival, mid-plan",
    5: "Birth after approval",
    6: "Pregnancy passes fly limit while waiting",
    7: "Return to third country",
    8: "Dual national",
    9: "Stateless",
    10: "From detention",
    11: "Court annuls or suspends the order",
    12: "Status granted / regularised",
    13: "New protection claim",
    14: "Re-application after withdrawal",
    15: "Withdrawal regretted next day",
    16: "Split family, two host countries",
    17: "Adult child in same flight",
    18: "Child turns 18",
    19: "Guardian disagrees / parents disagree",
    20: "Capacity lost after consent",
    21: "Transit-to-origin, humanitarian charter",
    22: "Offloaded in transit",
    23: "Person refuses at transit gate",
    24: "Self-organised, support only",
    25: "Arrives in other city / avoids state desk",
    26: "Arrived, never contacts partner",
    27: "Re-migrates",
    28: "Provider loses due diligence mid-plan",
    29: "Partner organisation's contract ends",
    30: "Currency collapse",
    31: "Bank rejects",
    32: "Corridor suspended with ready cases",
    33: "Funds refused or donor year ends between APPROVED and flight",
    34: "Duplicate found after departure",
    35: "READY, re-check fails (paper expires)",
    36: "UNDER_REVIEW only from refusals",
    37: "Reception carer of a UMC withdraws on day -1",
    38: "Interim: passport handed by person after laissez-passer requested",
    39: "Family member joins later",
    40: "HANDED_OVER where nothing to hand over",
}
"""Source: domain rules of this project, finding 35."""

ELSEWHERE = {
    4: "tests/reintegration/test_leaving_plans.py::"
    "test_the_family_goes_on_after_a_death_and_what_was_theirs_alone_ends",
    5: "tests/returns/test_families.py::test_a_child_born_to_a_ready_family_joins_it_and_the_grant_stands",
    6: "tests/returns/test_journey_papers.py::test_a_pregnancy_ends_the_time_for_flying_by_itself",
    8: "tests/returns/test_travel_documents.py::test_only_the_consulate_of_the_chosen_citizenship_is_asked",
    9: "tests/returns/test_travel_documents.py::test_not_a_national_is_an_answer_of_its_own",
    16: "tests/returns/test_linked_assistance.py::test_each_host_decides_its_own_file_with_its_own_caps",
    18: "tests/returns/test_children.py::test_who_comes_of_age_applies_in_their_own_right",
    26: "tests/reintegration/test_first_contacts.py::test_thirty_sixty_ninety_days_then_the_plan_rests",
    27: "tests/reintegration/test_leaving_plans.py::"
    "test_whoever_goes_abroad_again_keeps_what_is_in_use_and_the_family_goes_on",
    28: "tests/reintegration/test_held_orders.py::test_another_provider_takes_over_and_the_loss_is_the_programmes",
    29: "tests/reintegration/test_transfers.py::test_all_plans_of_a_partner_move_and_those_that_cannot_are_listed",
    30: "tests/reintegration/test_exchange.py::"
    "test_open_measures_are_quoted_anew_and_the_programme_bears_what_the_line_lacks",
    31: "tests/reintegration/test_failed_payments.py::"
    "test_other_data_need_a_second_person_before_the_payment_is_asked_for_again",
    38: "tests/returns/test_travel_documents.py::test_a_passport_that_is_handed_in_stops_the_request_neutrally",
}
"""Rows that live with the piece they belong to; the function named is checked to exist."""

OPEN: dict[int, str] = {}
"""Rows whose wanted course is not built yet, and what is missing. A row may be in one of the three places only."""


PARTLY: dict[int, str] = {}
"""Rows with a test of which something that is wanted is not built yet."""


@dataclass(frozen=True)
class Row:
    """One row that is played out here."""

    number: int
    play: Play

    @property
    def title(self) -> str:
        """As in the table."""
        return f"{self.number:02d} {TITLES[self.number]}"


ROWS: list[Row] = []


def row(number: int) -> Callable[[Play], Play]:
    """Registers the course of a row."""

    def register(play: Play) -> Play:
        ROWS.append(Row(number, play))
        return play

    return register

"""Laws of the table: no way on board without every gate, withdrawing always open, every refusal says what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.case_view import CaseView, Funding, PersonView, State, Travel
from services.returns.domain.custody import STANDINGS, Custody, Holder
from services.returns.domain.file_reference import file_reference, is_file_reference
from services.returns.domain.transitions import BY_NAME, GATES, SKIPPED_GUARDS, TABLE, move, open_transitions
from shared.errors import TransitionRefused

DAYS = st.sampled_from([None, date(2026, 1, 1), date(2026, 3, 9), date(2027, 1, 1)])
HOLDER = st.builds(
    Holder,
    relation=st.sampled_from(["mother", "father", "appointed_guardian"]),
    established_by=st.sampled_from(["birth_certificate", "appointment", "statement"]),
    standing=st.sampled_from([None, *STANDINGS]),
    travels=st.booleans(),
)
CUSTODY = st.builds(
    Custody,
    holders=st.lists(HOLDER, max_size=2).map(tuple),
    all_named=st.booleans(),
    ordered=st.booleans(),
    recorded_before=st.booleans(),
)
PERSON = st.builds(
    PersonView,
    person_ref=st.uuids().map(str),
    relation=st.sampled_from(["main_applicant", "partner", "child", "ward", "sibling"]),
    adult=st.booleans(),
    travel=st.sampled_from(list(Travel)),
    consented=st.booleans(),
    declared=st.booleans(),
    reconfirmed_on=DAYS,
    custody=CUSTODY,
    child_heard=st.booleans(),
    heard_as_its_age_asks=st.booleans(),
    best_interests_assessed=st.booleans(),
    carer_confirmed=st.booleans(),
    exit_banned=st.booleans(),
    unaccompanied=st.booleans(),
    best_interests_decided=st.booleans(),
    needs_carer=st.booleans(),
    identity_known=st.booleans(),
    document_valid_until=DAYS,
    medical_needed=st.booleans(),
    medical_valid_until=DAYS,
)
CASE = st.builds(
    CaseView,
    state=st.sampled_from(list(State)),
    case_kind=st.sampled_from(sorted(SKIPPED_GUARDS)),
    persons=st.lists(PERSON, max_size=4).map(tuple),
    funding=st.sampled_from(list(Funding)),
    suspended_from=st.sampled_from([None, State.SUBMITTED, State.READY]),
    screened=st.booleans(),
    duplicates_checked=st.booleans(),
    security_checked=st.booleans(),
    vulnerable_without_safeguard=st.booleans(),
    quote_fits=st.booleans(),
    decider_is_author=st.booleans(),
    reviewer_is_decider=st.booleans(),
    partner_settled=st.booleans(),
    travel_on=DAYS,
    stop_advisory=st.booleans(),
    advisories_to_assess=st.sampled_from([(), ("a",)]),
    advisories_to_tell=st.sampled_from([(), ("b",)]),
    handover_needed=st.booleans(),
    handover_received=st.booleans(),
)
OVER = {
    State.ARRIVED,
    State.HANDED_OVER,
    State.CLOSED,
    State.WITHDRAWN,
    State.CANCELLED,
    State.REFUSED,
    State.INELIGIBLE,
    State.DEPARTED_UNASSISTED,
    State.STATUS_GRANTED,
    State.MERGED,
}


@given(CASE, st.sampled_from(sorted(BY_NAME)))
def test_every_refusal_says_what_is_missing_and_what_is_open(case: CaseView, name: str) -> None:
    try:
        target = move(case, name)
    except TransitionRefused as refused:
        assert refused.missing
        assert all(item.code and item.message.endswith(".") for item in refused.missing)
        assert name not in refused.open_transitions
        assert set(refused.open_transitions) == set(open_transitions(case))
    else:
        assert case.state in BY_NAME[name].sources
        assert target in State
        assert name in open_transitions(case)


@given(CASE)
def test_nobody_departs_while_a_gate_is_open(case: CaseView) -> None:
    ready = replace(case, state=State.READY)
    applicable = [gate for gate in GATES if gate not in SKIPPED_GUARDS[case.case_kind]]
    lacking = [item for gate in applicable for item in gate(ready)]
    if lacking:
        with pytest.raises(TransitionRefused):
            move(ready, "depart")
        with pytest.raises(TransitionRefused):
            move(ready, "make_ready")


def test_departed_is_reached_from_ready_only_and_ready_only_through_the_gates() -> None:
    into = [(row.name, row.sources) for row in TABLE if row.target is State.DEPARTED]
    after = (State.ARRIVED, State.HANDED_OVER, State.CLOSED)
    assert into == [("depart", (State.READY,)), ("correct_arrival", after)]
    into_ready = [row for row in TABLE if row.target is State.READY]
    assert [row.name for row in into_ready] == ["make_ready"]
    assert set(GATES) <= set(into_ready[0].guards)
    assert set(GATES) <= set(BY_NAME["depart"].guards)


@given(CASE)
def test_withdrawing_is_open_until_final_arrival_and_asks_for_nothing(case: CaseView) -> None:
    if case.state in OVER:
        return
    name = "decline_to_continue" if case.state is State.DEPARTED else "withdraw"
    assert BY_NAME[name].guards == ()
    assert move(case, name) in (State.WITHDRAWN, State.RETURN_FAILED)


def test_the_decision_always_needs_another_pair_of_eyes() -> None:
    for name in ("approve", "refuse"):
        assert BY_NAME[name].roles == ("case_officer",)
        assert "decided_by_another" in {guard.__name__ for guard in BY_NAME[name].guards}


@given(
    st.sampled_from(["CHE", "DEU", "AUT"]),
    st.integers(2000, 2100),
    st.integers(1, 999_999),
    st.integers(0, 9),
    st.integers(0, 5),
)
def test_a_slip_in_a_file_reference_is_noticed(host: str, year: int, number: int, digit: int, place: int) -> None:
    right = file_reference(host, year, number)
    assert is_file_reference(right)
    digits = right.split("-")
    slipped = digits[2][:place] + str(digit) + digits[2][place + 1 :]
    assert is_file_reference("-".join([digits[0], digits[1], slipped, digits[3]])) == (slipped == digits[2])


WALK = st.lists(st.sampled_from(sorted(BY_NAME)), max_size=25)


@given(CASE, WALK)
def test_on_every_walk_boarding_passes_every_gate_and_withdrawing_stays_open(case: CaseView, walk: list[str]) -> None:
    """Along any sequence of steps from any case; what changes on the way is only the state."""
    here = replace(case, state=State.DRAFT)
    for name in walk:
        try:
            there = move(here, name)
        except TransitionRefused:
            continue
        if there is State.DEPARTED and here.state is State.READY:
            skipped = SKIPPED_GUARDS[case.case_kind]
            assert not [item for gate in GATES if gate not in skipped for item in gate(here)]
        before = here.state if there in (State.SUSPENDED, State.WITHDRAWN) else here.stage_before_end
        rested = here.state if name == "suspend" else here.suspended_from
        contested = here.state if name == "ask_review" else here.review_of
        here = replace(here, state=there, stage_before_end=before, suspended_from=rested, review_of=contested)
        if here.state not in OVER | {State.WITHDRAWN, State.CANCELLED}:
            assert move(here, "decline_to_continue" if here.state is State.DEPARTED else "withdraw")


def test_ends_by_two_officers_ask_for_both_and_no_system_step_ends_a_case() -> None:
    for name in ("lapse", "revoke"):
        assert BY_NAME[name].roles == ("case_officer",)
        assert "proposed_and_confirmed" in {guard.__name__ for guard in BY_NAME[name].guards}
    assert all("system" not in row.roles for row in TABLE)


def test_nobody_left_who_agrees_is_no_agreement() -> None:
    gone = Holder(relation="mother", established_by="birth_certificate", standing="deceased")
    assert not Custody(holders=(gone,), all_named=True).agreed
    agrees = Holder(relation="father", established_by="birth_certificate", standing="agrees")
    assert Custody(holders=(gone, agrees), all_named=True).agreed

"""The tables of payments, plans and measures: walked at random, and what each refusal says is missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reintegration.domain import measure, payment, plan, plan_transfer, recovery, successor_payee
from services.reintegration.domain.assistance_line import Phase
from services.reintegration.domain.consent import shared
from services.reintegration.domain.measure import Level, MeasureState
from services.reintegration.domain.payment import (
    Circumstances,
    Hands,
    PayeeKind,
    PaymentState,
    missing_for,
    same_hands,
)
from services.reintegration.domain.payment_failure import Mend, missing_to_repeat
from services.reintegration.domain.plan import PlanState, becomes_active
from services.reintegration.domain.plan_rules import PlanRules, next_rung_on, rungs_due
from services.reintegration.domain.transitions import Table, open_from, walk
from shared.errors import TransitionRefused

TABLES: list[tuple[Table, Any, str, set[str]]] = [
    (payment.PAYMENT, PaymentState, "REQUESTED", {"REVERSED"}),
    (plan.PLAN, PlanState, "DRAFT", {"REJECTED", "CLOSED"}),
    (
        plan_transfer.PLAN_TRANSFER,
        plan_transfer.TransferState,
        "ASKED",
        {"COMPLETED", "DECLINED", "CANCELLED"},
    ),
    (recovery.RECOVERY, recovery.RecoveryState, "OPENED", {"RECOVERED", "WAIVED"}),
    (successor_payee.SUCCESSOR, successor_payee.SuccessorState, "PROPOSED", {"REFUSED", "REVOKED"}),
    (measure.MEASURE, MeasureState, "PLANNED", {"VERIFIED"}),
]


@pytest.mark.parametrize(("table", "states", "start", "final"), TABLES)
def test_every_state_is_reached_and_only_final_states_are_dead_ends(
    table: Table, states: Any, start: str, final: set[str]
) -> None:
    reached, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for name in open_from(table, state):
            following = walk(table, name, state)
            if following not in reached:
                reached.add(following)
                todo.append(following)
    assert reached == {each.value for each in states}
    assert {state for state in reached if not open_from(table, state)} == final


@given(st.sampled_from(TABLES), st.lists(st.integers(0, 50), max_size=25))
def test_a_step_is_taken_from_its_sources_only(drawn: Any, steps: list[int]) -> None:
    table, states, state, _ = drawn
    names = sorted(table)
    for number in steps:
        name = names[number % len(names)]
        if state in table[name].sources:
            state = walk(table, name, state)
            assert state in {each.value for each in states}
        else:
            with pytest.raises(TransitionRefused) as refused:
                walk(table, name, state)
            assert refused.value.members["open_transitions"] == open_from(table, state)


@given(st.lists(st.sampled_from(sorted(payment.PAYMENT)), max_size=12))
def test_nothing_is_settled_that_was_not_certified_and_authorised(steps: list[str]) -> None:
    state, taken = "REQUESTED", []
    for name in steps:
        kept_back = missing_to_repeat(mend=Mend.NOTHING, was_instructed="instruct" in taken, repeated=False)
        if state in payment.PAYMENT[name].sources and not (name == "repeat" and kept_back):
            state = payment.step(name, state)
            taken = [] if name == "take-up-again" else [*taken, name]
    if state == "SETTLED":
        hands = [name for name in taken if name in ("certify", "authorise", "instruct", "settle")]
        assert hands == ["certify", "authorise", "instruct", "settle"]
    assert taken.count("settle") <= 1


@pytest.mark.parametrize("mend", list(Mend))
def test_only_data_that_the_bank_did_not_stumble_over_go_out_again(mend: Mend) -> None:
    lacking = missing_to_repeat(mend=mend, was_instructed=False, repeated=True)
    expected = {"was-instructed", "not-repeated"} | ({"payee-change"} if mend is Mend.PAYEE else set())
    assert {missing.code for missing in lacking} == expected


@given(st.text(max_size=3), st.text(max_size=3), st.text(max_size=3))
def test_three_different_people_or_a_refusal(requester: str, certifier: str, authoriser: str) -> None:
    hands = Hands(requested_by=requester, certified_by=certifier)
    allowed = not same_hands(Hands(requested_by=requester), certifier) and not same_hands(hands, authoriser)
    assert allowed == (len({requester, certifier, authoriser}) == 3)


def circumstances(**changes: Any) -> Circumstances:
    facts: dict[str, Any] = {
        "payee_kind": "beneficiary",
        "approved": True,
        "ended": False,
        "on_record": False,
        "reserved": True,
        "arrived_on": None,
        "plan_active": False,
        "plan_was_active": False,
    }
    return Circumstances(**{**facts, **changes})


def codes(phase: str, **changes: Any) -> list[str]:
    return [missing.code for missing in missing_for(phase, circumstances(**changes))]


def test_what_each_phase_demands() -> None:
    assert codes(Phase.DEPARTURE_CASH) == []
    assert codes(Phase.DEPARTURE_CASH, approved=False, reserved=False) == ["case-approved", "funds-reserved"]
    assert codes(Phase.POST_ARRIVAL) == ["arrived"]
    assert codes(Phase.POST_ARRIVAL, arrived_on=date(2026, 3, 1)) == []
    assert codes(Phase.POST_RETURN, arrived_on=date(2026, 3, 1)) == ["plan-active"]
    assert codes(Phase.POST_RETURN, plan_active=True) == []


@pytest.mark.parametrize("phase", list(Phase))
def test_after_the_end_grants_stop_and_invoices_do_not(phase: str) -> None:
    over = {"ended": True, "arrived_on": date(2026, 3, 1), "plan_was_active": True}
    assert "case-not-ended" in codes(phase, **over)
    assert codes(phase, payee_kind=PayeeKind.THIRD_PARTY, **over) == []


@pytest.mark.parametrize("phase", [Phase.POST_ARRIVAL, Phase.POST_RETURN])
def test_an_invoice_on_record_stays_payable_when_the_arrival_is_taken_back(phase: str) -> None:
    assert codes(phase, payee_kind=PayeeKind.THIRD_PARTY, on_record=True) == []
    assert codes(phase, payee_kind=PayeeKind.THIRD_PARTY) != []
    assert codes(phase, on_record=True) != []


@pytest.mark.parametrize("state", list(PlanState))
@pytest.mark.parametrize("arrived", [None, date(2026, 3, 1)])
def test_a_plan_becomes_active_when_approved_and_arrived(state: PlanState, arrived: date | None) -> None:
    assert becomes_active(state.value, arrived) == (state is PlanState.APPROVED and arrived is not None)


def test_levels_are_the_three_of_the_field() -> None:
    assert {level.value for level in Level} == {"individual", "community", "structural"}


ARRIVED = date(2026, 2, 20)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=6, unique=True), st.integers(0, 500))
def test_every_step_is_told_once_in_its_order_whenever_the_timer_runs(days: list[int], today: int) -> None:
    rules = PlanRules(
        contact_after_days=tuple(sorted(days)),
        support_window_days=365,
        family_continues_after_death=True,
        source="test",
        version="test",
    )
    due = rungs_due(rules, since=ARRIVED, told=0, today=ARRIVED + timedelta(days=today))
    assert due == list(range(1, sum(each <= today for each in days) + 1))
    assert rungs_due(rules, since=ARRIVED, told=len(due), today=ARRIVED + timedelta(days=today)) == []
    following = next_rung_on(rules, since=ARRIVED, told=len(due))
    assert following is None or following > ARRIVED + timedelta(days=today)


def test_the_dead_allow_nothing_and_forbid_nothing() -> None:
    class Fact:
        def __init__(self, **values: Any) -> None:
            self.__dict__.update(values)

    def member(ref: str, band: str, deceased: Any = None) -> Any:
        return Fact(person_ref=ref, age_band=band, deceased_on=deceased)

    def consent(ref: str) -> Any:
        return Fact(person_ref=ref, purposes=["reintegration"], valid_until=None, withdrawn=False)

    members = [member("mother", "25-34"), member("father", "25-34", "2026-03-01"), member("child", "0-4")]
    assert shared([consent("mother")], members, today=None) == {"mother", "child"}  # type: ignore[arg-type]
    assert shared([consent("father")], members, today=None) == frozenset()  # type: ignore[arg-type]


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_instalments_add_up_to_what_is_owed(amount: int, instalment: int) -> None:
    instalment = max(instalment, amount // 100 + 1)
    parts = recovery.instalments(amount, instalment, ARRIVED)
    assert sum(minor for _, minor in parts) == amount
    assert all(0 < minor <= instalment for _, minor in parts)
    assert [day for day, _ in parts] == sorted({day for day, _ in parts})

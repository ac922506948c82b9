"""Laws of the tables of partnerships, components and commitments, walked at random."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.agreement import clock_of, contradictions
from services.registry.domain.commitment import COMMITMENT, OVER, STANDING, capacities
from services.registry.domain.partnership import (
    COMPONENT,
    COMPONENT_GUARDS,
    PARTNERSHIP,
    PARTNERSHIP_GUARDS,
    ComponentFacts,
    PartnershipFacts,
    check_move,
    missing_for_component,
    missing_for_partnership,
)
from services.registry.domain.progress import commitment_columns, differ
from services.registry.domain.sides import SIDES, other, with_sides
from services.registry.domain.steps import TIMER, open_steps, walk
from shared.errors import TransitionRefused

TODAY = date(2026, 3, 2)
TABLES = [(PARTNERSHIP, PARTNERSHIP_GUARDS, "exploratory"), (COMPONENT, COMPONENT_GUARDS, "proposed")]


@pytest.mark.parametrize(("table", "guards", "start"), TABLES)
def test_every_status_is_reached_guarded_and_only_ended_is_final(table: object, guards: object, start: str) -> None:
    assert isinstance(table, dict)
    assert isinstance(guards, dict)
    reached, todo = {start}, [start]
    while todo:
        following = set(table[todo.pop()]) - reached
        reached |= following
        todo += following
    assert reached == set(table)
    assert [status for status in table if not table[status]] == ["ended"]
    assert {status for row in table.values() for status in row} == set(guards)


@given(st.sampled_from(TABLES), st.lists(st.sampled_from([*PARTNERSHIP, *COMPONENT, "on_the_moon"]), max_size=12))
def test_a_status_follows_by_its_row_only(
    drawn: tuple[dict[str, tuple[str, ...]], object, str], walked: list[str]
) -> None:
    table, _, state = drawn
    for wanted in walked:
        if wanted in table[state]:
            check_move(table, state, wanted)
            state = wanted
            continue
        with pytest.raises(TransitionRefused) as refused:
            check_move(table, state, wanted)
        assert refused.value.members["open_transitions"] == list(table[state])
        assert "on_the_moon" not in str(refused.value.members)


def partnership_facts(**changes: object) -> PartnershipFacts:
    facts = {"legal_form": "treaty", "sides_without_party": (), "signed_on": date(2020, 1, 1), "components_running": 0}
    facts["source"] = "The treaty"
    return PartnershipFacts(**{**facts, "on": TODAY, "today": TODAY, **changes})  # type: ignore[arg-type]


def component_facts(**changes: object) -> ComponentFacts:
    facts = {"component_type": "remittances", "proposed_by": "host", "mover": "partner", "safeguards": ()}
    facts |= {"side": "partner", "same_person": False, "source": None, "suspended_by": None}
    return ComponentFacts(**{**facts, "partnership_ended": False, "on": TODAY, "today": TODAY, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "changes", "codes"),
    [
        ("signed", {}, []),
        ("signed", {"legal_form": "dialogue"}, ["legal_form"]),
        ("signed", {"sides_without_party": ["partner"]}, ["parties"]),
        ("in_force", {"on": date(2019, 1, 1)}, ["day"]),
        ("in_force", {"on": TODAY + timedelta(1)}, ["day"]),
        ("signed", {"source": None}, ["source"]),
        ("ended", {"components_running": 2}, ["components"]),
    ],
)
def test_what_a_partnership_lacks(after: str, changes: dict[str, object], codes: list[str]) -> None:
    assert [lack.code for lack in missing_for_partnership(after, partnership_facts(**changes))] == codes


@pytest.mark.parametrize(
    ("after", "changes", "codes"),
    [
        ("agreed", {}, []),
        ("agreed", {"mover": "host"}, ["side"]),
        ("agreed", {"same_person": True}, ["another-person"]),
        ("agreed", {"mover": None, "side": "host"}, ["source"]),
        ("agreed", {"mover": None, "side": "host", "source": "Annex 2"}, []),
        ("agreed", {"mover": None, "side": "host", "proposed_by": "partner"}, []),
        ("in_force", {"suspended_by": "host"}, ["side"]),
        ("in_force", {"suspended_by": "partner"}, []),
        ("in_force", {"component_type": "border_management"}, ["safeguards"]),
        ("in_force", {"component_type": "border_management", "safeguards": ["non-refoulement"]}, []),
        ("in_force", {"partnership_ended": True}, ["partnership"]),
        ("suspended", {"partnership_ended": True}, []),
    ],
)
def test_what_a_component_lacks(after: str, changes: dict[str, object], codes: list[str]) -> None:
    assert [lack.code for lack in missing_for_component(after, component_facts(**changes))] == codes


@given(
    st.sampled_from(SIDES),
    st.sampled_from(SIDES),
    st.lists(st.tuples(st.sampled_from(sorted(COMMITMENT)), st.sampled_from([*SIDES, TIMER])), max_size=25),
)
def test_no_side_agrees_reports_or_settles_for_the_other(
    owner: str, proposer: str, acts: list[tuple[str, str]]
) -> None:
    state, done = "proposed", []
    for name, who in acts:
        hands = {TIMER} if who == TIMER else capacities(who, owner_side=owner, proposed_by=proposer)
        before = state
        try:
            state = walk(COMMITMENT, name, state, capacities=hands)
            done.append((name, who))
            assert name in open_steps(COMMITMENT, before, hands)
        except TransitionRefused as refused:
            assert state == before
            assert name not in open_steps(COMMITMENT, before, hands)
            assert refused.members["missing"]
    actors = dict(done)
    assert actors.get("agree", other(proposer)) == other(proposer)
    assert actors.get("report", owner) == owner
    assert all(who == other(owner) for name, who in done if name in ("confirm", "dispute", "waive", "reconsider"))
    if state in STANDING:
        assert ("agree", other(proposer)) in done
    if state == "confirmed":
        assert ("report", owner) in done


def test_over_is_over() -> None:
    everybody = {"owner", "counterpart", "proposer", "addressee", TIMER}
    states = {row.target for row in COMMITMENT.values()} | {"proposed"}
    assert {state for state in states if not open_steps(COMMITMENT, state, everybody)} == OVER - {"confirmed"}
    assert open_steps(COMMITMENT, "confirmed", everybody) == ["reconsider"]


def test_views_differ_only_when_both_have_spoken() -> None:
    report = {"step": "report", "side": "host", "on": "2026-03-01", "words": "done"}
    dispute = {"step": "dispute", "side": "partner", "on": "2026-03-02", "words": "not yet"}
    alone = commitment_columns("host", [report])
    both = commitment_columns("host", [report, dispute])
    assert (alone["partner"], differ(alone)) == (None, False)
    assert differ(both)
    assert not differ(commitment_columns("host", [report, dispute, report, {**dispute, "step": "confirm"}]))


PARTY = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["CHE", "GEO", "EU"]),
        "roles": st.lists(st.sampled_from(["origin", "transit", "destination"]), min_size=1, unique=True),
    }
)


@given(st.lists(PARTY, min_size=2, max_size=6))
def test_two_parties_always_make_two_sides(parties: list[dict[str, object]]) -> None:
    placed = with_sides(parties)
    assert {party["side"] for party in placed} == set(SIDES)
    assert with_sides(placed) == placed


@given(st.integers(1, 365), st.integers(-400, 400), st.booleans())
def test_no_clause_no_clock(days: int, offset: int, elsewhere: bool) -> None:
    on = TODAY + timedelta(offset)
    clauses = [{"code": "other" if elsewhere else "question", "reply_days": days, "clause_id": "c"}]
    clock = clock_of([(TODAY, TODAY + timedelta(200), clauses)], "question", on)
    in_force = 0 <= offset <= 200 and not elsewhere
    assert (clock is not None) == in_force
    assert clock is None or clock.answer_by == on + timedelta(days)


def test_clauses_that_cannot_be_are_named() -> None:
    clauses = [
        {"deemed_agreement": True},
        {"reply_days": 25, "longest_reply_days": 20},
        {"data_clause": True},
        {"deemed_for": ["x"]},
        {"costs_borne_by": "shared", "joint_committee": True},
        {"reply_days": 9, "competent_authorities": ["one"], "announce_days": 0},
        {"reply_days": 9},
    ]
    named = [{**clause, "code": str(number)} for number, clause in enumerate(clauses)]
    assert contradictions(TODAY, TODAY - timedelta(1), [*named, {**named[-1]}]) == [
        "validity: ends before it begins",
        "clause 1: it steers no clock and no disclosure",
        "clause 1: silence cannot count without reply_days",
        "clause 2: longest_reply_days below reply_days",
        "clause 3: a data clause names the kinds of recipients",
        "clause 4: it steers no clock and no disclosure",
        "clause 4: deemed_for without deemed_agreement",
        "clause 5: it steers no clock and no disclosure",
        "clause 6: announce_days without deemed_agreement",
        "clause 6: competent_authorities without data_clause",
        "clause 8: its code stands there twice",
    ]
    sound = {"code": "x", "reply_days": 25, "longest_reply_days": 60, "deemed_agreement": True}
    assert contradictions(TODAY, None, [sound, {"code": "y", "transfer_within_days": 90}]) == []

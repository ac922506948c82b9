"""Erasure in its order: complaint and court, money, the check for earlier help; and what a person is told about each."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.returns.api.page_texts import page_texts
from services.returns.domain.assistance_trace import strong_compounds
from services.returns.domain.case_view import State
from services.returns.domain.duplicate_keys import describe
from services.returns.domain.erasure import (
    CONTESTABLE,
    HOLD_GROUNDS,
    OVER,
    Situation,
    Waiting,
    Window,
    counts_until,
    stays,
    waits_for,
    years_later,
)
from services.returns.domain.partial_date import PartialDate
from services.returns.domain.transition_table import TABLE
from services.returns.persistence.dated_reference import reference
from shared.testing.plugin import Run
from tests.returns.duplicates.test_duplicates import ARABIC, LATIN, OTHER, man, screened, submitted
from tests.returns.story import CaseStory, person
from tests.returns.test_card import lines_of, paid
from tests.returns.test_families import merge
from tests.returns.test_other_courses import codes, overdue, second_officer, story
from tests.returns.test_programme_rules import published

in_the_house = pytest.mark.asyncio(loop_scope="session")
PERIODS = reference("erasure-v1")
WITHIN_FIVE_YEARS = {"id": "five", "effect": "exclude", "text": "No help within five years of earlier help.",
    "source": "decree, 4", "who": {"assisted": {"within_years": 5, "as_minor": False}}}  # fmt: skip


def path(told: CaseStory, ref: str | None = None, *, case: str | None = None) -> str:
    return f"/returns/v1/cases/{case or told.id}/persons/{ref or told.refs()[0]}/erasure"


def protection(told: CaseStory, office: str = "ZRH", subject: str = "po-1") -> Any:
    return told.service.client("protection_officer", offices=[office], authority_id="SEM", subject=subject)


async def erased(told: CaseStory, ref: str | None = None, **body: Any) -> dict[str, Any]:
    answer = await protection(told).post(path(told, ref), json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def helped(running: Run, born: str | None = "1988-03-14") -> CaseStory:
    """A man who was helped home under a programme that helps once in five years, and whose file is closed."""
    told = await story(running)
    await published(told, 2, "2024-01-01", None, {"eligibility": [WITHIN_FIVE_YEARS]})
    await told.arrived([man(ARABIC, born)])
    await paid(told, (await lines_of(told))[0], 10_000)
    await told.service.receive("reintegration.plan.opened.v1", {"plan_id": told.id, "case_id": told.id}, key=told.id)
    await told.refresh()
    await told.post("handover", {})
    await told.post("closure", {})
    return told


@in_the_house
async def test_who_was_helped_before_is_known_until_the_last_day_and_nothing_else_is(running: Run) -> None:
    told = await helped(running)
    departed = date.fromisoformat(told.case["departed_on"])
    until = years_later(departed, 5) - timedelta(days=1)
    found = await erased(told)
    assert found["status"] == "done"
    kept = {entry["what"]: (entry["until"], entry["source"]) for entry in found["stays"]}
    assert kept["earlier_help"] == (until.isoformat(), "decree, 4")
    assert kept["money"][0] == f"{departed.year + 5}-12-31"
    assert until.isoformat() in " ".join(entry["told"] for entry in found["stays"])
    again = await submitted(told, [man(LATIN)], "BRN")
    await screened(again)
    answer = await again.caseworker.get(f"/returns/v1/cases/{again.id}/earlier-assistance")
    (earlier,) = answer.json()
    assert (earlier["counts_until"], earlier["person_ref"]) == (until.isoformat(), again.refs()[0])
    assert {earlier[name] for name in ("on", "as_minor", "same_programme", "case_id")} == {None}
    for hidden in (told.id, told.case["file_reference"], "ZRH"):
        assert hidden not in answer.text
    notices = (await again.caseworker.get("/returns/v1/notifications")).json()["items"]
    assert [entry["kind"] for entry in notices if entry["kind"].startswith("assistance")] == ["assistance.counts-still"]
    assert await again.duplicates() == []
    tied = await told.service.fetch("SELECT t::text AS line FROM assistance_trace t")
    assert tied
    assert not [row for row in tied if told.id in row["line"] or told.refs()[0] in row["line"]]


@in_the_house
async def test_after_the_last_day_the_trace_and_the_key_of_its_year_are_destroyed(running: Run) -> None:
    told = await helped(running)
    await erased(told)
    again = await submitted(told, [man(LATIN)], "BRN")
    await screened(again)
    (row,) = await told.service.fetch("SELECT DISTINCT counts_until AS day FROM assistance_trace")
    keys = "SELECT count(*) AS n FROM person_key WHERE wrapped_key IS NOT NULL"
    told.service.clock.advance(days=(row["day"] - told.today).days)
    await told.service.run_job("erasures")
    assert await told.service.fetch("SELECT 1 FROM assistance_trace")
    told.service.clock.advance(days=1)
    await told.service.run_job("erasures")
    for table in ("assistance_trace", "found_trace"):
        assert await told.service.fetch(f"SELECT 1 FROM {table}") == []
    assert (await again.caseworker.get(f"/returns/v1/cases/{again.id}/earlier-assistance")).json() == []
    before = (await told.service.fetch(keys))[0]["n"]
    told.service.clock.advance(days=366)
    await told.service.run_job("erasures")
    assert (await told.service.fetch(keys))[0]["n"] == before - 1
    third = await submitted(told, [man(ARABIC)], "BRN")
    await screened(third)
    assert (await third.caseworker.get(f"/returns/v1/cases/{third.id}/earlier-assistance")).json() == []


@in_the_house
async def test_nobody_else_and_nobody_without_help_leaves_or_meets_a_trace(running: Run) -> None:
    told = await helped(running)
    await erased(told)
    unknown = man(LATIN, None)
    unknown.pop("born_on")
    for other in (man(OTHER), man(LATIN, "1988-03-15"), {**unknown, "born": "1988"}):
        again = await submitted(told, [other], "BRN")
        await screened(again)
        assert (await again.caseworker.get(f"/returns/v1/cases/{again.id}/earlier-assistance")).json() == []
    before = await told.service.fetch("SELECT 1 FROM assistance_trace")
    withdrawn = CaseStory(told.service)
    await withdrawn.approved([man(OTHER, "1970-07-07")])
    await withdrawn.post("withdrawal", {})
    assert "earlier_help" not in {entry["what"] for entry in (await erased(withdrawn))["stays"]}
    assert await told.service.fetch("SELECT 1 FROM assistance_trace") == before


@in_the_house
async def test_a_complaint_and_a_court_come_first_and_the_erasure_follows_by_itself(running: Run) -> None:
    told = await story(running)
    await told.open()
    await told.post("withdrawal", {})
    desk, holds = protection(told), f"{path(told)}-holds"
    placed = []
    for ground in ("complaint", "court"):
        answer = await desk.post(holds, json={"ground": ground})
        assert answer.status_code == 201, answer.text
        placed.append(answer.json())
    found = await erased(told)
    assert (found["status"], [entry["ground"] for entry in found["waits_for"]]) == ("waiting", ["complaint", "court"])
    assert await told.service.published("returns.person.erasure-ordered.v1") == []
    await desk.post(f"{holds}/{placed[0]['id']}/lifting")
    await told.service.run_job("erasures")
    assert (await desk.get(path(told))).json()["status"] == "waiting"
    told.service.clock.advance(days=PERIODS["hold_looked_at_after_days"])
    for _ in range(2):
        await told.service.run_job("erasures")
    desk = protection(told)
    notices = [entry["kind"] for entry in (await desk.get("/returns/v1/notifications")).json()["items"]]
    assert set(notices) == {"erasure-hold.look-again"}
    assert (await desk.get(path(told))).json()["status"] == "waiting"
    await desk.post(f"{holds}/{placed[1]['id']}/lifting")
    await told.service.run_job("erasures")
    shown = (await desk.get(path(told), params={"language": "fr"})).json()
    assert (shown["status"], shown["told"]) == ("done", page_texts("erasure")["fr"]["status"]["done"])
    assert [bool(entry["lifted_on"]) for entry in (await desk.get(holds)).json()] == [True, True]
    assert len(await told.service.published("returns.person.erasure-ordered.v1")) == 1
    for late in (await desk.post(holds, json={"ground": "court"}), await desk.post(f"{path(told)}/withdrawal")):
        assert (late.status_code, late.json()["slug"]) == (409, "erasure-done")


@in_the_house
async def test_a_decision_can_be_contested_before_what_proves_it_wrong_is_gone(running: Run) -> None:
    told = await story(running)
    await told.eligible()
    await told.post(
        "decision",
        {"outcome": "refused", "reason_code": "not_in_scope", "reason_group": "authority"},
        client=told.officer,
    )
    found = await erased(told)
    assert [(entry["ground"], entry["until"]) for entry in found["waits_for"]] == [
        ("review_possible", (told.today + timedelta(days=PERIODS["contestable_days"])).isoformat())
    ]
    assert (await protection(told).post(f"{path(told)}/withdrawal")).json()["status"] == "taken_back"
    assert (await protection(told).get(path(told))).json()["status"] == "taken_back"
    assert (await erased(told))["status"] == "waiting"
    assert (await erased(told, review_waived=True))["status"] == "done"
    await told.refresh()
    assert codes(await told.post("review", {"step": "requested"}, expect=409)) == {"nobody-travels"}


@in_the_house
async def test_a_lapsed_file_is_erased_once_nobody_can_contest_it_and_is_not_taken_up_again(running: Run) -> None:
    told = await story(running)
    await overdue(told)
    proposed = {"step": "proposed", "told_in_writing_on": told.today.isoformat()}
    await told.post("lapse", proposed, client=told.officer)
    await told.post("lapse", {"step": "confirmed"}, client=second_officer(told))
    assert told.case["state"] == "LAPSED"
    assert (await erased(told))["status"] == "waiting"
    told.service.clock.advance(days=PERIODS["contestable_days"])
    await told.service.run_job("erasures")
    assert (await protection(told).get(path(told))).json()["status"] == "waiting"
    told.service.clock.advance(days=1)
    await told.service.run_job("erasures")
    assert (await protection(told).get(path(told))).json()["status"] == "done"
    await told.refresh()
    later = {"depart_by": (told.today + timedelta(days=20)).isoformat(), "reason_code": "consulate_slow"}
    refused = await told.post("departure-period", later, client=told.officer, expect=409)
    assert codes(refused) == {"nobody-travels"}


@in_the_house
async def test_a_pending_remedy_holds_by_itself(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    await told.fact("remedy", "pending")
    await told.post("withdrawal", {})
    assert [entry["ground"] for entry in (await erased(told))["waits_for"]] == ["remedy_pending"]


@in_the_house
async def test_of_a_merged_file_people_are_erased_on_the_file_they_went_on_in(running: Run) -> None:
    told = await story(running)
    await told.open()
    other = CaseStory(told.service)
    await other.open()
    joining = other.refs()[0]
    for file in (told, other):
        await file.fact("common_file", "agrees", file.refs()[0])
    await merge(told, other)
    await told.refresh()
    desk = protection(told)
    assert (await desk.post(path(told, joining, case=other.id))).json()["slug"] == "case-not-over"
    await told.post("withdrawal", {})
    done = await desk.post(path(told, joining, case=other.id))
    assert (done.json()["status"], done.json()["person_ref"]) == ("done", joining)
    assert (await desk.get(path(told, joining))).json()["status"] == "done"
    assert (await desk.get(path(told, "per_nobody", case=other.id))).status_code == 404


@in_the_house
async def test_a_withdrawal_is_not_taken_back_for_somebody_who_is_gone_but_for_the_others(running: Run) -> None:
    told = await story(running)
    await told.submitted([person("main_applicant"), person("partner", sex=1)])
    await told.post("withdrawal", {})
    first, second = told.refs()
    await erased(told, second)
    shown = (await told.caseworker.get(f"/returns/v1/cases/{told.id}")).json()
    assert [(entry["person_ref"], entry["travel_status"]) for entry in shown["persons"]] == [
        (first, "INCLUDED"),
        (second, "NOT_TRAVELLING"),
    ]
    await erased(told, first)
    await told.refresh()
    assert "nobody-travels" in codes(await told.post("reopening", {}, expect=409))


@in_the_house
async def test_other_offices_learn_nothing_of_an_erasure(running: Run) -> None:
    told = await story(running)
    await told.open()
    await told.post("withdrawal", {})
    elsewhere = told.service.client("protection_officer", offices=["GVA"])
    for answer in (
        await elsewhere.get(path(told)),
        await elsewhere.post(path(told)),
        await elsewhere.post(f"{path(told)}/withdrawal"),
        await elsewhere.get(f"{path(told)}-holds"),
        await elsewhere.post(f"{path(told)}-holds", json={"ground": "court"}),
    ):
        assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")
    assert (await told.caseworker.post(path(told))).status_code == 403


def test_every_state_is_over_or_has_a_way_on_and_only_those_a_review_may_undo_are_waited_for() -> None:
    ends = {row.target for row in TABLE} - {source for row in TABLE for source in row.sources}
    assert ends - {State.MERGED} <= set(OVER)
    assert State.RETURN_FAILED not in OVER
    assert set(CONTESTABLE) == {source for row in TABLE if row.name == "ask_review" for source in row.sources} & set(
        OVER
    )


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


@settings(max_examples=200)
@given(
    helped_on=DAYS,
    today=DAYS,
    years=st.none() | st.integers(1, 30),
    minor=st.booleans(),
    rule=st.none() | st.booleans(),
)
def test_a_trace_never_outlives_the_rule_nor_the_longest_time_and_counts_for_whom_the_rule_counts(
    helped_on: date, today: date, years: int | None, minor: bool, rule: bool | None
) -> None:
    window = Window(years=years, as_minor=rule, source="s")
    found = Situation(state=State.CLOSED, in_state_since=helped_on, today=today, helped_on=helped_on,
                      helped_as_minor=minor, windows=(window,))  # fmt: skip
    longest = PERIODS["longest_exclusion_years"]
    end = years_later(helped_on, min(years or longest, longest))
    wanted = (end - timedelta(days=1), "s") if rule in (None, minor) and end > today else None
    assert counts_until(found, PERIODS) == wanted
    assert ("earlier_help" in {one.what for one in stays(found, PERIODS)}) == (wanted is not None)


@pytest.mark.parametrize("state", sorted(OVER))
def test_holds_come_before_everything_and_are_all_named(state: State) -> None:
    today = date(2026, 5, 1)
    found = Situation(
        state=state, in_state_since=today, today=today, holds=tuple(Waiting(ground=ground) for ground in HOLD_GROUNDS)
    )
    grounds = [one.ground for one in waits_for(found, PERIODS)]
    assert grounds[: len(HOLD_GROUNDS)] == list(HOLD_GROUNDS)
    assert grounds[len(HOLD_GROUNDS) :] == (["review_possible"] if state in CONTESTABLE else [])


def test_only_strong_things_together_make_a_trace() -> None:
    born = PartialDate.parse("1988-03-14")
    names = {"family_name": "El Housseini", "given_names": "Mouhammad"}
    full = strong_compounds(describe(names, born=born, sex=1))
    assert full & strong_compounds(describe({"name_in_original_script": "محمد الحسيني"}, born=born, sex=1))
    assert not full & strong_compounds(describe(names, born=PartialDate.parse("1988-03-15"), sex=1))
    for weak in (
        describe(names, born=PartialDate.parse("1988-03"), sex=1),
        describe(names, born=None, sex=1),
        describe({"single_name": "Mouhammad"}, born=born, sex=1),
    ):
        assert strong_compounds(weak) == set()
    guessed = strong_compounds(describe(names, born=PartialDate.parse("1988-01-01"), sex=1))
    more = describe({**names, "given_names": "Mouhammad Ali"}, born=PartialDate.parse("1988-01-01"), sex=1)
    assert not guessed & strong_compounds(more)
    assert strong_compounds(describe(names, born=None, sex=1, documents=["GEO:1"])) == {"document|GEO:1"}


def test_every_language_has_every_text_and_names_the_day_where_there_is_one() -> None:
    texts = page_texts("erasure")
    for one, other in pairwise(sorted(texts)):
        assert {name: set(part) for name, part in texts[one].items()} == {
            name: set(part) for name, part in texts[other].items()
        }
    for language in texts.values():
        dated = [language["stays"][name] for name in ("money", "earlier_help", "recipients")]
        dated += [language["waits"][name] for name in (*HOLD_GROUNDS, "review_possible")]
        assert all("{until}" in told for told in dated)
    assert set(texts["en"]["waits"]) == {*HOLD_GROUNDS, "remedy_pending", "review_possible"}

"""A version tried over earlier quotes: who would get more, less or nothing, before anybody is affected."""

from __future__ import annotations

import os
import sys
import time
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.registry.commands.run_trials import WORKER, next_batch
from services.registry.commands.try_rules import advance
from services.registry.persistence.programme_tables import RuleTrialRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RuleVersionRow
from shared.database.engine import driver_dsn
from shared.testing.plugin import Run
from tests.registry.story import RegistryStory
from tests.registry.test_rule_versions import PERSONS, TABLE, Desk, desk

pytestmark = pytest.mark.asyncio(loop_scope="session")
__all__ = ["desk"]
MANY = 10_000 if os.environ.get("WAYHOME_TRIAL") == "full" else 400
CHEAPER: dict[str, Any] = {
    **TABLE,
    "eligibility": [{"id": "short", "effect": "exclude", "text": "Too short.", "when": {"fact": "stay_months", "below": 3}}],
    "rules": [{**TABLE["rules"][0], "amount_minor": 80_000}, TABLE["rules"][1]],
}  # fmt: skip
ASKS: dict[str, Any] = {**TABLE, "rules": [{**rule, "reductions": [{"fact": "stay_months", "below": 1, "percent": 50}]} for rule in TABLE["rules"]]}  # fmt: skip


async def tried(desk: Desk, version: dict[str, Any], **body: Any) -> dict[str, Any]:
    return await desk.made(desk.author, f"{desk.path}/rule-versions/{version['id']}/trials", body)


async def differences(desk: Desk, trial: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    path = f"{desk.path}/rule-versions/{trial['rule_version_id']}/trials/{trial['id']}/differences"
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = (await desk.author.get(path, params={**query, **more})).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_a_trial_says_what_would_change_for_each_case_and_in_all(desk: Desk) -> None:
    await desk.published(ASKS)
    story = RegistryStory(desk.service)
    await story.opened()
    case, caseworker = story.case_id, desk.service.client("caseworker", offices=["ZRH"])
    for months in (1, 14):
        body = {"persons": PERSONS, "case_id": case, "numbers": {"stay_months": months}}
        newest = await desk.made(caseworker, f"{desk.path}/quote", body, 201)
    short = await desk.quote(numbers={"stay_months": 2})
    child = await desk.quote(persons=[{**PERSONS[1], "relation": "main_applicant"}], numbers={"stay_months": 14})
    draft = await desk.draft(CHEAPER, first="2027-01-01")
    trial = await tried(desk, draft)
    assert (trial["quotes"], trial["unchanged"], trial["lower"], trial["higher"]) == (3, 1, 2, 0)
    assert (trial["newly_ineligible"], trial["newly_eligible"], trial["with_unknown_facts"]) == (1, 0, 0)
    assert trial["total_before"]["amount_minor"] == 150_000 + 150_000 + 50_000
    assert trial["total_after"]["amount_minor"] == 130_000 + 0 + 50_000
    found = {entry["quote_id"]: entry for entry in await differences(desk, trial, limit=1)}
    assert set(found) == {newest["id"], short["id"]}
    assert child["id"] not in found
    assert found[newest["id"]]["codes"] == [
        {"code": "start_up", "phase": "departure_cash", "before_minor": 150_000, "after_minor": 130_000}
    ]
    assert found[newest["id"]]["case_id"] == case
    assert found[short["id"]]["eligibility_after"] == "not_eligible"
    gone = await differences(desk, trial, newly_ineligible=True)
    assert [entry["quote_id"] for entry in gone] == [short["id"]]
    assert (await desk.quote(numbers={"stay_months": 2}))["total"]["amount_minor"] == 150_000, "a trial changes nothing"


async def test_the_same_version_changes_nothing(desk: Desk) -> None:
    version = await desk.published()
    await desk.quote()
    trial = await tried(desk, version)
    assert (trial["quotes"], trial["unchanged"]) == (1, 1)
    assert await differences(desk, trial) == []


async def test_a_trial_counts_in_the_currency_of_the_programme_and_sees_what_comes_later(desk: Desk) -> None:
    rule = {**TABLE["rules"][0], "amount_minor": 75_001}
    halves = {name: value for name, value in rule.items() if name != "phase"}
    halves["instalments"] = [{"phase": "departure_cash", "percent": 50}, {"phase": "post_return", "percent": 50}]
    for currency, written in (("XOF", "75,001 XOF"), ("TND", "75.001 TND")):
        desk.path = await desk.programme(currency)
        await desk.published({"currency": currency, "rules": [rule]})
        assert (await desk.quote())["lines"][0]["steps"][0]["text"] == f"start_up: base amount {written}"
        trial = await tried(desk, await desk.draft({"currency": currency, "rules": [halves]}, first="2027-01-01"))
        money = {"amount_minor": 75_001, "currency": currency}
        assert (trial["total_before"], trial["total_after"], trial["unchanged"]) == (money, money, 0)
        (found,) = await differences(desk, trial)
        assert [(it["phase"], it["before_minor"], it["after_minor"]) for it in found["codes"]] == [
            ("departure_cash", 75_001, 37_500),
            ("post_return", 0, 37_501),
        ]


async def test_a_fact_that_was_not_asked_for_then_is_counted_as_unknown(desk: Desk) -> None:
    await desk.published()
    await desk.quote(numbers={"stay_months": 0})
    trial = await tried(desk, await desk.draft(ASKS, first="2027-01-01"))
    assert (trial["with_unknown_facts"], trial["unchanged"]) == (1, 1)


async def test_only_the_months_asked_for_are_tried_and_trials_are_listed(desk: Desk) -> None:
    version = await desk.published()
    await desk.quote()
    desk.service.clock.advance(days=100)
    await desk.quote()
    assert (await tried(desk, version, months=2))["quotes"] == 1
    assert (await tried(desk, version, months=12))["quotes"] == 2
    path = f"{desk.path}/rule-versions/{version['id']}/trials"
    listed = (await desk.author.get(path)).json()["items"]
    assert [entry["months"] for entry in listed] == [2, 12]
    assert (await desk.author.get(f"{path}/{listed[0]['id']}")).json() == listed[0]
    other = await desk.draft(first="2027-01-01")
    assert (await desk.author.get(f"{desk.path}/rule-versions/{other['id']}/trials")).json()["items"] == []
    foreign = await desk.author.get(f"{desk.path}/rule-versions/{other['id']}/trials/{listed[0]['id']}")
    assert foreign.status_code == 404


async def test_a_withdrawn_draft_is_not_tried(desk: Desk) -> None:
    draft = await desk.draft()
    path = f"{desk.path}/rule-versions/{draft['id']}"
    await desk.made(desk.author, f"{path}/withdrawal", status=200)
    assert (await desk.made(desk.author, f"{path}/trials", status=409))["slug"] == "draft-withdrawn"


async def test_a_large_trial_goes_on_in_the_background_and_says_how_far_it_is(running: Run) -> None:
    found = Desk(await running("registry", trial_quotes_at_once=2))
    found.path = await found.programme()
    await found.published(ASKS)
    for _ in range(5):
        await found.quote(numbers={"stay_months": 14})
    draft = await found.draft(CHEAPER, first="2027-01-01")
    trial = await tried(found, draft)
    path = f"{found.path}/rule-versions/{draft['id']}/trials/{trial['id']}"
    assert (trial["status"], trial["to_try"], trial["quotes"], trial["finished_at"]) == ("queued", 5, 0, None)
    found.service.clock.advance(minutes=1)
    await found.quote(numbers={"stay_months": 14})
    rules = (await found.author.get(f"{found.path}/rule-versions/{draft['id']}")).json()
    async with found.service.units.begin(actor=WORKER) as uow:
        row = await get_row(uow, RuleTrialRow, UUID(trial["id"]), lock=True)
        await advance(row, await get_row(uow, RuleVersionRow, UUID(rules["id"])), 2, uow=uow)
    half = (await found.author.get(path)).json()
    assert (half["quotes"], half["lower"], half["status"]) == (2, 2, "queued")
    assert await next_batch(found.service.runtime)
    assert not await next_batch(found.service.runtime)
    done = (await found.author.get(path)).json()
    assert (done["status"], done["quotes"], done["lower"], done["cut_off"]) == ("done", 5, 5, False)
    assert done["total_after"]["amount_minor"] == 5 * 130_000
    assert len(await differences(found, done)) == 5


async def test_many_quotes_are_tried_in_one_go(running: Run) -> None:
    """400 in the usual run; WAYHOME_TRIAL=full tries 10,000 and says how long it took."""
    found = Desk(await running("registry", trial_quotes_at_once=MANY))
    found.path = await found.programme()
    await found.published(ASKS)
    await found.quote(numbers={"stay_months": 14})
    connection = await asyncpg.connect(driver_dsn(found.service.runtime.dsn))
    columns = [row["column_name"] for row in await connection.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'quote'") if row["column_name"] != "id"]  # fmt: skip
    names = ", ".join(f'"{name}"' for name in columns)
    await connection.execute(f"INSERT INTO quote (id, {names}) SELECT gen_random_uuid(), {names} FROM quote, generate_series(2, {MANY})")  # fmt: skip
    await connection.close()
    draft = await found.draft(CHEAPER, first="2027-01-01")
    started, worked = time.perf_counter(), time.process_time()
    trial = await tried(found, draft)
    sys.stderr.write(
        f"{trial['quotes']} quotes tried in {time.perf_counter() - started:.2f} s, {time.process_time() - worked:.2f} s of work\n"
    )
    assert (trial["quotes"], trial["lower"], trial["cut_off"]) == (MANY, MANY, False)
    assert trial["total_after"]["amount_minor"] == MANY * 130_000
    rows = await found.service.fetch("SELECT count(*) AS n FROM rule_trial_difference")
    assert rows[0]["n"] == MANY

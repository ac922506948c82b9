"""The same person on several files: found however spelt, shown without telling whose file it is, decided and taken back."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from services.returns.service import SERVICE
from shared.rewrap import rewrap_keys
from shared.testing.plugin import Run
from shared.testing.running import run_service
from tests.returns.story import PROGRAMME, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
ARABIC = {"name_in_original_script": "محمد عبد الرحمن الحسيني"}
LATIN = {"family_name": "El Housseini", "given_names": "Mouhammad Abderrahmane"}
OTHER = {"family_name": "Okonkwo", "given_names": "Ngozi"}


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


def man(identity: dict[str, str], born: str | None = "1988-03-14", **more: Any) -> dict[str, Any]:
    citizenship = [{"code": "SYR", "evidence": "statement", "chosen": True}]
    return person("main_applicant", sex=1, identity=identity, born_on=born, citizenships=citizenship, **more)


async def submitted(told: CaseStory, persons: list[dict[str, Any]], office: str = "ZRH") -> CaseStory:
    """Another file in the same house, of this office."""
    file = CaseStory(told.service)
    file.caseworker = told.service.client("caseworker", offices=[office], subject=f"cw-{office}")
    await file.submitted(persons, office_id=office)
    return file


async def screened(file: CaseStory) -> list[dict[str, Any]]:
    found = [{"person_ref": ref} for ref in file.refs()]
    await file.post("screening", {"persons": found, "security_checked": True})
    return await file.duplicates()


async def decide(file: CaseStory, pair: dict[str, Any], outcome: str, client: Any = None, expect: int = 200) -> Any:
    sender = client or file.caseworker
    headers = {"If-Match": f'"{pair["version"]}"'}
    body = {"outcome": outcome, "reason_code": "papers_compared"}
    answer = await sender.post(f"/returns/v1/duplicates/{pair['id']}/decision", json=body, headers=headers)
    assert answer.status_code == expect, answer.text
    await file.refresh()
    return answer.json()


async def refused(file: CaseStory) -> set[str]:
    answer = await file.post("eligibility", {"outcome": "eligible"}, expect=409)
    return {item["code"] for item in answer["missing"]}


async def test_one_person_in_two_scripts_is_found_in_another_office_and_nothing_is_told_of_its_file(
    running: Run,
) -> None:
    told = await story(running)
    theirs = await submitted(told, [man(ARABIC)], "BRN")
    assert await screened(theirs) == []
    ours = await submitted(told, [man(LATIN)])
    pairs = await screened(ours)
    assert [pair["likelihood"] for pair in pairs] == ["likely"]
    assert pairs[0]["other"] == {"in_your_scope": False} | dict.fromkeys(
        ("case_id", "file_reference", "person_ref", "state")
    )
    assert {(entry["about"], entry["found"]) for entry in pairs[0]["evidence"]} >= {
        ("name", "sounds_same"),
        ("born", "same_day"),
        ("sex", "same"),
    }
    text = json.dumps(pairs, ensure_ascii=False)
    hidden = (theirs.id, theirs.case["file_reference"], theirs.refs()[0], "BRN", "الحسيني", "1988")
    assert not [value for value in hidden if value in text]
    mirrored = await theirs.duplicates()
    assert [pair["id"] for pair in mirrored] == [pairs[0]["id"]]
    assert ours.id not in json.dumps(mirrored)
    notes = await told.service.fetch("SELECT scope, subject FROM notification WHERE kind = 'duplicate.found'")
    assert [(row["scope"], row["subject"]) for row in notes] == [("BRN", theirs.id)]


async def test_the_check_is_what_was_searched_and_decided_and_no_box_is_ticked(running: Run) -> None:
    told = await story(running)
    await screened(await submitted(told, [man(ARABIC)], "BRN"))
    ours = await submitted(told, [man(LATIN)])
    await ours.post("screening", {"persons": [], "security_checked": True, "duplicates_checked": True}, expect=422)
    pair = (await screened(ours))[0]
    assert await refused(ours) == {"duplicate-decision"}
    pair = await decide(ours, pair, "unsure")
    assert await refused(ours) == {"duplicate-decision"}
    pair = await decide(ours, pair, "unsure", client=ours.officer)
    await ours.caseworker.patch(
        f"/returns/v1/cases/{ours.id}/persons/{ours.refs()[0]}",
        json={"identity": {"given_names": "Mohamed"}},
        headers={"If-Match": f'"{ours.case["version"]}"'},
    )
    await ours.refresh()
    assert await refused(ours) == {"duplicate-check"}
    await ours.post("duplicate-search", {})
    await decide(ours, (await ours.duplicates())[0], "different")
    await ours.post("eligibility", {"outcome": "eligible"})


async def test_the_same_person_is_told_once_and_taken_back_and_holds_up_a_second_open_file(running: Run) -> None:
    told = await story(running)
    theirs = await submitted(told, [man(ARABIC)], "BRN")
    await screened(theirs)
    ours = await submitted(told, [man(LATIN)])
    pair = await decide(ours, (await screened(ours))[0], "same")
    assert await refused(ours) == {"open-elsewhere"}
    pair = await decide(theirs, pair, "different")
    assert [entry["outcome"] for entry in pair["decisions"]] == ["same", "different"]
    stale = await decide(ours, {**pair, "version": 1}, "same", expect=412)
    assert stale["slug"] == "changed-meanwhile"
    linked = [event.data for event in await told.service.published("returns.person.linked.v1")]
    assert [(fact["person_ref"], fact["same"]) for fact in linked] == [
        (ours.refs()[0], True),
        (theirs.refs()[0], False),
    ]
    await ours.post("eligibility", {"outcome": "eligible"})
    for file in (ours, theirs):
        lines = (await file.caseworker.get(f"/returns/v1/cases/{file.id}/history")).json()
        assert [line["about"] for line in lines if line["action"] == "duplicate-decided"] == ["same", "different"]


async def test_the_other_office_is_asked_without_being_told_who_asks_about_whom(running: Run) -> None:
    told = await story(running)
    theirs = await submitted(told, [man(ARABIC)], "BRN")
    await screened(theirs)
    ours = await submitted(told, [man(LATIN)])
    pair = (await screened(ours))[0]
    asked = await ours.caseworker.post(f"/returns/v1/duplicates/{pair['id']}/question")
    assert asked.status_code == 200
    notes = await told.service.fetch(
        "SELECT role, scope, subject, facts FROM notification WHERE kind = 'duplicate.asked'"
    )
    assert {(row["role"], row["scope"], row["subject"]) for row in notes} == {
        ("office_lead", "BRN", theirs.id),
        ("caseworker", "BRN", theirs.id),
    }
    stranger = told.service.client("caseworker", offices=["GVA"])
    absent = await stranger.get(f"/returns/v1/duplicates/{ours.id}")
    for path in (f"duplicates/{pair['id']}", f"duplicates?case_id={ours.id}", f"cases/{ours.id}/earlier-assistance"):
        answer = await stranger.get(f"/returns/v1/{path}")
        assert (answer.status_code, answer.json()) == (404, absent.json())
    body = {"outcome": "same", "reason_code": "x"}
    answer = await stranger.post(
        f"/returns/v1/duplicates/{pair['id']}/decision", json=body, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 404


async def test_nobody_looks_into_other_offices_with_a_draft_or_a_search_by_hand(running: Run) -> None:
    told = await story(running)
    theirs = await submitted(told, [man(ARABIC)], "BRN")
    await screened(theirs)
    await told.open([man(LATIN)])
    assert (await told.post("duplicate-search", {}, expect=409))["slug"] == "search-too-early"
    await told.service.run_job("person-index")
    wanted = {"identity": {"single_name": "Mohamed Husseini"}, "born": "1988"}
    for file, office in ((told, "ZRH"), (theirs, "BRN")):
        found = await file.caseworker.post("/returns/v1/persons/search", json=wanted)
        assert [entry["case_id"] for entry in found.json()] == [file.id], office
        assert "1988" not in found.text
    opened = await told.service.fetch(
        "SELECT facts::text AS facts FROM audit WHERE action = 'personal-data.opened' AND actor = 'cw-1'"
    )
    rows = await told.service.fetch("SELECT id FROM case_person WHERE case_id = $1", theirs.id)
    assert not any(str(rows[0]["id"]) in row["facts"] for row in opened)
    assert any("duplicate-search" in row["facts"] for row in opened)


async def test_a_closed_file_is_found_and_the_help_of_then_counts_by_the_rules_of_now(running: Run) -> None:
    told = await story(running)
    await told.arrived([man(ARABIC)])
    await told.service.run_job("person-index")
    told.service.clock.advance(days=900)
    rule = {
        "id": "five",
        "effect": "exclude",
        "text": "No help within five years.",
        "who": {"assisted": {"within_years": 5}},
    }
    old = {**rule, "id": "two", "who": {"assisted": {"within_years": 2}}}
    rules = {"programme_id": PROGRAMME, "host": "CHE", "destinations": ["GEO"], "case_kinds": ["avrr"], "version": 2}
    rules |= {"valid_from": "2020-01-01", "source": "decree", "table": {"eligibility": [rule, old]}}
    await told.service.receive("registry.programme.rules-published.v1", rules, key=PROGRAMME)
    again = await submitted(told, [man(LATIN)])
    pair = (await screened(again))[0]
    assert pair["other"]["case_id"] == told.id
    path = f"/returns/v1/cases/{again.id}/earlier-assistance"
    assert (await again.caseworker.get(path)).json() == []
    await decide(again, pair, "same")
    assert (await again.caseworker.get(path)).json() == []
    await told.paid(2_500)
    returned = await told.paid(1_000)
    back = {"payment_id": returned, "amount_minor": 1_000}
    await told.service.receive("reintegration.payment.reversed.v1", back, key=told.id)
    found = (await again.caseworker.get(path)).json()
    assert [(entry["person_ref"], entry["as_minor"], entry["same_programme"]) for entry in found] == [
        (again.refs()[0], False, True)
    ]
    assert found[0]["on"] == told.case["departed_on"]
    assert [entry["rule"] for entry in found[0]["counted_by"]] == ["five"]
    assert found[0]["received"] == [{"amount_minor": 2_500, "currency": "CHF"}]
    await again.post("eligibility", {"outcome": "eligible"})
    quoted = {"person_ref": again.refs()[0], "relation": "main_applicant", "minor": False}
    for counted, status in ((None, 409), (0, 409), (1, 200)):
        await again.quoted(rule_version=rules["version"], composition=[{**quoted, "assisted_count": counted}])
        decision, tag = {"outcome": "approved", "quote_id": again.quote_id}, f'"{again.case["version"]}"'
        path = f"/returns/v1/cases/{again.id}/decision"
        answer = await again.officer.post(path, json=decision, headers={"If-Match": tag})
        assert answer.status_code == status, answer.text
        if status == 409:
            assert (answer.json()["slug"], answer.json()["person_refs"]) == (
                "quote-without-earlier-help",
                again.refs(),
            )


async def test_a_withdrawn_application_is_no_earlier_help(running: Run) -> None:
    told = await story(running)
    first = await submitted(told, [man(ARABIC)])
    await screened(first)
    await first.caseworker.post(f"/returns/v1/cases/{first.id}/withdrawal", json={})
    again = await submitted(told, [man(LATIN)])
    await decide(again, (await screened(again))[0], "same")
    assert (await again.caseworker.get(f"/returns/v1/cases/{again.id}/earlier-assistance")).json() == []
    await again.post("eligibility", {"outcome": "eligible"})


async def test_brothers_of_one_file_and_strangers_are_no_duplicates(running: Run) -> None:
    told = await story(running)
    twin = man({"family_name": "El Housseini", "given_names": "Hassan"})
    first = await submitted(told, [man(LATIN), {**twin, "relation": "sibling"}])
    assert await screened(first) == []
    others = await submitted(told, [man(OTHER), {**man(LATIN, "1961-07-02"), "relation": "parent"}])
    assert await screened(others) == []


async def test_a_new_master_key_changes_no_token(running: Run) -> None:
    told = await story(running)
    await screened(await submitted(told, [man(ARABIC)], "BRN"))
    first = told.service.runtime.settings
    keys = {"master_key": base64.b64encode(b"n" * 32).decode(), "old_master_keys": [first.master_key]}
    url, issuer = first.database_url.get_secret_value(), told.service.issuer
    async with run_service(SERVICE, url, issuer=issuer, clock=told.service.clock, **keys) as service:
        assert (await rewrap_keys(service.units, service.runtime.vault, SERVICE.service_seals)).changed > 0
    keys["old_master_keys"] = []
    async with run_service(SERVICE, url, issuer=issuer, clock=told.service.clock, **keys) as service:
        ours = await submitted(CaseStory(service), [man(LATIN)])
        assert len(await screened(ours)) == 1


async def test_who_is_erased_is_found_no_more_and_no_table_holds_a_name(running: Run) -> None:
    told = await story(running)
    theirs = await submitted(told, [man(ARABIC)], "BRN")
    await screened(theirs)
    ours = await submitted(told, [man(LATIN)])
    await screened(ours)
    for table in ("person_index", "duplicate_pair", "audit", "case_history", "notification", "outbox"):
        rows = await told.service.fetch(f"SELECT t::text AS line FROM {table} t")
        assert not any("ousseini" in row["line"] or "الحسيني" in row["line"] for row in rows), table
    await theirs.caseworker.post(f"/returns/v1/cases/{theirs.id}/withdrawal", json={})
    officer = told.service.client("protection_officer", offices=["BRN"])
    erased = await officer.post(f"/returns/v1/cases/{theirs.id}/persons/{theirs.refs()[0]}/erasure")
    assert erased.status_code == 200
    assert await ours.duplicates() == []
    await ours.post("duplicate-search", {})
    assert await ours.duplicates() == []


async def test_somebody_completed_after_the_decision_is_searched_for_by_itself(running: Run) -> None:
    told = await story(running)
    await screened(await submitted(told, [man(ARABIC)], "BRN"))
    await told.approved([man(OTHER)])
    await told.caseworker.patch(
        f"/returns/v1/cases/{told.id}/persons/{told.refs()[0]}",
        json={"identity": LATIN},
        headers={"If-Match": f'"{told.case["version"]}"'},
    )
    await told.service.run_job("person-index")
    assert [pair["likelihood"] for pair in await told.duplicates()] == ["likely"]

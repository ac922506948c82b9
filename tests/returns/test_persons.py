"""What is not known of a person is said, waits to be completed, and is never invented or dropped by a timer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.partial_date import PartialDate
from shared.testing.plugin import Run
from tests.returns.story import HASH, PARTNER, CaseStory, person

service_test = pytest.mark.asyncio(loop_scope="session")
UNKNOWN = {"relation": "main_applicant", "sex": 0, "provisional": True, "adult": True}


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


def codes(answer: dict[str, Any]) -> set[str]:
    return {item["code"] for item in answer["missing"]}


async def patch(told: CaseStory, ref: str, body: dict[str, Any], expect: int = 200) -> dict[str, Any]:
    headers = {"If-Match": f'"{told.case["version"]}"'}
    answer = await told.caseworker.patch(f"/returns/v1/cases/{told.id}/persons/{ref}", json=body, headers=headers)
    assert answer.status_code == expect, answer.text
    if expect == 200:
        told.case = answer.json()
    return dict(answer.json())


async def shown(told: CaseStory) -> dict[str, Any]:
    await told.refresh()
    return dict(told.case["persons"][0])


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from([4, 7, 10]))
def test_a_partial_date_says_what_is_known_and_holds_the_day(day: date, known: int) -> None:
    written = day.isoformat()[:known]
    found = PartialDate.parse(written)
    assert str(found) == written
    assert found.first() <= day <= found.last()
    assert (found.exact == day) == (known == 10)


@pytest.mark.parametrize("wrong", ["1990-13", "1990-02-30", "90", "1990-5", "0000", "1990-05-01T00:00"])
@service_test
async def test_a_day_that_no_calendar_has_is_refused_without_repeating_it(running: Run, wrong: str) -> None:
    told = await story(running)
    body = {**person("main_applicant"), "born_on": None, "born": wrong}
    opened = {"programme_id": "0199c0de-0000-7000-8000-0000000000a1", "destination": "GEO"}
    opened |= {"office_id": "ZRH", "authority_id": "SEM", "persons": [body]}
    answer = await told.caseworker.post("/returns/v1/cases", json=opened)
    assert answer.status_code == 422
    assert wrong not in answer.text


@pytest.mark.parametrize(
    ("born", "said", "adult", "band"),
    [
        ("1990", None, True, "35-64"),
        ("2008", True, True, "unknown"),
        ("2008", None, False, "unknown"),
        ("2019-05", True, False, "5-13"),
        (None, None, False, "unknown"),
    ],
)
@service_test
async def test_an_unknown_day_of_birth_is_never_a_first_of_january(
    running: Run, born: str | None, said: bool | None, adult: bool, band: str
) -> None:
    told = await story(running)
    await told.open([{**person("main_applicant"), "born_on": None, "born": born, "adult": said}])
    found = await shown(told)
    assert found["adult"] is adult
    event = (await told.service.published("returns.case.opened.v1"))[0]
    assert event.data["persons"][0]["age_band"] == band


@service_test
async def test_a_name_in_its_own_script_gets_latin_letters_beside_it_and_both_are_sealed(running: Run) -> None:
    told = await story(running)
    await told.open([person("main_applicant", identity={"name_in_original_script": "ნინო ბერიძე"})])
    found = await shown(told)
    assert found["identity"] == {
        "name_in_original_script": "ნინო ბერიძე",
        "transliteration": "Nino Beridze",
        "transliteration_by": "machine",
    }
    await patch(told, told.refs()[0], {"identity": {"transliteration": "Nina Beridse", "transliteration_by": "person"}})
    found = await shown(told)
    assert found["identity"]["transliteration"] == "Nina Beridse"
    assert found["identity"]["name_in_original_script"] == "ნინო ბერიძე"
    for table in ("case_person", "audit", "case_history", "outbox"):
        rows = await told.service.fetch(f"SELECT t::text AS line FROM {table} t")
        assert not any("Beridse" in row["line"] or "ბერიძე" in row["line"] for row in rows)


@service_test
async def test_completing_a_name_keeps_the_birth_date_and_a_birth_date_alone_changes_who_is_an_adult(
    running: Run,
) -> None:
    told = await story(running)
    await told.open([person("main_applicant"), person("sibling", born_on=None, born=None, adult=None)])
    main, unknown = told.refs(relation="main_applicant")[0], told.refs(relation="sibling")[0]
    await patch(told, main, {"identity": {"given_names": "Tamar"}})
    assert told.refs(adults=True) == [main]
    await patch(told, unknown, {"born": "1999", "sex": 1, "papers": "missing"})
    assert set(told.refs(adults=True)) == {main, unknown}
    found = next(entry for entry in told.case["persons"] if entry["person_ref"] == unknown)
    assert (found["sex"], found["papers"]) == (1, "missing")
    rows = await told.service.fetch("SELECT about FROM case_history WHERE action = 'person-amended' ORDER BY at")
    assert [row["about"] for row in rows] == ["identity", "born_on,papers,sex"]


@service_test
async def test_a_provisional_person_signs_nothing_and_is_completed_by_a_name_and_a_year(running: Run) -> None:
    told = await story(running)
    await told.open([UNKNOWN])
    ref = told.refs()[0]
    consent = {"person_ref": ref, "recipients": [PARTNER], "purposes": ["reintegration"], "data_classes": ["identity"]}
    consent |= {"language": "ka", "text_version": "1", "text_hash": HASH}
    assert (await told.post("consents", consent, expect=409))["slug"] == "consent-not-possible"
    declaration = {"person_ref": ref, "language": "ka", "text_version": "1", "seen_alone": True}
    assert (await told.post("declarations", declaration, expect=409))["slug"] == "declaration-not-taken-alone"
    await patch(told, ref, {"identity": {"single_name": "Suharto"}})
    assert told.case["persons"][0]["provisional"] is True
    await patch(told, ref, {"born": "1985"})
    assert told.case["persons"][0]["provisional"] is False
    assert told.case["persons"][0]["provisional_since"] is None
    await told.consent()


@service_test
async def test_a_provisional_child_stops_the_file_before_it_is_found_eligible(running: Run) -> None:
    told = await story(running)
    await told.submitted([person("main_applicant"), person("child", provisional=True, identity={})])
    found = [{"person_ref": ref} for ref in told.refs()]
    await told.post("screening", {"persons": found, "security_checked": True})
    assert "identity" in codes(await told.post("eligibility", {"outcome": "eligible"}, expect=409))


@service_test
async def test_after_the_period_an_officer_decides_and_no_timer_does(running: Run) -> None:
    told = await story(running)
    await told.open([person("main_applicant"), {**UNKNOWN, "relation": "sibling"}])
    ref = told.refs(relation="sibling")[0]
    lead = told.service.client("office_lead", offices=["ZRH"], subject="ol-1")
    early = await told.post(
        f"persons/{ref}/provisional-decision", {"outcome": "expired", "reason_code": "gone"}, client=lead, expect=409
    )
    assert codes(early) == {"period"}
    told.service.clock.advance(days=91)
    for _ in range(2):
        await told.service.run_job("provisional-persons")
    missed = await told.service.published("returns.deadline.missed.v1")
    assert [event.data["clock"] for event in missed] == ["provisional_identity"]
    await told.refresh()
    assert [entry["travel_status"] for entry in told.case["persons"]] == ["INCLUDED", "INCLUDED"]
    notes = await told.service.fetch("SELECT role FROM notification WHERE kind = 'person.still-provisional'")
    assert {row["role"] for row in notes} == {"office_lead", "case_officer"}
    until = (told.today + timedelta(days=30)).isoformat()
    more = {"outcome": "extended", "reason_code": "passport_expected", "until": until}
    await told.post(f"persons/{ref}/provisional-decision", more, client=lead)
    await told.service.run_job("provisional-persons")
    assert len(await told.service.published("returns.deadline.missed.v1")) == 1
    told.service.clock.advance(days=31)
    await told.service.run_job("provisional-persons")
    await told.refresh()
    gone = {"outcome": "expired", "reason_code": "never_came_back"}
    await told.post(f"persons/{ref}/provisional-decision", gone, client=lead)
    assert told.case["state"] == "DRAFT"
    removed = await told.service.published("returns.person.removed.v1")
    assert [event.data["person_ref"] for event in removed] == [ref]


@service_test
async def test_a_file_of_nobody_is_closed_by_an_officer_who_did_not_open_it(running: Run) -> None:
    told = await story(running)
    await told.open([UNKNOWN])
    told.service.clock.advance(days=91)
    await told.service.run_job("provisional-persons")
    await told.refresh()
    path = f"persons/{told.refs()[0]}/provisional-decision"
    own = told.service.client("office_lead", offices=["ZRH"], subject="cw-1")
    gone = {"outcome": "expired", "reason_code": "never_came_back"}
    assert codes(await told.post(path, gone, client=own, expect=409)) == {"four-eyes"}
    another = told.service.client("office_lead", offices=["ZRH"], subject="ol-1")
    assert (await told.post(path, gone, client=another))["state"] == "CANCELLED"
    assert len(await told.service.published("returns.case.cancelled.v1")) == 1


@service_test
async def test_a_programme_states_its_own_period_for_provisional_persons(running: Run) -> None:
    told = await story(running)
    manager = told.service.client("programme_manager", programmes=["0199c0de-0000-7000-8000-0000000000a1"])
    rules = {"valid_from": "2026-01-01", "source": "handbook", "cooling_off_days": 0, "reopen_days": 30}
    rules |= {"booking_protects_days": 14, "provisional_days": 5}
    path = "/returns/v1/programmes/0199c0de-0000-7000-8000-0000000000a1/voluntariness-rules"
    assert (await manager.post(path, json=rules)).status_code == 201
    await told.open([UNKNOWN])
    told.service.clock.advance(days=6)
    await told.service.run_job("provisional-persons")
    assert len(await told.service.published("returns.deadline.missed.v1")) == 1

"""Medical clearances, escorts and itineraries: how long they hold, what they block, and what nobody may read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.itinerary import Leg, countries_between, faults, short_connections
from services.returns.domain.journey_papers import Cleared, cleared_until, flies_until, holds_until
from shared.testing.plugin import Run
from tests.returns.story import PARTNER, CaseStory, person

service = pytest.mark.asyncio(loop_scope="session")
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
SECRET = "asthma-and-insulin"


@given(
    st.lists(
        st.builds(
            Cleared,
            kind=st.sampled_from(["fit_to_fly", "medif"]),
            outcome=st.sampled_from(["fit", "unfit"]),
            valid_until=st.dates(DAY, DAY + timedelta(days=40)),
        ),
        max_size=6,
    )
)
def test_the_newest_of_each_kind_counts_and_the_first_to_end(clearances: list[Cleared]) -> None:
    until = cleared_until(clearances)
    newest = {each.kind: each for each in clearances}
    if until is None:
        assert not newest or "unfit" in {each.outcome for each in newest.values()}
    else:
        assert all(until <= each.valid_until for each in newest.values())


def test_a_paper_never_holds_longer_than_its_kind_allows() -> None:
    days = {"medif": 7}
    assert holds_until("medif", DAY, days, None) == DAY + timedelta(days=7)
    assert holds_until("medif", DAY, days, DAY + timedelta(days=90)) == DAY + timedelta(days=7)
    assert holds_until("medif", DAY, days, DAY + timedelta(days=3)) == DAY + timedelta(days=3)
    assert flies_until(DAY, 28) == DAY - timedelta(days=28)


def leg(origin: str, destination: str, after: float, hours: float = 2) -> Leg:
    departs = NOON + timedelta(hours=after)
    return Leg(origin, destination, departs, departs + timedelta(hours=hours))


def test_legs_follow_one_another_and_end_in_the_country_of_return() -> None:
    good = [leg("CHZRH", "TRIST", 0), leg("TRIST", "GETBS", 3)]
    assert faults(good, "GE") == []
    assert countries_between(good, "GE") == ["TR"]
    assert short_connections(good, 90) == [1]
    assert short_connections(good, 60) == []
    assert faults(good, "AM") == ["ends-elsewhere"]
    assert faults([leg("CHZRH", "TRIST", 0), leg("TRSAW", "GETBS", 3)], "GE") == ["does-not-connect"]
    assert faults([leg("CHZRH", "TRIST", 0), leg("TRIST", "GETBS", 1)], "GE") == ["departs-before-it-arrived"]
    assert faults([leg("CHZRH", "GETBS", 0, -1)], "GE") == ["arrives-before-it-departs"]


class Journey(CaseStory):
    """A case whose journey is prepared."""

    async def send(self, path: str, body: dict[str, Any], *, client: Any = None, expect: int = 201) -> dict[str, Any]:
        answer = await (client or self.caseworker).post(f"/returns/v1/cases/{self.id}/{path}", json=body)
        assert answer.status_code == expect, answer.text
        await self.refresh()
        found: dict[str, Any] = answer.json()
        return found

    async def clearance(self, **changes: Any) -> dict[str, Any]:
        body = {"person_ref": self.refs()[0], "kind": "fit_to_fly", "outcome": "fit", "issued_by": "treating_physician"}
        return await self.send("medical-clearances", {**body, "findings": SECRET, **changes})

    async def lacks(self) -> set[str]:
        refused = await self.post("readiness", {}, expect=409)
        return {item["code"] for item in refused["missing"]}


async def prepared(running: Run, persons: list[dict[str, Any]] | None = None) -> Journey:
    told = Journey(await running("returns"))
    await told.world()
    await told.prepared(persons)
    await told.papers()
    return told


@service
async def test_a_clearance_must_hold_on_the_day_of_travel(running: Run) -> None:
    told = await prepared(running, [person("main_applicant", medical_needed=True)])
    assert await told.lacks() == {"medical-clearance"}
    early = (told.today + timedelta(days=3)).isoformat()
    await told.clearance(valid_until=early)
    assert await told.lacks() == {"medical-clearance"}
    await told.clearance()
    await told.clearance(kind="medif", issued_by="carrier_medical_service")
    await told.post("readiness", {})
    unfit = await told.clearance(outcome="unfit")
    assert told.case["state"] == "PRE_DEPARTURE"
    assert await told.lacks() == {"medical-clearance"}
    await told.send(f"medical-clearances/{unfit['id']}/void", {"reason_code": "wrong_person"}, expect=200)
    await told.post("readiness", {})


@service
async def test_nothing_about_health_is_readable_but_for_a_medical_officer(running: Run) -> None:
    told = await prepared(running)
    await told.clearance(needs=["wheelchair_at_gate"])
    rows = await told.service.fetch("SELECT t::text AS line FROM medical_clearance t")
    shown = await told.caseworker.get(f"/returns/v1/cases/{told.id}/medical-clearances")
    events = [event.model_dump_json() for event in await told.service.published()]
    for text in (rows[0]["line"], shown.text, *events):
        assert SECRET not in text
        assert "wheelchair" not in text
    path = f"/returns/v1/cases/{told.id}/medical-clearances/findings"
    assert (await told.caseworker.get(path)).status_code == 403
    medical = told.service.client("medical_officer", offices=["ZRH"], subject="mo-1")
    (found,) = (await medical.get(path)).json()
    assert (found["findings"], found["needs"]) == (SECRET, ["wheelchair_at_gate"])
    read = await told.service.fetch("SELECT 1 FROM audit WHERE facts->>'purpose' = 'medical-clearance'")
    assert len(read) == 1
    foreign = told.service.client("medical_officer", offices=["BRN"], subject="mo-2")
    assert (await foreign.get(path)).status_code == 404


@service
async def test_a_pregnancy_ends_the_time_for_flying_by_itself(running: Run) -> None:
    told = await prepared(running)
    wrong = await told.send(
        "medical-clearances",
        {"person_ref": told.refs()[0], "kind": "pregnancy", "outcome": "fit", "issued_by": "treating_physician"},
        expect=422,
    )
    assert wrong["slug"] == "expected-day-needed"
    expected = told.today + timedelta(days=60)
    kept = await told.clearance(kind="pregnancy", expected_on=expected.isoformat())
    assert kept["valid_until"] == (expected - timedelta(days=28)).isoformat()
    assert expected.isoformat() not in str(await told.service.fetch("SELECT t::text FROM medical_clearance t"))


@service
async def test_an_escort_is_confirmed_before_and_hands_over_after(running: Run) -> None:
    told = await prepared(running)
    body = {
        "person_ref": told.refs()[0],
        "kind": "medical",
        "qualification": "nurse",
        "hand_over_to": "health_facility",
    }
    escort = await told.send("escorts", body)
    assert await told.lacks() == {"escort"}
    steps = f"escorts/{escort['id']}/steps"
    early = await told.send(steps, {"step": "hand_over"}, expect=409)
    assert early["open_transitions"] == ["confirm", "cancel"]
    await told.send(steps, {"step": "confirm"}, expect=200)
    await told.send(steps, {"step": "hand_over"}, expect=409)
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    await told.refresh()
    await told.post("departure", {"boarded": told.refs()})
    await told.post("arrival", {"evidence": "partner_met"}, client=told.partner)
    assert told.case["partner_id"] == PARTNER
    path = f"/returns/v1/cases/{told.id}/{steps}"
    done = await told.partner.post(path, json={"step": "hand_over"})
    assert done.json()["status"] == "handed_over", done.text
    refused = await told.post("handover", {"received": False}, expect=409)
    assert {item["code"] for item in refused["missing"]} == {"handover"}


@service
async def test_every_version_of_the_journey_is_kept_and_papers_hold_until_its_end(running: Run) -> None:
    told = await prepared(running)
    departs = datetime(2026, 3, 9, 21, 30, tzinfo=UTC)
    legs = [
        {"origin": "CHZRH", "destination": "TRIST", "departs_at": departs.isoformat(),
         "arrives_at": (departs + timedelta(hours=2)).isoformat(), "carrier": "TK", "service": "1908"},
        {"origin": "TRIST", "destination": "GETBS", "departs_at": (departs + timedelta(hours=3)).isoformat(),
         "arrives_at": (departs + timedelta(hours=5)).isoformat()},
    ]  # fmt: skip
    refused = await told.post("itinerary", {"legs": legs[:1]}, expect=422)
    assert (refused["slug"], refused["faults"]) == ("itinerary-does-not-fit", ["ends-elsewhere"])
    await told.post("itinerary", {"legs": legs, "reason_code": "flight_cancelled"})
    assert told.case["travel_on"] == "2026-03-09"
    newest, first = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/itineraries")).json()
    assert (newest["number"], newest["arrives_on"], newest["transit"]) == (2, "2026-03-10", ["TUR"])
    assert (newest["short_connections"], first["legs"]) == ([1], [])
    changed = await told.service.published("returns.itinerary.changed.v1")
    assert "TK" not in changed[-1].model_dump_json()
    await told.service.fetch("UPDATE travel_document SET valid_until = '2026-03-09'")
    assert await told.lacks() == {"travel-document"}


@service
async def test_papers_follow_a_person_into_a_file_of_their_own(running: Run) -> None:
    told = await prepared(running, [person("main_applicant"), person("partner", sex=1)])
    leaving = told.refs()[1]
    await told.clearance(person_ref=leaving)
    answer = await told.caseworker.post(f"/returns/v1/cases/{told.id}/split", json={"person_refs": [leaving]})
    new_case = answer.json()["id"]
    moved = await told.caseworker.get(f"/returns/v1/cases/{new_case}/medical-clearances")
    assert [entry["person_ref"] for entry in moved.json()] == [leaving]
    assert (await told.caseworker.get(f"/returns/v1/cases/{told.id}/medical-clearances")).json() == []

"""Incidents, searches for whoever did not arrive, and what the host side still has to do."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.returns.domain.non_arrival import Contact, Result, Tried, missing_for_outcome, missing_for_rung, next_rung
from services.returns.persistence.aftermath import ladder
from shared.testing.plugin import Run
from tests.returns.story import FAMILY, PARTNER, CaseStory, person

service = pytest.mark.asyncio(loop_scope="session")
TOLD = "beaten at the desk of the border"
TRIED = st.lists(
    st.builds(Tried, contact=st.sampled_from(get_args(Contact)), result=st.sampled_from(get_args(Result))), max_size=8
)


def test_nobody_on_the_ladder_is_an_authority_of_the_country_of_origin() -> None:
    contacts = [rung.contact for rung in ladder()]
    assert set(contacts) <= set(get_args(Contact))
    assert not [name for name in get_args(Contact) if "authority" in name or "police" in name or "border" in name]
    assert contacts[0] == "person"
    hours = [rung.after_hours for rung in ladder()]
    assert hours == sorted(hours)


@given(TRIED)
def test_nobody_is_given_up_before_every_rung_was_tried(tried: list[Tried]) -> None:
    asked = {step.contact for step in tried}
    everybody = asked == {rung.contact for rung in ladder()}
    assert (missing_for_outcome(ladder(), tried, "not_found") == []) is everybody
    assert (next_rung(ladder(), tried) is None) is everybody
    rung = next_rung(ladder(), tried)
    if rung is not None:
        assert missing_for_rung(ladder(), tried, rung.contact) == []


class Aftermath(CaseStory):
    """A case on its way."""

    async def send(self, path: str, body: dict[str, Any], *, client: Any = None, expect: int = 200) -> dict[str, Any]:
        answer = await (client or self.caseworker).post(f"/returns/v1/cases/{self.id}/{path}", json=body)
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def searches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.partner.get(f"/returns/v1/cases/{self.id}/non-arrivals")).json()
        return found

    async def items(self) -> dict[str, str]:
        shown = (await self.caseworker.get(f"/returns/v1/cases/{self.id}/host-checklist")).json()
        return {entry["item"]: entry["status"] for entry in shown}


async def on_the_way(running: Run, persons: list[dict[str, Any]] | None = None) -> Aftermath:
    told = Aftermath(await running("returns"))
    await told.world()
    await told.departed(persons)
    return told


@service
async def test_a_search_goes_rung_by_rung_and_ends_with_an_outcome(running: Run) -> None:
    told = await on_the_way(running)
    await told.said("person.not-met", PARTNER)
    (search,) = await told.searches()
    assert (search["person_ref"], search["next_contact"]) == (told.refs()[0], "person")
    path = f"non-arrivals/{search['id']}"
    early = await told.send(f"{path}/rungs", {"contact": "carrier", "result": "no_information"}, expect=409)
    assert {item["code"] for item in early["missing"]} == {"earlier-rung"}
    refused = await told.send(f"{path}/rungs", {"contact": "border_police", "result": "no_information"}, expect=422)
    assert refused["slug"]
    for contact in ("person", "emergency_contact"):
        await told.send(f"{path}/rungs", {"contact": contact, "result": "not_reached"}, client=told.partner)
    given_up = await told.send(f"{path}/outcome", {"outcome": "not_found"}, expect=409)
    assert len(given_up["missing"]) == 3
    untold = await told.send(f"{path}/outcome", {"outcome": "safe_elsewhere"}, expect=409)
    assert [item["code"] for item in untold["missing"]] == ["trace"]
    await told.send(f"{path}/rungs", {"contact": "reintegration_partner", "result": "safe"})
    ended = await told.send(f"{path}/outcome", {"outcome": "safe_elsewhere"})
    assert (ended["outcome"], ended["next_contact"]) == ("safe_elsewhere", None)
    again = await told.send(f"{path}/rungs", {"contact": "carrier", "result": "safe"}, expect=409)
    assert [item["code"] for item in again["missing"]] == ["state"]


@service
async def test_results_are_person_by_person_and_an_arrival_ends_them(running: Run) -> None:
    told = await on_the_way(running, FAMILY[:2])
    first, second = told.refs()
    message = await told.said("arrival.not-observed", PARTNER, [second])
    await told.send("non-arrivals", {"person_refs": [first]}, expect=201)
    refused = await told.send("non-arrivals", {}, expect=409)
    assert refused["slug"] == "nobody-to-look-for"
    assert [search["person_ref"] for search in await told.searches()] == [second, first]
    await told.said("message.voided", PARTNER, voids=message)
    assert [search["outcome"] for search in await told.searches()] == ["opened_by_mistake", None]
    await told.post("arrival", {"evidence": "partner_met"}, client=told.partner)
    assert [search["outcome"] for search in await told.searches()] == ["opened_by_mistake", "arrived"]


@service
async def test_nobody_is_looked_for_who_has_not_left(running: Run) -> None:
    told = Aftermath(await running("returns"))
    await told.world()
    await told.ready()
    await told.send("non-arrivals", {}, expect=409)
    await told.said("person.not-met", PARTNER)
    listed = await told.caseworker.get(f"/returns/v1/cases/{told.id}/non-arrivals")
    assert listed.json() == []


@service
async def test_an_incident_is_for_protection_officers_alone(running: Run) -> None:
    told = await on_the_way(running)
    body = {"person_ref": told.refs()[0], "kind": "violence", "heard_from": "person", "account": TOLD}
    taken = await told.send("incidents", body, client=told.partner, expect=201)
    assert set(taken) == {"id", "version", "status"}
    path = f"/returns/v1/cases/{told.id}/incidents"
    for client in (told.caseworker, told.officer, told.partner):
        assert (await client.get(path)).status_code == 403
    protection = told.service.client("protection_officer", offices=["ZRH"], subject="po-1")
    (shown,) = (await protection.get(path)).json()
    assert (shown["kind"], shown["account"]) == ("violence", TOLD)
    foreign = told.service.client("protection_officer", offices=["BRN"], subject="po-2")
    assert (await foreign.get(path)).status_code == 404
    notices = (await protection.get("/returns/v1/notifications")).json()["items"]
    assert "incident.recorded" in {notice["kind"] for notice in notices}
    (event,) = await told.service.published("returns.incident.recorded.v1")
    history = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).text
    rows = str(await told.service.fetch("SELECT t::text FROM incident t"))
    for text in (event.model_dump_json(), history):
        assert "violence" not in text
    for text in (event.model_dump_json(), history, rows):
        assert TOLD not in text
    closed = await told.send(f"incidents/{taken['id']}/closure", {"outcome": "referred"}, client=protection)
    assert closed["status"] == "closed"
    twice = await told.send(f"incidents/{taken['id']}/closure", {"outcome": "resolved"}, client=protection, expect=409)
    assert twice["slug"] == "incident-closed-before"


@service
async def test_the_host_side_sees_what_is_due_before_and_after_the_departure(running: Run) -> None:
    told = Aftermath(await running("returns"))
    await told.world()
    await told.ready([person("main_applicant")])
    items = await told.items()
    assert items["papers_released"] == "open"
    assert items["exit_recorded"] == "waits"
    assert "release_and_property" not in items
    ref = told.refs()[0]
    body = {"item": "papers_released", "status": "done", "person_ref": ref, "evidence": "receipt"}
    await told.send("host-checklist", body, client=told.officer)
    assert (await told.items())["papers_released"] == "done"
    await told.send("host-checklist", {**body, "status": "open"}, client=told.officer)
    assert (await told.items())["papers_released"] == "open"
    for wrong in ({"item": "something"}, {"item": "papers_released", "person_ref": None}, {"item": "deregistered"}):
        refused = await told.send("host-checklist", {**body, **wrong}, expect=422)
        assert refused["slug"] == "item-not-on-the-list"
    told.service.clock.advance(days=7)
    await told.refresh()
    await told.post("departure", {"boarded": told.refs()})
    assert (await told.items())["exit_recorded"] == "open"
    assert (await told.items())["papers_released"] == "overdue"
    told.service.clock.advance(days=4)
    assert (await told.items())["exit_recorded"] == "overdue"

"""Silence that counts as agreement is confirmed by an officer, permits the paper of the clause, and is never an issue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.returns.story import CLAUSE, CONSULATE, CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
SILENCE = {"reply_days": 25, "deemed_agreement": True, "document_types": ["eu_travel_document"], "announce_days": 3}
SILENCE |= {"transfer_within_days": 90, "document_validity_days": 60}


class Silence(CaseStory):
    """A consulate that was asked and does not answer."""

    request: dict[str, Any]

    async def asked(self, **clause: Any) -> None:
        await self.world()
        named = {"clause_id": CLAUSE, "code": "identity", "data_clause": True, "recipient_kinds": ["consulate"]}
        agreement = {"agreement_id": str(uuid4()), "partnership_id": str(uuid4()), "valid_from": "2026-01-01"}
        body = {**agreement, "clauses": [{**named, **SILENCE, **clause}]}
        await self.service.receive("registry.agreement.published.v1", body, key=agreement["agreement_id"])
        await self.bases()
        await self.prepared([person("main_applicant")])
        package = await self.package()
        await self.refresh()
        ask = {"person_ref": self.refs()[0], "disclosure_id": package["id"], "document_kind": "laissez_passer"}
        await self.post("travel-document-requests", ask, expect=201)
        assert (await self.approve(package)).status_code == 200
        await self.look()

    async def look(self) -> dict[str, Any]:
        await self.refresh()
        (self.request,) = (await self.caseworker.get(f"/returns/v1/cases/{self.id}/travel-document-requests")).json()
        return self.request

    async def wait(self, days: int) -> None:
        self.service.clock.advance(days=days)
        await self.service.run_job("advance-deadlines")
        await self.look()

    async def deem(self, client: Any = None) -> Any:
        path = f"/returns/v1/cases/{self.id}/travel-document-requests/{self.request['id']}/deemed-agreement"
        headers = {"If-Match": f'"{self.request["version"]}"'}
        return await (client or self.officer).post(path, json={}, headers=headers)

    async def step(self, name: str, expect: int = 200) -> dict[str, Any]:
        path = f"/returns/v1/cases/{self.id}/travel-document-requests/{self.request['id']}/steps"
        answer = await self.caseworker.post(path, json={"step": name})
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        await self.look()
        return found

    async def paper(self, kind: str = "eu_travel_document", expect: int = 201, days: int = 60) -> dict[str, Any]:
        body = {"person_ref": self.refs()[0], "kind": kind, "issuer": "CHE", "request_id": self.request["id"]}
        body["valid_until"] = (self.today + timedelta(days=days)).isoformat()
        return await self.post("travel-documents", body, expect=expect)


async def silent(running: Run, **clause: Any) -> Silence:
    told = Silence(await running("returns"))
    await told.asked(**clause)
    return told


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [item["code"] for item in answer.json()["missing"]]


async def test_only_after_the_time_and_only_by_an_officer_and_never_issued(running: Run) -> None:
    told = await silent(running)
    assert codes(await told.deem()) == ["reply-days"]
    assert (await told.deem(told.caseworker)).status_code == 403
    await told.wait(26)
    assert (await told.deem()).status_code == 200
    request = await told.look()
    assert (request["state"], request["deemed_on"]) == ("DEEMED_AGREED", told.today.isoformat())
    assert await told.service.published("returns.travel-document.issued.v1") == []
    assert codes(await told.deem()) == ["state"]


@pytest.mark.parametrize(
    ("clause", "code"),
    [
        ({"deemed_agreement": False}, "clause"),
        ({"deemed_for": ["travel_document"]}, "clause"),
        ({"document_types": []}, "document"),
    ],
)
async def test_without_the_word_of_a_clause_silence_is_silence(running: Run, clause: dict[str, Any], code: str) -> None:
    told = await silent(running, **clause)
    await told.wait(26)
    assert code in codes(await told.deem())


async def test_while_the_consulate_waits_for_us_its_time_does_not_end(running: Run) -> None:
    told = await silent(running)
    await told.said("information.requested", CONSULATE, code="photograph")
    await told.wait(40)
    assert "our-turn" in codes(await told.deem())


async def test_it_permits_the_paper_of_the_clause_and_asks_for_the_announcement(running: Run) -> None:
    told = await silent(running)
    await told.wait(26)
    await told.deem()
    await told.look()
    refused = await told.paper("laissez_passer", expect=409)
    assert [item["code"] for item in refused["missing"]] == ["document"]
    longer = await told.paper(days=61, expect=409)
    assert [item["code"] for item in longer["missing"]] == ["validity"]
    await told.paper()
    clocks = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/deadlines")).json()
    (window,) = [entry for entry in clocks if entry["clock"] == "transfer_window"]
    assert window["due_on"] == (told.today + timedelta(days=90)).isoformat()
    assert (await told.look())["state"] == "DEEMED_AGREED"
    assert [item["code"] for item in (await told.step("announce_itinerary", expect=409))["missing"]] == ["itinerary"]
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=7)).isoformat()})
    await told.declare("reconfirmation")
    lacking = await told.post("readiness", {}, expect=409)
    assert [item["code"] for item in lacking["missing"]] == ["announcement"]
    checklist = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/checklist/persons")).text
    assert "itinerary_announcement" in checklist
    await told.step("announce_itinerary")
    assert told.request["announced_for"] == (told.today + timedelta(days=7)).isoformat()
    await told.post("readiness", {})
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=8)).isoformat()})
    await told.declare("reconfirmation")
    lacking = await told.post("readiness", {}, expect=409)
    assert [item["code"] for item in lacking["missing"]] == ["announcement"]
    await told.step("announce_itinerary")
    await told.post("readiness", {})


async def test_announced_too_late_is_not_announced(running: Run) -> None:
    told = await silent(running)
    await told.wait(26)
    await told.deem()
    await told.look()
    await told.paper()
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=2)).isoformat()})
    await told.declare("reconfirmation")
    await told.step("announce_itinerary")
    lacking = await told.post("readiness", {}, expect=409)
    assert [item["code"] for item in lacking["missing"]] == ["announcement"]


async def test_a_wrong_confirmation_is_taken_back_with_its_paper(running: Run) -> None:
    told = await silent(running)
    await told.wait(26)
    await told.deem()
    await told.look()
    await told.paper()
    step = next(entry for entry in (await told.look())["steps"] if entry["step"] == "deem_agreed")
    path = f"/returns/v1/cases/{told.id}/travel-document-requests/{told.request['id']}/steps/{step['id']}/void"
    answer = await told.officer.post(path, json={"reason_code": "clause_misread"})
    assert (answer.status_code, answer.json()["state"]) == (200, "REQUESTED")
    await told.refresh()
    assert told.case["persons"][0]["document_valid_until"] is None


async def test_refused_at_the_border_is_a_failed_return_at_the_programmes_cost(running: Run) -> None:
    told = await silent(running)
    await told.wait(26)
    await told.deem()
    await told.look()
    await told.paper()
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=7)).isoformat()})
    await told.declare("reconfirmation")
    await told.step("announce_itinerary")
    await told.post("readiness", {})
    told.service.clock.advance(days=7)
    await told.post("departure", {"boarded": told.refs()})
    body = {"reason_code": "refused_at_border", "reason_group": "third_party"}
    await told.post("return-failure", body)
    (fact,) = await told.service.published("returns.case.return-failed.v1")
    assert (told.case["state"], fact.data["costs_borne_by"]) == ("RETURN_FAILED", "programme")
    assert "border" not in fact.model_dump_json()

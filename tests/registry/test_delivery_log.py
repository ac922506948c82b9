"""The log of deliveries, sending again, health and the terms of an endpoint, each within the recipient's own scope."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.story import gone_live
from tests.registry.told import ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")
FAILING = "500 Oops"


async def three_told(told: Told) -> None:
    """Delivered, failed for good, waiting: one case each, an hour apart."""
    await told.another_case()
    await told.send()
    told.clock.advance(hours=1)
    await told.another_case()
    told.hook.always = FAILING
    await told.round()
    while (await told.log())[-1]["status"] == "pending":
        told.clock.advance(seconds=(await told.due_at() - told.clock.now()).total_seconds())
        await told.round()
    told.hook.always = None
    await told.another_case()


async def test_the_log_is_filtered_and_paged(told: Told) -> None:
    start = told.clock.now()
    await three_told(told)
    assert [entry["status"] for entry in await told.log()] == ["delivered", "failed", "pending"]
    assert [entry["status"] for entry in await told.log(status="failed")] == ["failed"]
    assert [entry["status"] for entry in await told.log(payload_type="departed")] == []
    (first,) = await told.log(until=start.replace(minute=30).isoformat())
    assert [entry["id"] for entry in await told.log(agency_case_ref=first["agency_case_ref"])] == [first["id"]]
    assert [entry["id"] for entry in await told.log(since=start.replace(minute=30).isoformat())] == [
        entry["id"] for entry in (await told.log())[1:]
    ]
    path = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/deliveries"
    page = (await told.partner.get(path, params={"limit": 2})).json()
    rest = (await told.partner.get(path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [len(page["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]


async def test_one_is_sent_again_under_the_same_id_and_number(told: Told) -> None:
    await told.another_case()
    await told.send()
    (entry,) = await told.log()
    answer = await told.partner.post(f"{ROOT}/deliveries/{entry['id']}/replay")
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    await told.send()
    first, again = told.hook.got
    assert (first[0]["webhook-id"], first[1]) == (again[0]["webhook-id"], again[1])
    shown = (await told.partner.get(f"{ROOT}/deliveries/{entry['id']}")).json()
    assert shown["webhook_id"] == first[0]["webhook-id"]
    assert [item["status"] for item in shown["attempt_log"]] == [204, 204]


async def test_nothing_is_sent_again_without_consent(told: Told) -> None:
    consents = await consented(told)
    await told.story.itinerary()
    await told.send()
    for consent, ref in zip(consents, told.story.persons, strict=True):
        await told.story.fact("consent.withdrawn", consent_id=consent, person_ref=ref, on="2026-03-02")
    await told.send()
    (entry, *_) = await told.log()
    await told.partner.post(f"{ROOT}/deliveries/{entry['id']}/replay")
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"]
    assert [found["status"] for found in await told.log()] == ["withheld", "delivered"]


async def test_what_may_not_be_told_is_in_no_log_and_no_figure(told: Told) -> None:
    """A recipient that sees something withheld knows that there was something, and when."""
    health = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/health"
    await told.another_case()
    await told.story.fact("case.disclosure-frozen", on="2026-03-02")
    assert (await told.log(), (await told.partner.get(health)).json()["waiting"]) == ([], 0)
    await told.send()
    (row,) = await told.story.service.fetch("SELECT id FROM delivery")
    path = f"{ROOT}/deliveries/{row['id']}"
    assert (await told.log(), (await told.partner.get(health)).json()["oldest_waiting"]) == ([], None)
    assert [(await told.partner.get(path)).status_code, (await told.partner.post(f"{path}/replay")).status_code] == [
        404
    ] * 2
    assert (await told.story.admin.get(path)).status_code == 200
    await told.story.fact("case.disclosure-released", on="2026-03-02")
    assert [entry["status"] for entry in await told.log()] == ["pending"]
    assert (await told.partner.get(health)).json()["waiting"] == 1
    await told.send()
    assert told.types == ["itinerary.confirmed"], "what a freeze held is not lost"


async def test_who_is_suspended_hears_nothing_by_webhook_replay_or_feed(told: Told) -> None:
    await told.another_case()
    await told.send()
    path = f"{ROOT}/recipients/{told.story.ids['partner']}/suspension"
    assert (await told.story.admin.post(path, json={"reason_code": "security_incident"})).status_code == 200
    (entry,) = await told.log()
    await told.partner.post(f"{ROOT}/deliveries/{entry['id']}/replay")
    await told.story.itinerary("2026-03-12")
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    feed = await told.partner.get(f"{ROOT}/agency-cases/{entry['agency_case_ref']}/events")
    assert feed.json() == []


async def test_a_package_is_told_again_of_those_alone_who_are_still_in_it(told: Told) -> None:
    story, agency = told.story, told.story.client("agency")
    await story.opened()
    for ref in story.persons:
        await story.consent("agency", ref, "identity_verification")
    package, other = await story.package(), await story.package(expires_at="2026-03-05")
    await told.send()
    rows = await story.service.fetch("SELECT id, disclosure_id FROM delivery ORDER BY id")

    async def again() -> list[Any]:
        told.hook.got.clear()
        for row in rows:
            await agency.post(f"{ROOT}/deliveries/{row['id']}/replay")
        await told.send()
        return [body["data"].get("person_refs") for body in told.hook.bodies if body["type"] != "request.ended"]

    assert await again() == [story.persons, story.persons]
    first = {"disclosure_id": package, "recipient_id": story.ids["agency"], "person_refs": story.persons[:1]}
    await story.fact("disclosure.recalled", **first)
    assert await again() == [story.persons[1:], story.persons]
    told.clock.advance(days=4)
    assert await again() == [story.persons[1:]], f"the package {other} has run out"
    await story.fact("disclosure.recalled", **{**first, "person_refs": None})
    assert await again() == []


async def replay(told: Told, **body: Any) -> Any:
    return await told.partner.post(f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/replays", json=body)


async def test_a_window_is_sent_again_in_order(told: Told) -> None:
    start = told.clock.now()
    await three_told(told)
    told.clock.advance(seconds=61)  # the failures have opened the breaker, and the probe failed too
    await told.send()
    window = {"since": start.isoformat(), "until": told.clock.now().isoformat()}
    failed = await replay(told, **window)
    assert (failed.status_code, failed.json()["count"], failed.json()["more"]) == (202, 1, False)
    await told.send()
    assert {entry["status"] for entry in await told.log()} == {"delivered"}
    before = len(told.hook.got)
    later = told.clock.now().replace(year=2027).isoformat()
    assert (await replay(told, **{**window, "until": later}, everything=True)).json()["count"] == 3
    await told.send()
    assert len(told.hook.got) == before + 3
    backwards = await replay(told, since=window["until"], until=window["since"])
    assert (backwards.status_code, backwards.json()["slug"]) == (422, "window-not-valid")


async def test_success_rate_and_what_waits(told: Told) -> None:
    path = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/health"
    empty = (await told.partner.get(path)).json()
    assert (empty["attempts"], empty["success_rate"], empty["waiting"]) == (0, None, 0)
    told.hook.script = [FAILING]
    await told.another_case()
    await told.round()
    await told.another_case()
    await told.round()
    found = (await told.partner.get(path)).json()
    assert (found["attempts"], found["success_rate"], found["waiting"]) == (2, 0.5, 1)
    assert found["median_milliseconds"] >= 0
    told.clock.advance(hours=25)
    assert (await told.partner.get(path)).json()["attempts"] == 0


async def test_what_belongs_to_others_does_not_exist(told: Told) -> None:
    await told.another_case()
    await told.send()
    (entry,) = await told.log()
    agency, path = told.story.client("agency"), f"{ROOT}/webhook-endpoints/{told.endpoint['id']}"
    window = {"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
    answers = [
        await agency.get(path),
        await agency.patch(path, json={}),
        await agency.get(f"{path}/deliveries"),
        await agency.get(f"{path}/health"),
        await agency.post(f"{path}/replays", json=window),
        await agency.post(f"{path}/test-events"),
        await agency.post(f"{path}/pause"),
        await agency.post(f"{path}/resume"),
        await agency.get(f"{ROOT}/agency-events", params={"endpoint_id": told.endpoint["id"]}),
        await agency.get(f"{ROOT}/deliveries/{entry['id']}"),
        await agency.post(f"{ROOT}/deliveries/{entry['id']}/replay"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)


async def test_a_changed_address_gets_what_waits(told: Told) -> None:
    path = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}"
    await told.partner.patch(path, json={"url": "http://127.0.0.1:9/nobody-listens"})
    await gone_live(told.story.service, told.endpoint["id"])
    await told.another_case()
    await told.round()
    assert [entry["last_status"] for entry in await told.log()] == [None]
    troubled = "breaker = 'open', breaker_until = now() + interval '1 year', rest_until = now() + interval '1 year'"
    troubled += ", failing_since = now() - interval '4 years', failures = 9"
    await told.story.service.fetch(f"UPDATE webhook_endpoint SET {troubled} WHERE id::text = $1", told.endpoint["id"])
    state = await told.state()
    changed = await told.partner.patch(path, json={"url": told.hook.url}, headers={"If-Match": f'"{state["version"]}"'})
    assert (changed.json()["url"], changed.json()["status"]) == (told.hook.url, "testing")
    await gone_live(told.story.service, told.endpoint["id"])
    told.clock.advance(seconds=7)
    told.hook.script = [FAILING]
    await told.round()
    assert (await told.state())["status"] == "active", "the days of the old address do not count against the new one"
    told.clock.advance(seconds=400)
    await told.round()
    assert told.types == ["itinerary.confirmed"] * 2


@pytest.mark.parametrize(
    ("terms", "slug"),
    [
        ({"url": "https://user:secret@x.example/"}, "address-not-accepted"),
        ({"url": "https://x.example/#part"}, "address-not-accepted"),
        ({"purposes": ["statistics"]}, "purpose-not-allowed"),
        ({"legal_basis": "consent"}, "purpose-not-allowed"),
        ({"data_classes": ["payment"]}, "data-class-missing"),
        ({"event_types": ["request.package-ready", "release.published"]}, "event-type-not-allowed"),
    ],
)
async def test_terms_that_are_refused(told: Told, terms: dict[str, Any], slug: str) -> None:
    body = {"owner_id": told.story.ids["partner"], "url": "https://x.example/", "event_types": ["departed"]}
    answer = await told.partner.post(f"{ROOT}/webhook-endpoints", json={**body, **terms})
    assert (answer.status_code, answer.json()["slug"]) == (422, slug)
    assert "secret" not in answer.text


async def test_terms_follow_from_kind_and_roles_and_purposes_narrow(told: Told) -> None:
    state = await told.state()
    assert (state["legal_basis"], state["data_classes"]) == ("processing_contract", ["assignment", "payment", "travel"])
    path = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}"
    assert (await told.partner.patch(path, json={"purposes": ["reintegration"]})).status_code == 200
    await told.another_case()
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    register = await told.story.service.client("auditor").get(
        f"{ROOT}/disclosure-register", params={"case_id": told.story.case_id, "person_id": told.story.persons[0]}
    )
    assert [(entry["what"], entry["basis"]) for entry in register.json()] == [
        ("itinerary.confirmed", "processing_contract and consent")
    ]
    nobody = await told.story.service.client("auditor").get(
        f"{ROOT}/disclosure-register", params={"case_id": told.story.case_id, "person_id": "person_nobody"}
    )
    assert nobody.json() == []

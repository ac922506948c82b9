"""The one door in: signed, coded, from who may, about what was disclosed."""

from __future__ import annotations

import random

import pytest

from shared.protection.signatures import SigningKey
from shared.testing.plugin import Run
from tests.registry.story import RegistryStory

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def disclosed(running: Run) -> tuple[RegistryStory, str]:
    story = RegistryStory(await running("registry"))
    await story.enrol()
    await story.opened()
    for ref in story.persons:
        await story.consent("partner", ref, "reintegration")
    await story.approved()
    await story.itinerary()
    rows = await story.service.fetch("SELECT agency_case_ref FROM agency_case")
    reference = rows[0]["agency_case_ref"]
    feed = await story.client("partner").get(f"/registry/v1/agency-cases/{reference}/events")
    assert feed.status_code == 200, feed.text
    return story, reference


async def test_a_confirmed_arrival_becomes_an_event_of_the_case(running: Run) -> None:
    story, reference = await disclosed(running)
    answer = await story.say("partner", "arrival.confirmed", agency_case_ref=reference, arrived_on="2026-03-02")
    assert answer.status_code == 202, answer.text
    event = (await story.service.published("registry.agency-message.received.v1"))[0]
    assert event.subject == story.case_id
    assert event.data["facts"] == {"arrived_on": "2026-03-02"}


async def test_the_same_id_counts_once_and_another_body_is_refused(running: Run) -> None:
    story, reference = await disclosed(running)
    said = [
        await story.say("partner", "person.not-met", message_id="msg_1", agency_case_ref=reference, on=day)
        for day in ("2026-03-02", "2026-03-02", "2026-03-01")
    ]
    assert [answer.status_code for answer in said] == [202, 202, 409]
    assert said[0].json() == said[1].json()
    assert len(await story.service.published("registry.agency-message.received.v1")) == 1


async def test_a_wrong_or_old_signature_is_refused(running: Run) -> None:
    story, reference = await disclosed(running)
    forged = await story.say("partner", "person.not-met", key=SigningKey.generate(), agency_case_ref=reference)
    assert (forged.status_code, forged.json()["slug"]) == (401, "signature-refused")
    bare = await story.client("partner").post("/registry/v1/agency-messages", content=b"{}")
    assert bare.status_code == 401


async def test_names_numbers_and_free_text_do_not_come_in(running: Run) -> None:
    story, reference = await disclosed(running)
    for extra in (
        {"name": "Zebulonia"},
        {"arrived_on": "tomorrow"},
        {"note": "x"},
        {"evidence": "I saw Zebulonia"},
    ):
        answer = await story.say("partner", "arrival.confirmed", agency_case_ref=reference, **extra)
        assert (answer.status_code, answer.json()["slug"]) == (422, "personal-data-not-accepted")
        assert "Zebulonia" not in answer.text
    rows = await story.service.fetch("SELECT count(*) AS n FROM agency_message")
    assert rows[0]["n"] == 0


async def test_foreign_unknown_and_undisclosed_references_are_answered_alike(running: Run) -> None:
    story, reference = await disclosed(running)
    foreign = await story.say("agency", "identity.confirmed", agency_case_ref=reference)
    unknown = await story.say("agency", "identity.confirmed", agency_case_ref="ac_unknown")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()


async def test_a_type_needs_its_role(running: Run) -> None:
    story, reference = await disclosed(running)
    answer = await story.say("partner", "identity.confirmed", agency_case_ref=reference)
    assert (answer.status_code, answer.json()["slug"]) == (403, "role-missing")


async def test_not_applied_is_shown_to_the_sender_only(running: Run) -> None:
    story, reference = await disclosed(running)
    said = (await story.say("partner", "arrival.confirmed", agency_case_ref=reference, arrived_on="2026-03-02")).json()
    refused = {
        "message_id": said["message_id"],
        "sender_id": story.ids["partner"],
        "message_type": "arrival.confirmed",
    }
    await story.fact("agency-message.not-applied", **refused, state="READY", reason_code="transition-not-allowed")
    path = f"/registry/v1/agency-messages/{said['message_id']}"
    assert (await story.client("partner").get(path)).json()["status"] == "not-applied"
    assert (await story.client("agency").get(path)).status_code == 404


async def test_hostile_headers_and_bodies_get_an_orderly_answer(running: Run) -> None:
    story, _ = await disclosed(running)
    chance = random.Random(11)
    client = story.client("partner")
    pieces = [
        b"{",
        b"}",
        b'"type"',
        b'"data"',
        b":",
        b",",
        b"[",
        b"null",
        b"\xff",
        b"\x00",
        b"1e999",
        b'"arrival.confirmed"',
        b" " * 9,
    ]
    for _ in range(150):
        body = b"".join(chance.choice(pieces) for _ in range(chance.randrange(12)))
        headers = {
            "webhook-id": chance.choice(["", "a.b", "x" * 200, "msg_1", "\u00e9"]).encode("latin-1"),
            "webhook-timestamp": chance.choice([b"", b"-1", b"1e9", b"99999999999999", b"1772442000"]),
            "webhook-signature": chance.choice([b"", b"v1a,", b"v1a,AAAA", b"v1," + b"A" * 5000, b",,,", b"\xff\xfe"]),
        }
        answer = await client.post("/registry/v1/agency-messages", content=body, headers=headers)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"

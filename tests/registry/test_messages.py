"""The one door in: signed, coded, from who may, about what was disclosed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.protection.signatures import SharedSecret, SigningKey
from shared.testing.plugin import Run
from tests.registry.story import RegistryStory

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def disclosed(running: Run, **settings: Any) -> tuple[RegistryStory, str]:
    story = RegistryStory(await running("registry", **settings))
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
    await story.service.fetch("UPDATE agency_case SET told = false")  # named for a case, and never told anything of it
    undisclosed = await story.say("partner", "person.not-met", agency_case_ref=reference)
    assert (undisclosed.status_code, undisclosed.json()) == (404, unknown.json())


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


@pytest.mark.parametrize(
    "data",
    [
        {"person_refs": ["Zebulonia"]},
        {"person_refs": "person_a"},
        {"in_reply_to": "Zebulonia"},
        {"on": "1987-04-12"},
        {"on": "2026-3-2"},
        {"on": 20260302},
        {"on": None},
    ],
)
async def test_references_and_days_cannot_carry_a_person(running: Run, data: dict[str, Any]) -> None:
    story, reference = await disclosed(running)
    answer = await story.say("partner", "person.not-met", agency_case_ref=reference, **data)
    assert answer.status_code in (404, 422), answer.text
    assert "Zebulonia" not in answer.text
    assert await story.service.published("registry.agency-message.received.v1") == []


@pytest.mark.parametrize(
    ("message_type", "data", "slug"),
    [
        ("data-destroyed.attested", {}, "message-not-understood"),
        ("data-destroyed.attested", {"result": "burnt"}, "personal-data-not-accepted"),
        ("data-destroyed.attested", {"result": "retained_under_national_law"}, "message-not-understood"),
        ("data-destroyed.attested", {"result": "destroyed", "article": "12"}, "personal-data-not-accepted"),
        ("referral.rejected", {"code": "zebulonia"}, "personal-data-not-accepted"),
        ("message.voided", {}, "message-not-understood"),
        ("nobody.knows", {}, "message-not-understood"),
    ],
)
async def test_a_type_says_its_own_facts_and_no_others(
    running: Run, message_type: str, data: dict[str, Any], slug: str
) -> None:
    story, reference = await disclosed(running)
    answer = await story.say("partner", message_type, agency_case_ref=reference, **data)
    assert (answer.status_code, answer.json()["slug"]) == (422, slug)


async def test_destruction_is_attested_in_three_ways(running: Run) -> None:
    story, reference = await disclosed(running)
    kept = {"article": "12a(3)", "data_classes": ["documents", "identity"], "retained_until": "2036-01-01"}
    for result, more in (("destroyed", {}), ("not_received", {}), ("retained_under_national_law", kept)):
        answer = await story.say("partner", "data-destroyed.attested", agency_case_ref=reference, result=result, **more)
        assert answer.status_code == 202, answer.text
    told = await story.service.published("registry.agency-message.received.v1")
    assert [event.data["facts"]["result"] for event in told][:2] == ["destroyed", "not_received"]
    assert told[2].data["facts"]["data_classes"] == "documents identity"


async def test_a_message_answers_what_was_told_by_id_or_number(running: Run) -> None:
    story, reference = await disclosed(running)
    delivery = (await story.service.fetch("SELECT id, sequence FROM delivery WHERE sequence IS NOT NULL"))[0]
    name = f"msg_{delivery['id'].hex}"
    for named in (name, str(delivery["sequence"])):
        said = await story.say("partner", "request.acknowledged", agency_case_ref=reference, in_reply_to=named)
        assert said.status_code == 202, said.text
    told = await story.service.published("registry.agency-message.received.v1")
    assert {event.data["in_reply_to"] for event in told} == {name}
    unknown = await story.say("partner", "request.acknowledged", agency_case_ref=reference, in_reply_to="9")
    assert unknown.status_code == 404


async def test_persons_named_are_among_those_disclosed(running: Run) -> None:
    story, reference = await disclosed(running)
    for persons, status in ((story.persons[:1], 202), (["person_of_another_case"], 404)):
        answer = await story.say("partner", "person.not-met", agency_case_ref=reference, person_refs=persons)
        assert answer.status_code == status
    told = await story.service.published("registry.agency-message.received.v1")
    assert [event.data["person_refs"] for event in told] == [story.persons[:1]]


async def test_a_sender_takes_its_own_message_back_once(running: Run) -> None:
    story, reference = await disclosed(running)
    first = await story.say("partner", "arrival.confirmed", message_id="mine", agency_case_ref=reference)
    other = await story.say("partner", "message.voided", agency_case_ref=reference, voids="unknown")
    assert other.status_code == 404
    voided = await story.say("partner", "message.voided", agency_case_ref=reference, voids="mine")
    assert voided.status_code == 202, voided.text
    told = await story.service.published("registry.agency-message.received.v1")
    assert told[1].data["facts"] == {"voids": first.json()["message_id"]}
    again = await story.say("partner", "message.voided", agency_case_ref=reference, voids="mine")
    assert (again.status_code, again.json()["slug"]) == (409, "already-voided")
    path = f"/registry/v1/agency-messages/{first.json()['message_id']}"
    assert (await story.client("partner").get(path)).json()["status"] == "voided"
    late = await story.say("partner", "arrival.confirmed", message_id="mine", agency_case_ref=reference)
    assert (late.status_code, late.json()["status"]) == (202, "voided"), "sent again it does not come back to life"
    assert len(await story.service.published("registry.agency-message.received.v1")) == 2


async def test_twins_at_the_same_moment_have_one_effect(running: Run) -> None:
    story, reference = await disclosed(running)
    body = {"message_id": "msg_twin", "agency_case_ref": reference, "on": "2026-03-02"}
    answers = await asyncio.gather(*(story.say("partner", "person.not-met", **body) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["message_id"] for answer in answers}) == 1
    assert len(await story.service.published("registry.agency-message.received.v1")) == 1


async def test_an_old_or_early_message_is_refused_at_three_hundred_seconds(running: Run) -> None:
    story, reference = await disclosed(running)
    for offset, status in ((-301, 401), (-300, 202), (300, 202), (301, 401)):
        answer = await story.say("partner", "person.not-met", offset=offset, agency_case_ref=reference)
        assert answer.status_code == status, offset


async def test_an_id_is_remembered_for_ever(running: Run) -> None:
    story, reference = await disclosed(running)
    first = await story.say("partner", "person.not-met", message_id="msg_old", agency_case_ref=reference)
    story.service.clock.advance(days=4000)
    again = await story.say("partner", "person.not-met", message_id="msg_old", agency_case_ref=reference)
    assert again.json()["message_id"] == first.json()["message_id"]
    other = await story.say("partner", "arrival.confirmed", message_id="msg_old", agency_case_ref=reference)
    assert (other.status_code, other.json()["slug"]) == (409, "message-id-reused")


async def test_own_messages_are_listed_with_what_became_of_them(running: Run) -> None:
    story, reference = await disclosed(running)
    said = [(await story.say("partner", "arrival.confirmed", agency_case_ref=reference)).json() for _ in range(3)]
    refused = {"message_id": said[1]["message_id"], "sender_id": story.ids["partner"]}
    refused |= {"message_type": "arrival.confirmed", "state": "READY", "reason_code": "transition-not-allowed"}
    await story.fact("agency-message.not-applied", **refused)
    own = (await story.client("partner").get("/registry/v1/agency-messages")).json()["items"]
    assert [entry["status"] for entry in own] == ["received", "not-applied", "received"]
    assert own[1]["reason_code"] == "transition-not-allowed"
    page = await story.client("partner").get("/registry/v1/agency-messages?status=not-applied")
    assert [entry["message_id"] for entry in page.json()["items"]] == [said[1]["message_id"]]
    newest: dict[str, Any] = {"newest_first": True, "limit": 2}
    first = (await story.client("partner").get("/registry/v1/agency-messages", params=newest)).json()
    newest["cursor"] = first["next_cursor"]
    then = (await story.client("partner").get("/registry/v1/agency-messages", params=newest)).json()
    assert [entry["message_id"] for entry in first["items"] + then["items"]] == [
        entry["message_id"] for entry in reversed(said)
    ]
    assert (await story.client("agency").get("/registry/v1/agency-messages")).json()["items"] == []


async def test_refusals_are_counted_without_what_was_sent(running: Run) -> None:
    story, reference = await disclosed(running)
    for _ in range(2):
        await story.say("partner", "arrival.confirmed", agency_case_ref=reference, note="Zebulonia")
    await story.say("partner", "arrival.confirmed", key=SigningKey.generate(), agency_case_ref=reference)
    counted = (await story.admin.get("/registry/v1/agency-messages/refused")).json()
    found = {(entry["slug"], entry["reason"], entry["times"]) for entry in counted}
    assert found == {("personal-data-not-accepted", "", 2), ("signature-refused", "no-signature-matches", 1)}
    assert {entry["sender_id"] for entry in counted} == {story.ids["partner"]}
    assert (await story.client("agency").get("/registry/v1/agency-messages/refused")).json() == []
    metrics = (await story.service.client().get("/registry/metrics")).text
    assert 'agency_messages_total{door="signed",outcome="personal-data-not-accepted"} 2.0' in metrics
    assert "Zebulonia" not in metrics


async def test_a_sender_that_sends_too_fast_waits_until_the_next_minute(running: Run) -> None:
    story = RegistryStory(await running("registry", messages_per_minute=3))
    await story.enrol()
    said = [await story.say("partner", "person.not-met", agency_case_ref="ac_unknown") for _ in range(4)]
    assert [answer.status_code for answer in said] == [404, 404, 404, 429]
    assert (said[3].json()["slug"], said[3].headers["retry-after"]) == ("too-many-messages", "60")
    other = await story.say("agency", "identity.confirmed", agency_case_ref="ac_unknown")
    assert other.status_code == 404
    story.service.clock.advance(seconds=60)
    assert (await story.say("partner", "person.not-met", agency_case_ref="ac_unknown")).status_code == 404


async def test_a_shared_secret_signs_too_and_is_shown_once(running: Run) -> None:
    story, reference = await disclosed(running)
    path = f"/registry/v1/recipients/{story.ids['partner']}/keys"
    made = await story.admin.post(path, json={"use": "signing", "algorithm": "v1"})
    assert made.status_code == 201, made.text
    secret = SharedSecret.parse(made.json()["secret"])
    answer = await story.say("partner", "person.not-met", key=secret, agency_case_ref=reference)
    assert answer.status_code == 202, answer.text
    listed = (await story.client("partner").get(path)).json()
    assert [entry["secret"] for entry in listed] == [None, None]
    assert (await story.client("agency").get(path)).status_code == 404


async def test_a_key_is_replaced_with_an_overlap_and_retired_at_once_when_lost(running: Run) -> None:
    story, reference = await disclosed(running)
    path = f"/registry/v1/recipients/{story.ids['partner']}/keys"
    old = (await story.admin.get(path)).json()[0]["id"]
    new, spare = SigningKey.generate(), SigningKey.generate()
    body = {"use": "signing", "algorithm": "v1a", "public_key": str(new.public), "replaces": old, "overlap_hours": 2}
    assert (await story.admin.post(path, json=body)).status_code == 201

    async def status(key: SigningKey | None) -> int:
        answer = await story.say("partner", "person.not-met", key=key, agency_case_ref=reference)
        return int(answer.status_code)

    assert (await status(None), await status(new)) == (202, 202)
    story.service.clock.advance(hours=2)
    assert (await status(None), await status(new)) == (401, 202)
    body = {"use": "signing", "algorithm": "v1a", "public_key": str(spare.public)}
    lost = (await story.admin.post(path, json=body)).json()["id"]
    retired = await story.client("partner").post(f"{path}/{lost}/retirement", json={})
    assert retired.status_code == 200, retired.text
    assert (await status(spare), await status(new)) == (401, 202)
    assert (await story.client("agency").post(f"{path}/{lost}/retirement", json={})).status_code == 404


@pytest.mark.parametrize(
    "key",
    [
        {"use": "signing", "algorithm": "v1a", "public_key": "whpk_AAAA"},
        {"use": "signing", "algorithm": "v1a"},
        {"use": "signing", "algorithm": "X25519", "public_key": "A" * 43},
        {"use": "encryption", "algorithm": "v1a"},
        {"use": "encryption", "algorithm": "X25519", "public_key": "A" * 10},
        {"use": "signing", "algorithm": "v1", "public_key": "whsec_AAAA"},
    ],
)
async def test_a_key_that_is_none_is_not_entered(running: Run, key: dict[str, Any]) -> None:
    story = RegistryStory(await running("registry"))
    await story.enrol()
    answer = await story.admin.post(f"/registry/v1/recipients/{story.ids['agency']}/keys", json=key)
    assert (answer.status_code, answer.json()["slug"]) == (422, "key-not-readable")


async def test_answers_by_form_are_the_same_messages_for_those_who_may(running: Run) -> None:
    story, reference = await disclosed(running)
    client = story.client("partner")
    body = {"type": "person.not-met", "data": {"agency_case_ref": reference, "on": "2026-03-02"}}
    shut = await client.post("/registry/v1/agency-messages/forms", json=body)
    assert (shut.status_code, shut.json()["slug"]) == (403, "form-not-opened")
    await story.service.fetch("UPDATE recipient SET answers_by_form = true")
    headers = {"Idempotency-Key": "once"}
    for _ in range(2):
        said = await client.post("/registry/v1/agency-messages/forms", json=body, headers=headers)
        assert said.status_code == 202, said.text
    assert len(await story.service.published("registry.agency-message.received.v1")) == 1
    named = {**body, "data": {**body["data"], "note": "Zebulonia"}}
    refused = await client.post("/registry/v1/agency-messages/forms", json=named)
    assert (refused.status_code, refused.json()["slug"]) == (422, "personal-data-not-accepted")
    foreign = await story.client("agency").post("/registry/v1/agency-messages/forms", json=body)
    assert foreign.status_code == 403

"""A request through the kit: authority, idempotency, lost updates, problems, pages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.testing.running import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def create(sample: RunningService, **claims: Any) -> dict[str, Any]:
    answer = await sample.client("caseworker", offices=["ZRH"], **claims).post("/sample/v1/notes", json={"code": "a"})
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "etag": answer.headers["ETag"], "location": answer.headers["Location"]}


async def test_a_new_row_has_location_and_etag(sample: RunningService) -> None:
    note = await create(sample)
    assert note["location"] == f"/sample/v1/notes/{note['id']}"
    assert note["etag"] == '"1"'


async def test_without_a_token_nothing_is_told(sample: RunningService) -> None:
    answer = await sample.client().get("/sample/v1/notes")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["slug"] == "unauthenticated"


async def test_the_wrong_role_is_refused(sample: RunningService) -> None:
    answer = await sample.client("provider", provider_id="p").get("/sample/v1/notes")
    assert (answer.status_code, answer.json()["slug"]) == (403, "forbidden")


async def test_outside_the_scope_looks_like_absent(sample: RunningService) -> None:
    note = await create(sample)
    stranger = sample.client("caseworker", offices=["BRN"])
    foreign = await stranger.get(f"/sample/v1/notes/{note['id']}")
    absent = await stranger.get("/sample/v1/notes/0199c0de-0000-7000-8000-000000000001")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()


async def test_a_post_needs_an_idempotency_key(sample: RunningService) -> None:
    client = sample.client("caseworker", offices=["ZRH"])
    answer = await client.post("/sample/v1/notes", json={"code": "a"}, headers={"Idempotency-Key": "not a key"})
    assert (answer.status_code, answer.json()["slug"]) == (400, "idempotency-key-missing")


async def test_a_repeated_post_has_one_effect_and_the_same_answer(sample: RunningService) -> None:
    client = sample.client("caseworker", offices=["ZRH"])
    first = await client.post("/sample/v1/notes", json={"code": "a"}, headers={"Idempotency-Key": "one"})
    again = await client.post("/sample/v1/notes", json={"code": "a"}, headers={"Idempotency-Key": "one"})
    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len((await client.get("/sample/v1/notes")).json()["items"]) == 1


async def test_a_key_used_for_another_request_is_refused(sample: RunningService) -> None:
    client = sample.client("caseworker", offices=["ZRH"])
    await client.post("/sample/v1/notes", json={"code": "a"}, headers={"Idempotency-Key": "one"})
    other = await client.post("/sample/v1/notes", json={"code": "b"}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["slug"]) == (422, "idempotency-key-reused")


async def test_a_failed_request_leaves_its_key_free(sample: RunningService) -> None:
    note = await create(sample)
    client = sample.client("caseworker", offices=["ZRH"])
    path, key = f"/sample/v1/notes/{note['id']}/count", {"Idempotency-Key": "one"}
    stale = await client.post(path, headers={**key, "If-Match": '"9"'})
    fresh = await client.post(path, headers={**key, "If-Match": '"1"'})
    assert (stale.status_code, fresh.status_code) == (412, 200)


async def test_concurrent_twins_have_one_effect(sample: RunningService) -> None:
    note = await create(sample)
    client = sample.client("caseworker", offices=["ZRH"])
    headers = {"Idempotency-Key": "twin", "If-Match": '"1"'}
    answers = await asyncio.gather(
        *(client.post(f"/sample/v1/notes/{note['id']}/count", headers=headers) for _ in range(6))
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert (await client.get(f"/sample/v1/notes/{note['id']}")).json()["count"] == 1
    assert len(await sample.published("sample.note.counted.v1")) == 1


async def test_a_lost_update_is_refused(sample: RunningService) -> None:
    note = await create(sample)
    client = sample.client("caseworker", offices=["ZRH"])
    path = f"/sample/v1/notes/{note['id']}/count"
    answers = await asyncio.gather(*(client.post(path, headers={"If-Match": '"1"'}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_a_change_needs_if_match(sample: RunningService) -> None:
    note = await create(sample)
    answer = await sample.client("caseworker", offices=["ZRH"]).post(f"/sample/v1/notes/{note['id']}/count")
    assert (answer.status_code, answer.json()["slug"]) == (428, "if-match-required")


async def test_sequences_are_gapless_per_key(sample: RunningService) -> None:
    note = await create(sample)
    client = sample.client("caseworker", offices=["ZRH"])
    for version in range(1, 4):
        path = f"/sample/v1/notes/{note['id']}/count"
        assert (await client.post(path, headers={"If-Match": f'"{version}"'})).status_code == 200
    events = await sample.published()
    assert [event.number for event in events] == [1, 2, 3]
    assert {event.subject for event in events} == {note["id"]}
    assert events[0].data["actor_role"] == "caseworker"


async def test_pages_go_through_everything_once(sample: RunningService) -> None:
    for _ in range(5):
        await create(sample)
    client, seen, cursor = sample.client("caseworker", offices=["ZRH"]), [], None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/sample/v1/notes", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("cursor", ["x", "W10", "eyJhIjoxfQ", "WzFd", "\u00e9", "W1tbW1tdXV1dXQ"])
async def test_a_foreign_cursor_is_refused(sample: RunningService, cursor: str) -> None:
    answer = await sample.client("caseworker", offices=["ZRH"]).get("/sample/v1/notes", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["slug"]) == (400, "cursor-not-valid")


@pytest.mark.parametrize("body", [{"code": "a\u0000b"}, {"code": "\ud800"}, {"code": 1}, {}, {"code": "a", "x": 1}, []])
async def test_odd_bodies_get_a_problem_and_no_value_back(sample: RunningService, body: Any) -> None:
    import json

    content = json.dumps(body).encode()
    client = sample.client("caseworker", offices=["ZRH"])
    answer = await client.post("/sample/v1/notes", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_over_the_limit_is_refused(sample: RunningService) -> None:
    client = sample.client("caseworker", offices=["ZRH"])
    answer = await client.post("/sample/v1/notes", json={"code": "a" * 2_000_000})
    assert (answer.status_code, answer.json()["slug"]) == (413, "payload-too-large")


async def test_commands_and_reads_are_audited(sample: RunningService) -> None:
    note = await create(sample)
    client = sample.client("caseworker", offices=["ZRH"], subject="cw-7")
    await client.post(f"/sample/v1/notes/{note['id']}/count", headers={"If-Match": '"1"'})
    rows = await sample.fetch("SELECT actor, actor_role, action, subject FROM audit")
    assert [tuple(row) for row in rows] == [("cw-7", "caseworker", "note.counted", note["id"])]


async def test_an_event_has_its_effect_once(sample: RunningService) -> None:
    note = await create(sample)
    event_id = "0199c0de-0000-7000-8000-00000000000a"
    for _ in range(3):
        data = {"note_id": note["id"]}
        await sample.receive("other.thing.happened.v1", data, key=note["id"], event_id=event_id)
    shown = await sample.client("caseworker", offices=["ZRH"]).get(f"/sample/v1/notes/{note['id']}")
    assert shown.json()["count"] == 1


async def test_health_and_metrics_are_open(sample: RunningService) -> None:
    client = sample.client()
    assert (await client.get("/sample/health/live")).status_code == 200
    assert (await client.get("/sample/health/ready")).json() == {"status": "ready", "reasons": {}}
    assert "http_requests" in (await client.get("/sample/metrics")).text

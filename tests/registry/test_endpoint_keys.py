"""Keys of endpoints: public or shared, shown once, replaced with an overlap, retired early."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.protection.signatures import PublicKey, SharedSecret, SignatureRefused, Trusted, verify
from tests.registry.story import gone_live
from tests.registry.told import ROOT, Told
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rotated(told: Told, endpoint_id: str, **body: Any) -> dict[str, Any]:
    answer = await told.partner.post(f"{ROOT}/webhook-endpoints/{endpoint_id}/secret-rotations", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def newest(told: Told) -> tuple[dict[str, str], bytes]:
    """What the receiver got last, after another fact was told."""
    await told.another_case()
    await told.send()
    return told.hook.got[-1]


def holds(told: Told, key: Trusted, got: tuple[dict[str, str], bytes]) -> bool:
    headers, body = got
    try:
        verify([key], headers, body, now=told.clock.now().timestamp())
    except SignatureRefused:
        return False
    return True


def trusted(key: dict[str, Any]) -> Trusted:
    return PublicKey.parse(key["public_key"]) if key["scheme"] == "v1a" else SharedSecret.parse(key["secret"])


async def test_a_shared_secret_is_shown_once_sealed_and_signs(told: Told) -> None:
    body = {
        "owner_id": told.story.ids["agency"],
        "url": told.hook.url,
        "event_types": ["request.package-ready"],
        "scheme": "v1",
    }
    key = {"Idempotency-Key": str(uuid4())}
    agency = told.story.client("agency")
    made = await agency.post(f"{ROOT}/webhook-endpoints", json=body, headers=key)
    again = await agency.post(f"{ROOT}/webhook-endpoints", json=body, headers=key)
    secret, endpoint = made.json()["secret"], made.json()["id"]
    await gone_live(told.story.service, endpoint)
    assert (again.json()["id"], again.json()["secret"], made.json()["public_key"]) == (endpoint, None, None)
    keys = (await agency.get(f"{ROOT}/webhook-endpoints/{endpoint}/keys")).json()
    assert [(entry["scheme"], entry["secret"], entry["current"]) for entry in keys] == [("v1", None, True)]
    (row,) = await told.story.service.fetch("SELECT * FROM endpoint_key WHERE scheme = 'v1'")
    assert SharedSecret.parse(secret).raw not in row["sealed_key"]
    await agency.post(f"{ROOT}/webhook-endpoints/{endpoint}/test-events")
    await told.send()
    headers, sent = told.hook.got[-1]
    assert headers["webhook-signature"].startswith("v1,")
    verify([SharedSecret.parse(secret)], headers, sent, now=told.clock.now().timestamp())


@pytest.mark.parametrize("scheme", ["v1a", "v1"])
async def test_both_keys_sign_for_a_day_then_only_the_new_one(told: Told, scheme: str) -> None:
    old = PublicKey.parse(told.endpoint["public_key"])
    new = trusted(await rotated(told, told.endpoint["id"], scheme=scheme))
    got = await newest(told)
    assert (holds(told, old, got), holds(told, new, got)) == (True, True)
    assert len(got[0]["webhook-signature"].split(" ")) == 2
    told.clock.advance(hours=25)
    got = await newest(told)
    assert (holds(told, old, got), holds(told, new, got)) == (False, True)


async def test_an_old_key_is_retired_early_and_the_current_one_cannot_be(told: Told) -> None:
    await rotated(told, told.endpoint["id"], overlap_hours=168)
    path = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/keys"
    current, old = (await told.partner.get(path)).json()
    refused = await told.partner.post(f"{path}/{current['id']}/retirement")
    assert (refused.status_code, refused.json()["slug"]) == (409, "key-in-use")
    retired = await told.partner.post(f"{path}/{old['id']}/retirement")
    assert retired.json()["retires_at"] is not None
    got = await newest(told)
    assert not holds(told, PublicKey.parse(old["public_key"]), got)
    assert holds(told, PublicKey.parse(current["public_key"]), got)


async def test_there_is_an_end_to_live_keys(told: Told) -> None:
    for _ in range(4):
        await rotated(told, told.endpoint["id"])
    path = f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/secret-rotations"
    refused = await told.partner.post(path, json={})
    assert (refused.status_code, refused.json()["slug"]) == (409, "too-many-keys")
    told.clock.advance(hours=25)
    assert (await told.partner.post(path, json={})).status_code == 201


async def test_keys_of_others_do_not_exist(told: Told) -> None:
    agency, path = told.story.client("agency"), f"{ROOT}/webhook-endpoints/{told.endpoint['id']}"
    assert (await agency.get(f"{path}/keys")).status_code == 404
    assert (await agency.post(f"{path}/secret-rotations", json={})).status_code == 404
    assert (await agency.post(f"{path}/keys/{uuid4()}/retirement")).status_code == 404
    assert (await told.partner.post(f"{path}/keys/{uuid4()}/retirement")).status_code == 404
    wrong = await told.partner.post(f"{path}/secret-rotations", json={}, headers={"If-Match": '"7"'})
    assert wrong.status_code == 412


async def test_an_endpoint_of_the_last_version_still_signs(told: Told) -> None:
    await told.story.service.fetch("DELETE FROM endpoint_key")
    assert holds(told, PublicKey.parse(told.endpoint["public_key"]), await newest(told))

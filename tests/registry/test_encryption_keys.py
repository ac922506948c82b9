"""Encryption keys of organisations: only real ones are taken, and whoever encrypts learns of every change."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.testing.plugin import Run
from tests.registry.story import RegistryStory
from tests.returns.opening import public_half

pytestmark = pytest.mark.asyncio(loop_scope="session")
JOB = "tell-encryption-keys"


async def enrolled(running: Run) -> RegistryStory:
    story = RegistryStory(await running("registry"))
    await story.enrol()
    return story


async def entered(story: RegistryStory, public_key: str, expect: int = 201, **more: Any) -> dict[str, Any]:
    body = {"use": "encryption", "algorithm": "X25519", "public_key": public_key, **more}
    answer = await story.admin.post(f"/registry/v1/recipients/{story.ids['agency']}/keys", json=body)
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def told(story: RegistryStory) -> list[list[tuple[str, bool]]]:
    """What was told each time: the keys, newest first, and whether each has an end."""
    facts = await story.service.published("registry.recipient.keys-changed.v1")
    assert {fact.subject for fact in facts} <= {story.ids["agency"]}
    return [
        [(key["public_key"], key["valid_until"] is not None) for key in fact.data["encryption_keys"]] for fact in facts
    ]


async def test_every_change_is_told_with_all_that_are_in_use(running: Run) -> None:
    story = await enrolled(running)
    old, new = (public_half(X25519PrivateKey.generate()) for _ in range(2))
    first = await entered(story, old)
    second = await entered(story, new, replaces=first["id"], overlap_hours=1)
    assert await told(story) == [[(old, False)], [(new, False), (old, True)]]
    path = f"/registry/v1/recipients/{story.ids['agency']}/keys"
    assert (await story.client("agency").post(f"{path}/{second['id']}/retirement", json={})).status_code == 200
    assert (await told(story))[-1] == [(old, True)]
    story.service.clock.advance(hours=2)
    await story.service.run_job(JOB)
    assert len(await told(story)) == 3


async def test_keys_entered_before_anybody_asked_are_told_once(running: Run) -> None:
    story = await enrolled(running)
    key = public_half(X25519PrivateKey.generate())
    await entered(story, key)
    await story.service.fetch("UPDATE recipient_key SET told_at = NULL")
    for _ in range(2):
        await story.service.run_job(JOB)
    assert await told(story) == [[(key, False)], [(key, False)]]


@pytest.mark.parametrize("point", [bytes(32), bytes([1, *bytes(31)])])
async def test_a_point_that_gives_everybody_the_same_secret_is_no_key(running: Run, point: bytes) -> None:
    story = await enrolled(running)
    refused = await entered(story, base64.urlsafe_b64encode(point).decode().rstrip("="), expect=422)
    assert refused["slug"] == "key-not-readable"
    assert await told(story) == []


async def test_signing_keys_are_not_told(running: Run) -> None:
    story = await enrolled(running)
    body = {"use": "signing", "algorithm": "v1"}
    await story.admin.post(f"/registry/v1/recipients/{story.ids['agency']}/keys", json=body)
    assert await told(story) == []

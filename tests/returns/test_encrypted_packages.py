"""Whoever has an encryption key gets packages encrypted to it, and in no other form; anybody else is warned."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.protection.encryption import encrypted_to
from shared.testing.plugin import Run
from tests.returns.opening import opened, public_half
from tests.returns.story import CONSULATE, FAMILY, NAME
from tests.returns.test_disclosures import Packages, packages

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def approved(running: Run) -> tuple[Packages, dict[str, Any]]:
    told = await packages(running, FAMILY)
    package = await told.package()
    assert (await told.approve(package)).status_code == 200
    return told, package


async def keys(told: Packages, *live: tuple[X25519PrivateKey, str | None]) -> list[str]:
    """What registry tells: the consulate's keys, newest first, each with its end."""
    named = [{"key_id": str(uuid4()), "public_key": public_half(key), "valid_until": until} for key, until in live]
    fact = {"recipient_id": CONSULATE, "encryption_keys": named}
    await told.service.receive("registry.recipient.keys-changed.v1", fact, key=CONSULATE)
    return [entry["key_id"] for entry in named]


async def preview(told: Packages, package: dict[str, Any]) -> dict[str, Any]:
    path = f"/returns/v1/cases/{told.id}/disclosures/{package['id']}/preview"
    found: dict[str, Any] = (await told.caseworker.get(path)).json()
    return found


async def test_the_package_is_the_preview_encrypted_to_the_key(running: Run) -> None:
    told, package = await approved(running)
    key = X25519PrivateKey.generate()
    (key_id,) = await keys(told, (key, None))
    read = await told.read(package)
    assert (read.status_code, read.headers["content-type"]) == (200, "application/jose")
    assert read.headers["cache-control"] == "no-store"
    assert NAME not in read.text
    header, content = opened(read.text, key)
    assert (header["alg"], header["enc"], header["kid"]) == ("ECDH-ES+A256KW", "A256GCM", key_id)
    shown = await preview(told, package)
    assert (content["persons"], content["disclosure_id"]) == (shown["persons"], package["id"])
    assert shown["warnings"] == content["warnings"] == []
    assert len(await told.service.published("returns.disclosure.made.v1")) == 1
    assert opened((await told.read(package)).text, key)[1] == content
    assert (await told.read(package)).text != read.text


async def test_without_a_key_it_is_as_before_with_a_warning_to_both(running: Run) -> None:
    told, package = await approved(running)
    read = (await told.read(package)).json()
    assert read["warnings"] == (await preview(told, package))["warnings"] == ["not_encrypted"]


async def test_while_a_key_is_replaced_the_newest_is_used_and_an_ended_one_is_not(running: Run) -> None:
    told, package = await approved(running)
    old, new = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    await keys(told, (new, None), (old, "2026-03-03T09:00:00Z"))
    assert opened((await told.read(package)).text, new)[1]["persons"]
    ended = (told.service.clock.now()).isoformat()
    await keys(told, (new, ended), (old, None))
    assert opened((await told.read(package)).text, old)[1]["persons"]


async def test_a_retired_key_does_not_give_packages_in_clear(running: Run) -> None:
    told, package = await approved(running)
    await keys(told, (X25519PrivateKey.generate(), None))
    await keys(told)
    refused = await told.read(package)
    assert (refused.status_code, refused.json()["slug"]) == (409, "encryption-key-needed")
    assert NAME not in refused.text
    assert await told.service.published("returns.disclosure.made.v1") == []


async def test_keys_of_somebody_who_is_no_recipient_are_passed_over(running: Run) -> None:
    told, package = await approved(running)
    fact = {"recipient_id": str(uuid4()), "encryption_keys": []}
    await told.service.receive("registry.recipient.keys-changed.v1", fact, key=fact["recipient_id"])
    assert (await told.read(package)).json()["warnings"] == ["not_encrypted"]


async def test_an_answer_sealed_to_the_package_is_opened_here_and_one_that_is_not_is_refused(running: Run) -> None:
    told, package = await approved(running)
    read = (await told.read(package)).json()
    consulate = told.service.client("partner_agency", agency_id=CONSULATE)
    path = f"/returns/v1/agency-disclosures/{package['id']}/answer"
    entry = {"person_ref": package["person_refs"][0], "outcome": "identity_confirmed", "issuer": "GEO"}
    content = json.dumps({"answers": [{**entry, "document_number": "GE-1"}]}).encode()
    sealed = encrypted_to(read["answer_key"]["x"], content, key_id="any")
    taken = await consulate.post(path, json={"sealed": sealed})
    assert taken.status_code == 200, taken.text
    own = f"/returns/v1/cases/{told.id}/disclosures/{package['id']}/answers"
    (answer,) = (await told.officer.get(own)).json()
    assert answer["document_number"] == "GE-1"
    assert (await told.read(package)).json()["answer_key"] == read["answer_key"]
    stranger = public_half(X25519PrivateKey.generate())
    refused = [
        encrypted_to(stranger, content, key_id="any"),
        encrypted_to(read["answer_key"]["x"], b'{"answers": [{"person_ref": "Zebulonia"}]}', key_id="any"),
        encrypted_to(read["answer_key"]["x"], json.dumps({"sealed": sealed}).encode(), key_id="any"),
        encrypted_to(read["answer_key"]["x"], b"[" * 9_000, key_id="any"),
        sealed[:-3],
    ]
    for body in refused:
        said = await consulate.post(path, json={"sealed": body})
        assert (said.status_code, said.json()["slug"]) == (422, "sealed-answer-not-understood"), said.text
        assert "Zebulonia" not in said.text
    for both in ({}, {"sealed": sealed, "answers": [entry]}):
        assert (await consulate.post(path, json=both)).status_code == 422


async def test_another_package_has_another_key(running: Run) -> None:
    told, package = await approved(running)
    other = await told.package()
    assert (await told.approve(other)).status_code == 200
    keys = [(await told.read(each)).json()["answer_key"]["x"] for each in (package, other)]
    assert keys[0] != keys[1]
    preview = f"/returns/v1/cases/{told.id}/disclosures/{package['id']}/preview"
    assert (await told.caseworker.get(preview)).json()["answer_key"] is None

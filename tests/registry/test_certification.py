"""Certification: a receiver that is right goes live, and whatever it gets wrong is found and named."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from deploy.local import reference_receiver
from services.registry.commands.certify_endpoint import CERTIFIER, run_next
from services.registry.commands.send_deliveries import send_due
from services.registry.domain.certification import CHECKS, TEST_REFERENCE
from services.registry.domain.disclosure_matrix import TEST_EVENT
from services.registry.persistence.certifications import CLAIM_SECONDS, claim_run
from shared.http.outbound import OutboundClient
from shared.protection.signatures import PublicKey, SigningKey
from shared.testing.eventually import eventually
from shared.testing.plugin import Run
from tests.registry.receiver import receiver
from tests.registry.story import RegistryStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAMES = [check.name for check in CHECKS]
TYPES = ["itinerary.confirmed", "request.ended"]


class Certified:
    """An endpoint of the partner and its certification."""

    def __init__(self, story: RegistryStory, client: OutboundClient) -> None:
        self.story, self.client = story, client

    async def endpoint(self, url: str) -> dict[str, Any]:
        self.made = await self.story.endpoint("partner", url, TYPES, live=False)
        self.path = f"/registry/v1/webhook-endpoints/{self.made['id']}"
        return self.made

    async def run(self) -> dict[str, Any]:
        asked = await self.story.client("partner").post(f"{self.path}/certification", json={})
        assert asked.status_code == 202, asked.text
        assert await run_next(self.story.service.runtime, self.client)
        found = await self.story.client("partner").get(f"{self.path}/certifications/{asked.json()['id']}")
        result: dict[str, Any] = found.json()
        return result

    async def status(self) -> str:
        found = (await self.story.client("partner").get("/registry/v1/webhook-endpoints")).json()["items"]
        return str(next(entry["status"] for entry in found if entry["id"] == self.made["id"]))


@pytest_asyncio.fixture(loop_scope="session")
async def certified(running: Run) -> AsyncIterator[Certified]:
    service = await running("registry")
    service.clock.advance(seconds=time.time() - service.clock.now().timestamp())  # receivers look at their own clock
    story = RegistryStory(service)
    await story.enrol()
    client = OutboundClient(allow_loopback=True, deadline_seconds=3)
    yield Certified(story, client)
    await client.close()


@contextmanager
def serving() -> Iterator[tuple[Callable[[dict[str, Any]], None], str]]:
    """The reference receiver on loopback; it is told afterwards which endpoint's key to trust."""
    trusted = reference_receiver.serve(0, str(SigningKey.generate().public))
    handler = trusted.RequestHandlerClass
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]

    def trust(endpoint: dict[str, Any]) -> None:
        raw = PublicKey.parse(endpoint["public_key"]).raw
        handler.key = Ed25519PublicKey.from_public_bytes(raw)  # type: ignore[attr-defined]

    threading.Thread(target=trusted.serve_forever, daemon=True).start()
    try:
        yield trust, f"http://127.0.0.1:{trusted.server_address[1]}/hook"
    finally:
        trusted.shutdown()
        trusted.server_close()


async def test_the_reference_receiver_passes_and_goes_live(certified: Certified) -> None:
    with serving() as (trust, url):
        endpoint = await certified.endpoint(url)
        trust(endpoint)
        assert endpoint["status"] == "testing"
        found = await certified.run()
    assert {result["check"]: result["passed"] for result in found["results"]} == dict.fromkeys(NAMES, True)
    assert (found["status"], found["passed"], await certified.status()) == ("passed", len(CHECKS), "active")


async def test_the_reference_receiver_is_short() -> None:
    assert len(Path(reference_receiver.__file__).read_text(encoding="utf-8").splitlines()) < 60


VERIFIED = reference_receiver.verified
SEEN: set[str] = set()


def believes_everything(*_: Any) -> bool:
    return True


def looks_at_the_first_signature(key: Any, identity: str, at: str, signatures: str, body: bytes) -> bool:
    return VERIFIED(key, identity, at, signatures.split(" ")[0], body)


def refuses_what_it_knows(key: Any, identity: str, *rest: Any) -> bool:
    known = identity in SEEN
    SEEN.add(identity)
    return not known and VERIFIED(key, identity, *rest)


def trims_the_body(key: Any, identity: str, at: str, signatures: str, body: bytes) -> bool:
    return any(VERIFIED(key, identity, at, signatures, text) for text in (body, body + b" "))


WORSE = [
    ({"TOLERANCE_SECONDS": 10**9}, {"late", "early"}),
    ({"LARGEST_BODY": 10**9}, {"oversized"}),
    ({"verified": believes_everything}, {"late", "early", "wrongly_signed", "altered", "unsigned"}),
    ({"verified": looks_at_the_first_signature}, {"rotated_key"}),
    ({"verified": refuses_what_it_knows}, {"duplicate"}),
    ({"verified": trims_the_body}, {"altered"}),
]


@pytest.mark.parametrize(("change", "wrong"), WORSE, ids=lambda value: "-".join(sorted(map(str, value))))
async def test_each_weakness_is_found_and_nothing_else(
    certified: Certified, change: dict[str, Any], wrong: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in change.items():
        monkeypatch.setattr(reference_receiver, name, value)
    with serving() as (trust, url):
        endpoint = await certified.endpoint(url)
        trust(endpoint)
        found = await certified.run()
    assert {result["check"] for result in found["results"] if not result["passed"]} == wrong
    assert (found["status"], await certified.status()) == ("failed", "testing")


@pytest.mark.parametrize(
    ("answer", "right"),
    [("204 No Content", 4), ("401 No", 6), ("500 Broken", 0), ("302 Found|location: http://127.0.0.1/", 0)],
)
async def test_one_answer_for_everything_does_not_pass(certified: Certified, answer: str, right: int) -> None:
    async with receiver() as hook:
        await certified.endpoint(hook.url)
        hook.script = [answer] * 12
        found = await certified.run()
    assert (found["status"], found["passed"]) == ("failed", right)


async def test_nobody_listening_is_a_failure_that_says_so(certified: Certified) -> None:
    await certified.endpoint("http://127.0.0.1:9/hook")
    found = await certified.run()
    assert (found["status"], found["passed"]) == ("failed", 0)
    assert {answer["error"] for result in found["results"] for answer in result["answers"]} != {None}


async def test_tests_carry_the_reserved_marker_and_do_not_say_what_they_test(certified: Certified) -> None:
    async with receiver() as hook:
        await certified.endpoint(hook.url)
        await certified.run()
    assert len(hook.bodies) == 12
    for body in hook.bodies:
        assert (body["type"], body["data"]["test"], body["data"]["agency_case_ref"]) == (
            TEST_EVENT,
            True,
            TEST_REFERENCE,
        )
        assert set(body["data"]) <= {"test", "agency_case_ref", "sequence", "occurred_at", "padding"}
    numbers = [body["data"]["sequence"] for body in hook.bodies]
    assert (sorted(set(numbers)), len({headers["webhook-id"] for headers, _ in hook.got})) == (list(range(1, 12)), 11)
    (twice,) = {number for number in numbers if numbers.count(number) == 2}
    names = [headers["webhook-id"] for headers, _ in hook.got]
    assert names[numbers.index(twice)] == names[numbers.index(twice) + 1]
    assert [first > then for first, then in pairwise(numbers)].count(True) == 1, "one pair comes the wrong way round"


async def test_who_only_counts_does_not_pass(certified: Certified) -> None:
    """The order and the numbers are others every time, so that the signature decides and nothing else."""
    runs = []
    async with receiver() as hook:
        await certified.endpoint(hook.url)
        for _ in range(3):
            hook.got.clear()
            await certified.run()
            runs.append([("webhook-signature" in headers, len(body) > 20_000) for headers, body in hook.got])
            runs[-1] += [int(headers["webhook-timestamp"]) - time.time() // 300 * 300 for headers, _ in hook.got]
    assert not runs[0] == runs[1] == runs[2]


async def test_what_changes_while_it_is_tried_does_not_go_live(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> bool:
        asked.set()
        go_on.wait(5)
        return VERIFIED(*arguments)

    monkeypatch.setattr(reference_receiver, "verified", slow)
    partner = certified.story.client("partner")
    for change in ("url", "disabled"):
        asked.clear()
        go_on.clear()
        with serving() as (trust, url):
            trust(await certified.endpoint(url))
            await partner.post(f"{certified.path}/certification", json={})
            running = asyncio.create_task(run_next(certified.story.service.runtime, certified.client))
            await eventually(asked.is_set)
            if change == "url":
                await partner.patch(certified.path, json={"url": "http://127.0.0.1:9/another"})
            else:
                disable = "UPDATE webhook_endpoint SET status = 'disabled' WHERE id::text = $1"
                await certified.story.service.fetch(disable, certified.made["id"])
            go_on.set()
            await running
        listed = (await partner.get(f"{certified.path}/certifications")).json()["items"]
        assert [run["status"] for run in listed] == ["passed"]
        assert await certified.status() == {"url": "testing", "disabled": "disabled"}[change]


async def test_facts_wait_until_the_endpoint_is_live(certified: Certified) -> None:
    story = certified.story
    with serving() as (trust, url):
        endpoint = await certified.endpoint(url)
        trust(endpoint)
        await story.opened()
        for ref in story.persons:
            await story.consent("partner", ref, "reintegration")
        await story.approved()
        await story.itinerary()
        assert await send_due(story.service.runtime, certified.client) == 0
        for step in ("resume", "pause", "test-events"):
            refused = await story.client("partner").post(f"{certified.path}/{step}", json={})
            assert (refused.status_code, refused.json()["slug"]) == (409, "certification-needed")
        assert (await certified.run())["status"] == "passed"
        assert await send_due(story.service.runtime, certified.client) == 1
    delivered = await story.service.fetch("SELECT status FROM delivery")
    assert [row["status"] for row in delivered] == ["delivered"]


async def test_another_address_is_certified_anew_and_the_history_stays(certified: Certified) -> None:
    with serving() as (trust, url):
        endpoint = await certified.endpoint(url)
        trust(endpoint)
        await certified.run()
        moved = await certified.story.client("partner").patch(certified.path, json={"url": "http://127.0.0.1:9/new"})
    assert moved.json()["status"] == "testing"
    await certified.run()
    listed = (await certified.story.client("partner").get(f"{certified.path}/certifications")).json()["items"]
    assert [run["status"] for run in listed] == ["passed", "failed"]


async def test_one_run_at_a_time_and_only_of_ones_own_endpoint(certified: Certified) -> None:
    await certified.endpoint("http://127.0.0.1:9/hook")
    partner, path = certified.story.client("partner"), f"{certified.path}/certification"
    first = await partner.post(path, json={})
    second = await partner.post(path, json={})
    assert (second.status_code, second.json()["slug"]) == (409, "already-exists")
    stranger = certified.story.client("agency")
    assert (await stranger.post(path, json={})).status_code == 404
    assert (await stranger.get(f"{path}s/{first.json()['id']}")).status_code == 404


async def test_a_run_whose_process_died_is_taken_up_again(certified: Certified) -> None:
    await certified.endpoint("http://127.0.0.1:9/hook")
    await certified.story.client("partner").post(f"{certified.path}/certification", json={})
    service = certified.story.service
    async with service.units.begin(actor=CERTIFIER) as uow:
        assert await claim_run(uow) is not None
    assert not await run_next(service.runtime, certified.client)
    service.clock.advance(seconds=CLAIM_SECONDS + 1)
    assert await run_next(service.runtime, certified.client)

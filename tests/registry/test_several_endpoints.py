"""One fact for several endpoints of a recipient: each has its own counter, order and fate; consent is one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.registry.receiver import Receiver, receiver
from tests.registry.told import PARTNER_TYPES, ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def second(told: Told, *types: str) -> AsyncIterator[tuple[Receiver, dict[str, Any]]]:
    """Another endpoint of the partner."""
    async with receiver() as hook:
        yield hook, await told.story.endpoint("partner", hook.url, list(types) or PARTNER_TYPES)


def numbers(hook: Receiver) -> list[tuple[str, int]]:
    return [(body["type"], body["data"]["sequence"]) for body in hook.bodies]


async def feed(told: Told, reference: str, **query: Any) -> list[tuple[str, int]]:
    answer = await told.partner.get(f"{ROOT}/agency-cases/{reference}/events", params=query)
    assert answer.status_code == 200, answer.text
    return [(entry["type"], entry["data"]["sequence"]) for entry in answer.json()]


async def departed(told: Told) -> None:
    persons = [{"person_ref": ref} for ref in told.story.persons]
    await told.story.fact("case.departed", on="2026-03-09", persons=persons)


async def test_each_endpoint_counts_what_it_gets_and_the_feed_counts_facts(told: Told) -> None:
    async with second(told, "departed", "itinerary.changed") as (other, endpoint):
        await consented(told)
        await told.story.itinerary()
        await departed(told)
        await told.send()
        assert numbers(told.hook) == [("itinerary.confirmed", 1), ("departed", 2)]
        assert numbers(other) == [("departed", 1)]
        reference = told.hook.bodies[0]["data"]["agency_case_ref"]
        assert await feed(told, reference) == [("itinerary.confirmed", 1), ("departed", 2)]
        assert await feed(told, reference, endpoint_id=endpoint["id"]) == [("departed", 1)]
        assert await feed(told, reference, endpoint_id=endpoint["id"], after=1) == []
        ids = {headers["webhook-id"] for hook in (told.hook, other) for headers, _ in hook.got}
        assert len(ids) == 3
        for name in ids:
            said = await told.story.say(
                "partner",
                "arrival.confirmed",
                agency_case_ref=reference,
                arrived_on="2026-03-02",
                evidence="partner_met",
                in_reply_to=name,
            )
            assert said.status_code == 202, said.text


async def test_a_dead_endpoint_delays_no_other_and_keeps_its_own_order(told: Told) -> None:
    async with second(told) as (other, endpoint):
        await consented(told)
        other.script = ["500 Oops"]
        await told.story.itinerary("2026-03-09")
        await told.story.itinerary("2026-03-10")
        await departed(told)
        await told.send()
        assert [number for _, number in numbers(told.hook)] == [1, 2, 3]
        assert [number for _, number in numbers(other)] == [1]
        told.clock.advance(seconds=7)
        await told.send()
        assert [number for _, number in numbers(other)] == [1, 1, 2, 3]
        assert [body["data"].get("travel_on") for body in other.bodies[1:]] == ["2026-03-09", "2026-03-10", None]
        path = f"{ROOT}/webhook-endpoints/{endpoint['id']}/deliveries"
        log = (await told.partner.get(path)).json()["items"]
        assert [(entry["sequence"], entry["status"]) for entry in log] == [
            (number, "delivered") for number in (1, 2, 3)
        ]


async def test_a_fact_that_leaves_late_for_one_endpoint_is_numbered_there_only(told: Told) -> None:
    """Paused meanwhile: the other endpoint has heard three facts, and this one begins with 1."""
    async with second(told) as (other, endpoint):
        path = f"{ROOT}/webhook-endpoints/{endpoint['id']}"
        await told.partner.post(f"{path}/pause", json={})
        consents = await consented(told)
        await told.story.itinerary("2026-03-09")
        await told.send()
        gone, stays = told.story.persons
        await told.story.fact("consent.withdrawn", consent_id=consents[0], person_ref=gone, on="2026-03-02")
        await told.story.itinerary("2026-03-10")
        await told.partner.post(f"{path}/resume", json={})
        await told.send()
        assert [body["data"]["person_refs"] for body in told.hook.bodies] == [[gone, stays], [gone], [stays]]
        assert [body["data"]["person_refs"] for body in other.bodies] == [[stays], [gone], [stays]]
        assert [number for _, number in numbers(other)] == [1, 2, 3]
        told_of = await told.story.service.fetch("SELECT count(*) AS lines FROM disclosure_register")
        assert told_of[0]["lines"] == 3


async def test_whoever_another_endpoint_hears_of_in_addition_is_in_the_register_and_gets_the_stop(told: Told) -> None:
    async with second(told) as (other, endpoint):
        path = f"{ROOT}/webhook-endpoints/{endpoint['id']}"
        await told.partner.post(f"{path}/pause", json={})
        consents = await consented(told)
        await told.story.itinerary()
        back, stays = told.story.persons
        withdrawn = {"person_ref": back, "on": "2026-03-02"}
        await told.story.fact("consent.withdrawn", **withdrawn, consent_id=consents[0])
        await told.send()
        again = await told.story.consent("partner", back, "reintegration")
        await told.partner.post(f"{path}/resume", json={})
        await told.send()
        assert [hook.bodies[0]["data"]["person_refs"] for hook in (told.hook, other)] == [[stays], [back, stays]]
        lines = await told.story.service.fetch("SELECT person_refs::text AS refs FROM disclosure_register ORDER BY id")
        assert [json.loads(line["refs"]) for line in lines] == [[stays], [back]]
        await told.story.fact("consent.withdrawn", **withdrawn, consent_id=again)
        await told.send()
        assert other.bodies[-1]["data"]["person_refs"] == [back]


async def test_the_neutral_stop_goes_wherever_something_went(told: Told) -> None:
    async with second(told, "departed") as (other, endpoint), second(told, "payment.settled") as (untold, _):
        consents = await consented(told)
        await departed(told)
        await told.send()
        for consent, ref in zip(consents, told.story.persons, strict=True):
            await told.story.fact("consent.withdrawn", consent_id=consent, person_ref=ref, on="2026-03-02")
        await told.send()
        assert numbers(told.hook) == [("departed", 1), ("request.ended", 2)]
        assert numbers(other) == [("departed", 1), ("request.ended", 2)]
        assert untold.bodies == []
        reference = other.bodies[0]["data"]["agency_case_ref"]
        assert await feed(told, reference, endpoint_id=endpoint["id"]) == [("request.ended", 2)], "asked again, too"
        said = await told.story.service.published("registry.request.ended.v1")
        assert [entry.data["person_refs"] for entry in said] == [told.story.persons[:1], None]


async def test_a_new_endpoint_takes_over_each_fact_once_and_counts_by_itself(told: Told) -> None:
    async with second(told) as (other, _):
        await consented(told)
        await told.story.itinerary("2026-03-09")
        await told.send()
        told.hook.script = ["410 Gone"]
        other.script = ["410 Gone"]
        await told.story.itinerary("2026-03-10")
        await told.story.itinerary("2026-03-11")
        await told.send()
        async with second(told) as (fresh, _):
            await told.send()
            assert [(body["data"]["travel_on"], body["data"]["sequence"]) for body in fresh.bodies] == [
                ("2026-03-10", 1),
                ("2026-03-11", 2),
            ]
        left = await told.story.service.fetch("SELECT count(*) AS n FROM delivery WHERE status = 'pending'")
        assert left[0]["n"] == 0

"""Webhooks out: consented, signed, ordered, tried again, stopped; and nothing that is not on the matrix."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from services.registry.commands.claim_deliveries import Lease, Room, claim
from services.registry.commands.manage_endpoint import (
    AddressNotAccepted,
    ChangeEndpoint,
    RegisterEndpoint,
    change,
    register,
)
from services.registry.commands.send_deliveries import SENDER
from services.registry.domain.disclosure_matrix import (
    PARTNER,
    REQUESTS,
    ROLES,
    STATE_KINDS,
    NotOnTheMatrix,
    allowed_types,
    outward,
)
from services.registry.domain.webhook_schedule import DELAYS_SECONDS, next_delay, rest_seconds
from shared.protection.signatures import PublicKey, verify
from shared.testing.eventually import eventually
from tests.registry.queued import ADMINISTRATOR
from tests.registry.told import Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_consented_fact_is_delivered_signed_and_numbered(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.send()
    headers, body = told.hook.got[0]
    now = told.story.service.clock.now().timestamp()
    verify([PublicKey.parse(told.endpoint["public_key"])], headers, body, now=now)
    data = told.hook.bodies[0]["data"]
    assert told.types == ["itinerary.confirmed"]
    assert data["sequence"] == 1
    assert data["person_refs"] == told.story.persons
    assert told.story.case_id not in body.decode()
    made = await told.story.service.published("registry.delivery.made.v1")
    assert [event.data["sequence"] for event in made] == [1]


async def test_without_consent_or_before_the_decision_nothing_leaves(told: Told) -> None:
    await told.story.opened()
    await told.story.consent("partner", "person_a", "reintegration")
    await told.story.itinerary()  # not approved yet
    await told.story.approved()
    await told.story.fact("case.departed", on="2026-03-09", persons=[{"person_ref": "person_b", "travelled": True}])
    await told.send()
    assert told.hook.got == []


async def test_only_the_persons_who_consented_are_named(told: Told) -> None:
    await told.story.opened()
    await told.story.consent("partner", "person_a", "reintegration")
    await told.story.consent("partner", "person_b", "statistics")
    await told.story.approved()
    await told.story.itinerary()
    await told.send()
    data = told.hook.bodies[0]["data"]
    assert (data["person_refs"], data["party_size"]) == (["person_a"], 1)


async def test_a_failed_delivery_is_tried_again_under_the_same_id(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    told.hook.script = ["500 Oops", "503 Busy", "204 No Content"]
    for seconds in (0, 7, 400):
        told.story.service.clock.advance(seconds=seconds)
        await told.send()
    assert len(told.hook.got) == 3
    assert len({headers["webhook-id"] for headers, _ in told.hook.got}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in told.hook.got}) == 3
    assert len({body for _, body in told.hook.got}) == 1
    shown = await told.story.client("partner").get(f"/registry/v1/webhook-endpoints/{told.endpoint['id']}/deliveries")
    assert [(entry["status"], entry["attempts"]) for entry in shown.json()["items"]] == [("delivered", 3)]


async def test_who_withdraws_while_they_are_being_named_is_not_forgotten(told: Told) -> None:
    """The sender has decided and not yet committed; whoever ends the consent waits for it and sees who was named."""
    consents = await consented(told)
    await told.story.itinerary()
    room, lease = Room(most=10, share=10, busy={}), Lease(5, 15, 25)
    gone, ref = {"consent_id": consents[0], "on": "2026-03-02"}, told.story.persons[0]
    async with told.story.service.units.begin(actor=SENDER) as uow:
        claimed = await claim(room, lease, public_url="https://x.example", uow=uow)
        await uow.flush()
        withdrawing = asyncio.create_task(told.story.fact("consent.withdrawn", **gone, person_ref=ref))

        async def waits_or_is_done() -> bool:
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            return withdrawing.done() or bool(await told.story.service.fetch(waiting))

        await eventually(waits_or_is_done)
    await withdrawing
    assert ref.encode() in claimed.outgoing[0].body
    told.clock.advance(seconds=46)  # as if its sender had died with it
    await told.send()
    heard = {body["type"]: body["data"]["person_refs"] for body in told.hook.bodies}
    assert heard == {"itinerary.confirmed": told.story.persons[1:], "request.ended": [ref]}


async def test_consent_withdrawn_between_attempts_stops_it_and_says_so_neutrally(told: Told) -> None:
    consents = await consented(told)
    await told.story.itinerary()
    told.hook.script = ["500 Oops"]
    await told.send()
    for consent, ref in zip(consents, told.story.persons, strict=True):
        await told.story.fact("consent.withdrawn", consent_id=consent, person_ref=ref, on="2026-03-02")
    told.story.service.clock.advance(seconds=60)
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"]
    ended = told.hook.bodies[1]["data"]
    assert set(ended) == {"occurred_at", "agency_case_ref", "sequence", "destroy_by"}
    assert ended["sequence"] == 2
    said = await told.story.service.published("registry.request.ended.v1")
    assert [entry.data["person_refs"] for entry in said] == [told.story.persons[:1], None]


@pytest.mark.parametrize("ending", ["withdrawn", "refused", "cancelled", "suspended", "return-failed"])
async def test_every_ending_looks_the_same_from_outside(told: Told, ending: str) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.send()
    await told.story.fact(f"case.{ending}", on="2026-03-02")
    if ending == "suspended":  # told after a random delay, since the moment of a suspension would say why
        told.story.service.clock.advance(hours=48)
    await told.send()
    assert told.types[-1] == "request.ended"
    assert set(told.hook.bodies[-1]["data"]) == {"occurred_at", "agency_case_ref", "sequence", "destroy_by"}


async def test_who_was_never_told_hears_no_ending(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()  # named for the recipient, and has not left
    await told.story.fact("case.withdrawn", on="2026-03-02")
    await told.send()
    assert told.hook.got == []


async def test_a_freeze_stops_everything_but_the_neutral_stop(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.send()
    await told.story.fact("case.disclosure-frozen", on="2026-03-02")
    await told.story.fact("case.departed", on="2026-03-09", persons=[{"person_ref": "person_a", "travelled": True}])
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    await told.story.fact("case.withdrawn", on="2026-03-09")
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"]


async def test_order_holds_per_case_and_another_case_is_not_delayed(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.story.fact("case.departed", on="2026-03-09", persons=[{"person_ref": "person_a", "travelled": True}])
    told.hook.script = ["500 Oops"]
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    told.story.case_id = str(uuid4())
    await consented(told)
    await told.story.itinerary()
    await told.send()
    assert told.types == ["itinerary.confirmed", "itinerary.confirmed"]
    told.story.service.clock.advance(seconds=10)
    await told.send()
    assert told.types[2:] == ["itinerary.confirmed", "departed"]


async def test_gone_disables_the_endpoint_and_the_feed_stays(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    told.hook.script = ["410 Gone"]
    await told.send()
    assert len(await told.story.service.published("registry.webhook-endpoint.disabled.v1")) == 1
    shown = (await told.story.client("partner").get("/registry/v1/webhook-endpoints")).json()["items"]
    assert [entry["status"] for entry in shown] == ["disabled"]


async def test_a_consulate_is_told_of_its_package_and_of_nothing_else(told: Told) -> None:
    await told.story.opened()
    for ref in told.story.persons:
        await told.story.consent("agency", ref, "identity_verification")
        await told.story.consent("agency", ref, "reintegration")
    await told.story.approved()
    disclosure = await told.story.package()
    await told.story.itinerary()
    await told.send()
    assert told.types == ["request.package-ready"]
    data = told.hook.bodies[0]["data"]
    assert data["detail_url"].endswith(f"/returns/v1/agency-disclosures/{disclosure}")
    await told.story.fact("disclosure.recalled", disclosure_id=disclosure, recipient_id=told.story.ids["agency"])
    await told.send()
    assert told.types == ["request.package-ready", "request.ended"]


async def test_the_feed_shows_the_same_and_foreign_references_look_absent(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.send()
    sent = told.hook.bodies[0]
    reference = sent["data"]["agency_case_ref"]
    feed = await told.story.client("partner").get(f"/registry/v1/agency-cases/{reference}/events")
    assert feed.json() == [sent]
    foreign = await told.story.client("agency").get(f"/registry/v1/agency-cases/{reference}/events")
    absent = await told.story.client("agency").get("/registry/v1/agency-cases/ac_none/events")
    assert (foreign.status_code, foreign.json()) == (absent.status_code, absent.json()) == (404, absent.json())


async def test_pausing_keeps_and_resuming_sends_in_order(told: Told) -> None:
    await consented(told)
    partner, path = told.story.client("partner"), f"/registry/v1/webhook-endpoints/{told.endpoint['id']}"
    assert (await partner.post(f"{path}/pause")).json()["status"] == "paused"
    await told.story.itinerary()
    await told.send()
    assert told.hook.got == []
    await partner.post(f"{path}/resume")
    await told.send()
    assert told.types == ["itinerary.confirmed"]


async def test_a_test_event_is_marked_and_names_no_case(told: Told) -> None:
    answer = await told.story.client("partner").post(
        f"/registry/v1/webhook-endpoints/{told.endpoint['id']}/test-events"
    )
    assert answer.status_code == 202
    await told.send()
    assert told.types == ["endpoint.test"]
    assert set(told.hook.bodies[0]["data"]) == {"occurred_at", "test"}


async def test_types_outside_of_the_matrix_cannot_be_asked_for(told: Told) -> None:
    body = {"owner_id": told.story.ids["agency"], "url": "https://x.example/", "event_types": ["departed"]}
    answer = await told.story.client("agency").post("/registry/v1/webhook-endpoints", json=body)
    assert (answer.status_code, answer.json()["slug"]) == (422, "event-type-not-allowed")
    body["owner_id"] = told.story.ids["partner"]
    assert (await told.story.client("agency").post("/registry/v1/webhook-endpoints", json=body)).status_code == 404


async def test_in_earnest_an_address_is_https(told: Told) -> None:
    owner, plain = UUID(told.story.ids["partner"]), "http://x.example/"
    async with told.story.service.units.begin(actor=ADMINISTRATOR) as uow:
        with pytest.raises(AddressNotAccepted):
            await register(RegisterEndpoint(owner_id=owner, url=plain, event_types=["departed"]), uow=uow)
        with pytest.raises(AddressNotAccepted):
            await change(UUID(told.endpoint["id"]), ChangeEndpoint(url=plain), uow=uow)


class TestRules:
    async def test_the_schedule_is_that_of_the_standard(self) -> None:
        assert len(DELAYS_SECONDS) == 10
        assert sum(DELAYS_SECONDS) == 75 * 3600 + 35 * 60 + 5
        assert next_delay(1, chance=0.0) == 4.0
        assert next_delay(9, chance=0.5) == 86_400
        assert next_delay(10, chance=0.5) is None
        assert next_delay(1, chance=0.5, retry_after=120) == 120

    async def test_no_receiver_puts_off_for_longer_than_a_day(self) -> None:
        assert next_delay(1, chance=0.5, retry_after=10**9) == 86_400
        assert [rest_seconds(status, 10**9) for status in (429, 502, 504, 503)] == [86_400] * 4
        assert [rest_seconds(status, None) for status in (429, 503, 500)] == [60, None, None]

    async def test_nothing_unlisted_can_be_said(self) -> None:
        with pytest.raises(NotOnTheMatrix):
            outward("departed", {"name": "Zebulonia"})
        with pytest.raises(NotOnTheMatrix):
            outward("case.withdrawn", {})
        for kind in STATE_KINDS:
            assert not allowed_types(kind, ROLES) & (set(PARTNER) - set(REQUESTS)), "no state hears of the help"


async def test_a_child_is_covered_only_by_all_adults_of_its_case(told: Told) -> None:
    persons = [{"person_ref": ref, "age_band": band} for ref, band in (("a", "25-34"), ("b", "35-64"), ("c", "5-13"))]
    await told.story.fact("case.opened", programme_id=told.story.programme, persons=persons)
    told.story.persons = ["a", "b", "c"]
    await told.story.consent("partner", "a", "reintegration")
    await told.story.approved()
    await told.story.itinerary()
    await told.send()
    assert told.hook.bodies[0]["data"]["person_refs"] == ["a"]
    await told.story.consent("partner", "b", "reintegration")
    await told.story.itinerary("2026-03-10")
    await told.send()
    assert told.hook.bodies[1]["data"]["person_refs"] == ["a", "b", "c"]

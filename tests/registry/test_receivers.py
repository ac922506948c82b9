"""What receivers do to a sender: slow, dead, busy, gone, redirecting, lying, hanging, leading elsewhere."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from services.registry.commands.send_deliveries import Sender, run, send_due
from services.registry.domain.webhook_schedule import DELAYS_SECONDS, JITTER, LARGEST_PAYLOAD_BYTES
from shared.http.outbound import OutboundClient
from shared.testing.eventually import eventually
from tests.registry.queued import queue, recipients
from tests.registry.receiver import HANG, LIE, TRICKLE, receiver
from tests.registry.story import gone_live
from tests.registry.told import ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEAD = "500 Internal Server Error"


async def failing(told: Told, cases: int) -> None:
    """So many cases, each with a delivery that has failed once."""
    told.hook.always = DEAD
    for _ in range(cases):
        await told.another_case()
    await told.round()


async def test_ten_attempts_over_three_days_with_jitter_and_then_somebody_is_told(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    told.hook.always = DEAD
    shares = set()
    for delay in DELAYS_SECONDS[1:]:
        before = told.clock.now()
        await told.round()
        waits = (await told.due_at() - before).total_seconds()
        assert delay * (1 - JITTER) <= waits <= delay * (1 + JITTER)
        shares.add(round(waits / delay, 6))
        told.clock.advance(seconds=waits - 1)
        assert await told.round() == 0
        told.clock.advance(seconds=1)
    assert len(shares) > 1, "everybody who failed at once would come again at once"
    await told.round()
    assert [(entry["status"], entry["attempts"]) for entry in await told.log()] == [("failed", 10)]
    assert "delivery.failed" in await told.notices("administrator")
    told.clock.advance(days=30)
    assert await told.round() == 0
    assert len(told.hook.got) == 10


@pytest.mark.parametrize("status", ["429 Too Many Requests", "502 Bad Gateway", "504 Gateway Timeout"])
async def test_a_busy_receiver_is_left_alone_for_as_long_as_it_says(told: Told, status: str) -> None:
    await told.another_case()
    told.hook.script = [f"{status}|retry-after: 600"]
    await told.round()
    await told.another_case()
    told.clock.advance(seconds=599)
    assert await told.round() == 0
    assert datetime.fromisoformat((await told.state())["rest_until"]) - told.clock.now() == timedelta(seconds=1)
    told.clock.advance(seconds=2)
    assert await told.send() == 2
    assert (await told.state())["breaker"] == "closed"


async def test_a_busy_receiver_that_names_no_time_rests_for_a_minute(told: Told) -> None:
    await told.another_case()
    told.hook.script = ["429 Too Many Requests"]
    await told.round()
    told.clock.advance(seconds=59)
    assert await told.round() == 0
    told.clock.advance(seconds=2)
    assert await told.round() == 1


async def test_a_redirect_is_a_failure_and_nobody_else_gets_it(told: Told) -> None:
    await told.another_case()
    async with receiver() as elsewhere:
        told.hook.script = [f"302 Found|location: {elsewhere.url}", f"307 Temporary Redirect|location: {elsewhere.url}"]
        await told.round()
        told.clock.advance(seconds=7)
        await told.round()
        assert elsewhere.got == []
    assert [entry["last_status"] for entry in await told.log()] == [307]


async def test_an_answer_that_lies_about_its_length_is_none_and_one_without_end_is_cut(told: Told) -> None:
    await told.another_case()
    told.hook.script = [LIE, TRICKLE]
    await told.round()
    assert [(entry["status"], entry["last_status"]) for entry in await told.log()] == [("pending", None)]
    told.clock.advance(seconds=7)
    await told.round()
    assert [(entry["status"], entry["attempts"]) for entry in await told.log()] == [("delivered", 2)]


async def test_a_name_that_leads_elsewhere_by_the_second_attempt_is_refused(told: Told) -> None:
    await told.another_case()
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["8.8.8.8", "169.254.169.254"]])

    async def rebinding(_host: str, _port: int) -> list[str]:
        return next(answers)

    client = OutboundClient(allow_loopback=True, deadline_seconds=3, resolver=rebinding)
    told.hook.script = [DEAD]
    for seconds in (7, 400, 0):
        await send_due(told.story.service.runtime, client)
        told.clock.advance(seconds=seconds)
    await client.close()
    assert len(told.hook.got) == 1
    (entry,) = await told.log()
    shown = (await told.partner.get(f"{ROOT}/deliveries/{entry['id']}")).json()
    assert [(item["status"], item["error"]) for item in shown["attempt_log"]] == [
        (500, None),
        (None, "address-refused"),
        (None, "address-refused"),
    ]


async def test_while_one_receiver_hangs_the_others_are_served(told: Told) -> None:
    """The running sender, not rounds: the partner's server hangs, the consulate's gets everything meanwhile."""
    await told.another_case()
    async with receiver() as consulate:
        told.hook.always = HANG
        answer = await told.story.client("agency").get(f"{ROOT}/webhook-endpoints")
        (theirs,) = answer.json()["items"]
        path = f"{ROOT}/webhook-endpoints/{theirs['id']}"
        await told.story.client("agency").patch(path, json={"url": consulate.url})
        await gone_live(told.story.service, theirs["id"])
        stop = asyncio.Event()
        sending = asyncio.create_task(run(told.story.service.runtime, stop))
        await eventually(lambda: told.hook.got)
        for _ in range(5):
            await told.another_case()
            for ref in told.story.persons:
                await told.story.consent("agency", ref, "identity_verification")
            await told.story.package()
        await eventually(lambda: len(consulate.got) == 5)
        assert {entry["status"] for entry in await told.log()} == {"pending"}
        told.hook.let_go.set()
        stop.set()
        await sending


async def test_a_running_sender_loses_no_answer(told: Told) -> None:
    """More than fits into a batch, with answers coming in while others are recorded; no lease runs out meanwhile."""
    runtime = told.story.service.runtime
    await queue(runtime, await recipients(runtime, [told.hook.url] * 4), cases=60)
    stop = asyncio.Event()
    sending = asyncio.create_task(run(runtime, stop))

    async def all_delivered() -> bool:
        rows = await told.story.service.fetch("SELECT status, attempts, count(*) AS n FROM delivery GROUP BY 1, 2")
        return [(row["status"], row["attempts"], row["n"]) for row in rows] == [("delivered", 1, 240)]

    await eventually(all_delivered, within=30, every=0.2)
    stop.set()
    await sending
    assert len(told.hook.got) == 240


async def test_a_receiver_that_never_answers_costs_the_deadline(told: Told) -> None:
    await told.another_case()
    told.hook.script = [HANG]
    client = OutboundClient(allow_loopback=True, deadline_seconds=0.2)
    await send_due(told.story.service.runtime, client)
    await client.close()
    rows = await told.story.service.fetch("SELECT status, error FROM delivery_attempt")
    assert [(row["status"], row["error"]) for row in rows] == [(None, "timeout")]


async def test_the_breaker_opens_is_seen_probes_with_one_delivery_and_closes(told: Told) -> None:
    await failing(told, 10)
    state = await told.state()
    assert (state["breaker"], state["status"]) == ("open", "active")
    assert datetime.fromisoformat(state["breaker_until"]) - told.clock.now() == timedelta(seconds=30)
    assert await told.notices("reintegration_partner", partner_id=told.story.ids["partner"]) == [
        "webhook-endpoint.failing"
    ]
    told.clock.advance(seconds=29)
    assert await told.round() == 0
    told.clock.advance(seconds=2)
    assert (await told.round(), len(told.hook.got)) == (1, 11)
    state = await told.state()
    assert datetime.fromisoformat(state["breaker_until"]) - told.clock.now() == timedelta(seconds=60)
    told.hook.always = None
    told.clock.advance(seconds=61)
    assert await told.round() == 1
    assert (await told.state())["breaker"] == "closed"
    told.clock.advance(seconds=400)
    assert await told.send() == 9
    assert {entry["status"] for entry in await told.log()} == {"delivered"}


async def test_only_one_of_two_processes_sends_the_probe(told: Told) -> None:
    await failing(told, 10)
    told.clock.advance(seconds=31)
    runtime = told.story.service.runtime
    first, second = Sender(runtime, told.client), Sender(runtime, told.client)
    claimed = [await first.claim(), await second.claim()]
    assert [len(found.outgoing) for found in claimed] == [1, 0]


async def test_resuming_by_hand_closes_the_breaker(told: Told) -> None:
    await failing(told, 10)
    told.hook.always = None
    await told.partner.post(f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/resume")
    told.clock.advance(seconds=7)
    assert await told.send() == 10


async def test_five_days_of_only_failures_disable_and_the_programme_manager_knows(told: Told) -> None:
    await failing(told, 3)
    for _ in range(5):
        told.clock.advance(hours=23.9)
        await told.round()
    assert (await told.state())["status"] == "active"
    told.clock.advance(hours=1)
    await told.another_case()
    await told.round()
    state = await told.state()
    assert (state["status"], state["disabled_reason"]) == ("disabled", "failing")
    assert "webhook-endpoint.disabled" in await told.notices("programme_manager")
    assert "webhook-endpoint.disabled" in await told.notices(
        "reintegration_partner", partner_id=told.story.ids["partner"]
    )
    (event,) = await told.story.service.published("registry.webhook-endpoint.disabled.v1")
    assert event.data["reason_code"] == "failing"


async def test_one_success_and_the_days_are_counted_anew(told: Told) -> None:
    await failing(told, 3)
    told.clock.advance(days=4)
    told.hook.script = ["204 No Content"]
    await told.round()
    assert (await told.state())["failing_since"] is None
    told.clock.advance(days=2)
    await told.round()
    assert (await told.state())["status"] == "active"


async def test_gone_tells_the_programme_manager_and_a_new_endpoint_takes_over(told: Told) -> None:
    await told.another_case()
    await told.story.fact("case.departed", on="2026-03-09", persons=[{"person_ref": told.story.persons[0]}])
    told.hook.script = ["410 Gone"]
    await told.send()
    assert "webhook-endpoint.disabled" in await told.notices("programme_manager")
    assert len(told.hook.got) == 1
    await told.story.endpoint("partner", told.hook.url, ["itinerary.confirmed", "departed"])
    await told.send()
    assert told.types == ["itinerary.confirmed"] * 2 + ["departed"], "what was answered with 410 was not received"
    assert [body["data"]["sequence"] for body in told.hook.bodies] == [1, 1, 2]


async def test_a_stop_that_found_no_endpoint_goes_to_the_next_one_whatever_that_asks_for(told: Told) -> None:
    cases = []
    for _ in range(2):
        await told.another_case()
        await told.send()
        cases.append(told.story.case_id)
    told.hook.script = ["410 Gone"]  # the first stop meets it, the second finds nobody
    for case_id in cases:
        told.story.case_id = case_id
        await told.story.fact("case.withdrawn", on="2026-03-02")
        await told.send()
    told.hook.got.clear()
    await told.story.endpoint("partner", told.hook.url, ["departed"])
    await told.send()
    assert told.types == ["request.ended"] * 2


async def test_an_answer_is_kept_sealed_for_its_owner_and_forgotten_after_thirty_days(told: Told) -> None:
    await told.another_case()
    told.hook.script = ["500 Oops||Unknown person Zebulonia " + "x" * 3_000]
    await told.round()
    (entry,) = await told.log()
    path = f"{ROOT}/deliveries/{entry['id']}"
    answer = (await told.partner.get(path)).json()["attempt_log"][0]["answer"]
    assert answer.startswith("Unknown person Zebulonia")
    assert len(answer) == 2_048
    assert (await told.story.admin.get(path)).json()["attempt_log"][0]["answer"] is None
    (row,) = await told.story.service.fetch("SELECT sealed_answer FROM delivery_attempt")
    assert b"Zebulonia" not in row["sealed_answer"]
    told.clock.advance(days=29)
    await told.story.service.run_job("purge-webhook-answers")
    assert (await told.partner.get(path)).json()["attempt_log"][0]["answer"] == answer
    told.clock.advance(days=2)
    await told.story.service.run_job("purge-webhook-answers")
    assert (await told.partner.get(path)).json()["attempt_log"][0]["answer"] is None


async def test_a_body_that_is_too_large_never_leaves(told: Told) -> None:
    told.story.persons = [f"person_{number:03d}_{'x' * 240}" for number in range(90)]
    assert sum(map(len, told.story.persons)) > LARGEST_PAYLOAD_BYTES
    await consented(told)
    await told.story.itinerary()
    await told.send()
    assert (told.hook.got, await told.log()) == ([], []), "it has not left, and is nothing to the recipient"
    rows = await told.story.service.fetch("SELECT status, endpoint_sequence FROM delivery")
    assert [tuple(row) for row in rows] == [("failed", None)]
    assert "delivery.too-large" in await told.notices("administrator")


async def test_two_processes_share_the_work_and_a_lease_that_ran_out_is_taken_over(told: Told) -> None:
    for _ in range(4):
        await told.another_case()
    runtime = told.story.service.runtime
    dead, alive = Sender(runtime, told.client), Sender(runtime, told.client)
    lost = await dead.claim()
    assert len(lost.outgoing) == 4
    assert (await alive.claim()).count == 0
    told.clock.advance(seconds=46)
    taken = await alive.claim()
    assert {found.delivery_id for found in taken.outgoing} == {found.delivery_id for found in lost.outgoing}
    late = [await dead.attempt(outgoing) for outgoing in lost.outgoing]
    assert told.hook.got == []  # its lease is over: it does not even send
    await dead.record(late)
    assert {(entry["status"], entry["attempts"]) for entry in await told.log()} == {("pending", 0)}
    await alive.record([await alive.attempt(outgoing) for outgoing in taken.outgoing])
    assert {entry["status"] for entry in await told.log()} == {"delivered"}
    assert len(told.hook.got) == 4


async def test_a_process_that_was_too_slow_gives_back_what_it_took(told: Told) -> None:
    await told.another_case()
    slow = Sender(told.story.service.runtime, told.client)
    taken = await slow.claim()
    told.clock.advance(seconds=6)
    await slow.record([await slow.attempt(outgoing) for outgoing in taken.outgoing])
    assert (told.hook.got, (await told.state())["failing_since"]) == ([], None)
    taken = await slow.claim()
    told.hook.script = [DEAD]
    late = [await slow.attempt(outgoing) for outgoing in taken.outgoing]
    told.clock.advance(seconds=46)
    other = Sender(told.story.service.runtime, told.client)
    again = await other.claim()
    await slow.record(late)  # somebody else decides now: it neither counts nor puts anything off
    assert [(entry["status"], entry["attempts"]) for entry in await told.log()] == [("pending", 0)]
    await other.record([await other.attempt(outgoing) for outgoing in again.outgoing])
    assert [(entry["status"], entry["attempts"]) for entry in await told.log()] == [("delivered", 1)]

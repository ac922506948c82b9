"""Everything that ends a request beside a withdrawal: told once, the same every time, with an attestation to follow."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.registry.told import ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAID = {"payment_id": str(uuid4()), "line_id": "l1", "amount_minor": 100, "currency": "CHF", "on": "2026-03-02"}


async def asked(told: Told, **package: str) -> None:
    """A case whose consulate was sent a package and whose partner accompanies it; both were told."""
    await consented(told)
    for ref in told.story.persons:
        await told.story.consent("agency", ref, "identity_verification")
    await told.story.package(**package)
    await told.story.itinerary()
    await told.send()
    assert sorted(told.types) == ["itinerary.confirmed", "request.package-ready"]
    told.hook.got.clear()


async def plan(told: Told, what: str) -> None:
    fact = {"case_id": told.story.case_id, "plan_id": str(uuid4()), "on": "2026-03-02"}
    await told.story.service.receive(f"reintegration.plan.{what}.v1", fact, key=told.story.case_id)


async def paid(told: Told) -> None:
    fact = {**PAID, "case_id": told.story.case_id, "phase": "post_return"}
    await told.story.service.receive("reintegration.payment.settled.v1", fact, key=told.story.case_id)


async def owing(told: Told, who: str) -> int:
    answer = await told.story.client(who).get(f"{ROOT}/attestations", params={"status": "open"})
    return len(answer.json()["items"])


async def test_a_closed_file_ends_every_request_once_and_each_is_attested(told: Told) -> None:
    await asked(told)
    await told.story.fact("case.closed", on="2026-03-02", outcome="returned")
    await told.story.fact("case.closed", on="2026-03-02", outcome="returned")
    await told.send()
    assert told.types == ["request.ended"] * 2
    assert (await owing(told, "agency"), await owing(told, "partner")) == (1, 1)
    said = await told.story.service.published("registry.request.ended.v1")
    assert {entry.data["recipient_id"] for entry in said} == set(told.story.ids.values())
    await told.story.itinerary("2026-03-12")
    assert await told.send() == 1
    assert told.types == ["request.ended"] * 2


async def test_who_helps_under_a_running_plan_goes_on_until_it_is_done(told: Told) -> None:
    await asked(told)
    await plan(told, "activated")
    await told.story.fact("case.closed", on="2026-03-02", outcome="returned")
    await told.send()
    assert told.types == ["request.ended"]
    assert (await owing(told, "agency"), await owing(told, "partner")) == (1, 0)
    await paid(told)
    await told.send()
    assert told.types == ["request.ended", "payment.settled"]
    await plan(told, "completed")
    await told.send()
    assert told.types == ["request.ended", "payment.settled", "request.ended"]
    assert await owing(told, "partner") == 1


async def test_a_plan_that_is_over_before_keeps_nothing_open(told: Told) -> None:
    await asked(told)
    await plan(told, "activated")
    await plan(told, "discontinued")
    await told.send()
    assert told.types == []
    await told.story.fact("case.closed", on="2026-03-02", outcome="returned")
    await told.send()
    assert told.types == ["request.ended"] * 2


async def test_the_last_package_that_runs_out_ends_the_request_to_who_had_nothing_else(told: Told) -> None:
    await asked(told)
    job = "end-expired-packages"
    told.clock.advance(days=14)
    await told.story.service.run_job(job)
    assert await told.send() == 0
    told.clock.advance(days=1)
    await told.story.service.run_job(job)
    await told.story.service.run_job(job)
    await told.send()
    assert told.types == ["request.ended"]
    assert (await owing(told, "agency"), await owing(told, "partner")) == (1, 0)


async def test_a_package_that_runs_out_beside_another_ends_nothing(told: Told) -> None:
    await asked(told)
    await told.story.package(expires_at="2026-04-16")
    await told.send()
    told.hook.got.clear()
    told.clock.advance(days=15)
    await told.story.service.run_job("end-expired-packages")
    assert await told.send() == 0
    told.clock.advance(days=31)
    await told.story.service.run_job("end-expired-packages")
    await told.send()
    assert told.types == ["request.ended"]


async def test_who_comes_of_age_is_named_no_more_without_a_consent_of_their_own(told: Told) -> None:
    await told.story.opened()
    parent, child = told.story.persons
    for ref, band in ((parent, "35-64"), (child, "16-17")):
        await told.story.fact("person.added", person={"person_ref": ref, "age_band": band})
    await told.story.consent("partner", parent, "reintegration")
    await told.story.approved()
    await told.story.itinerary()
    await told.send()
    assert told.hook.bodies[-1]["data"]["person_refs"] == [parent, child]
    await told.story.itinerary("2026-03-11")
    await told.story.fact("person.own-consent-needed", person_ref=child, on="2026-03-01")
    await told.story.itinerary("2026-03-12")
    await told.send()
    named = [body["data"].get("person_refs") for body in told.hook.bodies if body["type"] == "itinerary.confirmed"]
    assert named == [[parent, child], [parent], [parent]], "what had not left yet names nobody either who waits"
    assert "request.ended" not in told.types, "a birthday to come ends nothing"
    await told.story.fact("person.came-of-age", person_ref=child, on="2026-04-01")
    await told.send()
    ended = [body["data"].get("person_refs") for body in told.hook.bodies if body["type"] == "request.ended"]
    assert ended == [[child]]


async def test_a_consent_of_their_own_names_who_came_of_age_at_once_and_asks_for_none_of_theirs_before(
    told: Told,
) -> None:
    await told.story.opened()
    parent, child = told.story.persons
    sibling = "person_c"
    for ref, band in ((parent, "35-64"), (child, "16-17"), (sibling, "5-13")):
        await told.story.fact("person.added", person={"person_ref": ref, "age_band": band})
    told.story.persons = [parent, child, sibling]
    await told.story.consent("partner", parent, "reintegration")
    await told.story.approved()
    await told.story.fact("person.own-consent-needed", person_ref=child, on="2026-03-01")
    await told.story.itinerary()
    await told.story.consent("partner", child, "reintegration")
    await told.story.itinerary("2026-03-12")
    await told.send()
    named = [body["data"].get("person_refs") for body in told.hook.bodies]
    assert named == [[parent, sibling], [parent, child, sibling]]


@pytest.mark.parametrize("fact", ["person.deceased", "person.removed"])
async def test_with_the_last_person_the_request_ends_and_it_looks_the_same(told: Told, fact: str) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.send()
    first, second = told.story.persons
    await told.story.fact(fact, person_ref=first, on="2026-03-02")
    await told.story.itinerary("2026-03-12")
    await told.send()
    assert [body["data"].get("person_refs") for body in told.hook.bodies] == [[first, second], [first], [second]]
    assert told.types[1] == "request.ended"
    await told.story.fact(fact, person_ref=second, on="2026-03-02")
    await told.send()
    assert set(told.hook.bodies[-1]["data"]) == {"occurred_at", "destroy_by", "agency_case_ref", "sequence"}
    assert told.types[-1] == "request.ended"


async def test_who_was_taken_for_dead_is_told_of_once_they_agree_anew(told: Told) -> None:
    await consented(told)
    story, (first, second) = told.story, told.story.persons
    for fact in ("deceased", "death-corrected"):
        about = {"case_id": story.case_id, "person_ref": first, "on": "2026-03-02"}
        await story.service.receive(f"reintegration.person.{fact}.v1", about, key=story.case_id)
    await story.itinerary()
    await told.send()
    await story.consent("partner", first, "reintegration")
    await story.itinerary("2026-03-12")
    await told.send()
    assert [body["data"].get("person_refs") for body in told.hook.bodies] == [[second], [first, second]]


async def test_where_nobody_is_left_after_a_split_the_old_request_ends(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.send()
    persons = [{"person_ref": ref} for ref in told.story.persons]
    moved: dict[str, Any] = {"new_case_id": str(uuid4()), "on": "2026-03-02"}
    await told.story.fact("case.split", **moved, persons=persons[:1])
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"]
    assert told.hook.bodies[-1]["data"]["person_refs"] == told.story.persons[:1]
    await told.story.fact("case.split", **moved | {"new_case_id": str(uuid4())}, persons=persons[1:])
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended", "request.ended"]
    assert "person_refs" not in told.hook.bodies[-1]["data"]


async def test_a_consent_for_something_else_does_not_keep_a_request_open(told: Told) -> None:
    consents = await consented(told)
    await told.story.consent("partner", told.story.persons[0], "statistics")
    await told.story.itinerary()
    await told.send()
    for consent, ref in zip(consents, told.story.persons, strict=True):
        await told.story.fact("consent.withdrawn", consent_id=consent, person_ref=ref, on="2026-03-02")
    await told.send()
    ended = [body["data"] for body in told.hook.bodies if body["type"] == "request.ended"]
    assert [data.get("person_refs") for data in ended] == [None]


async def test_a_plan_that_goes_to_another_partner_ends_the_request_to_the_first_and_tells_only_who_was_named(
    told: Told,
) -> None:
    await asked(told)
    await plan(told, "activated")
    body = {"kind": "ngo", "name": "Nearer", "country": "GEO", "roles": ["reintegration_coordination"]}
    story = told.story
    first, nearer = story.ids["partner"], (await story.admin.post(f"{ROOT}/partners", json=body)).json()["id"]
    story.ids["partner"] = nearer
    await story.consent("partner", story.persons[0], "reintegration")
    moved = {"plan_id": str(uuid4()), "case_id": story.case_id, "partner_id": nearer, "from_partner_id": first}
    for _ in range(2):
        await story.service.receive(
            "reintegration.plan.transferred.v1", {**moved, "on": "2026-03-02"}, key=story.case_id
        )
    await paid(told)
    await told.send()
    assert told.types == ["request.ended"], "the partner before hears the neutral stop and of no payment"
    rows = await story.service.fetch(
        "SELECT payload_type, person_refs FROM delivery WHERE recipient_id = $1 ORDER BY id", nearer
    )
    assert {row["payload_type"] for row in rows} == {"assignment.offered", "payment.settled"}
    assert story.persons[1] not in str([row["person_refs"] for row in rows])


async def test_the_first_partner_hears_of_its_plan_once_somebody_agrees_to_it(told: Told) -> None:
    story = told.story
    await story.opened()
    await story.approved()
    fact = {"plan_id": str(uuid4()), "case_id": story.case_id, "on": "2026-03-02", "partner_id": story.ids["partner"]}
    await story.service.receive("reintegration.plan.assigned.v1", fact, key=story.case_id)
    statement = "SELECT person_refs FROM delivery WHERE payload_type = 'assignment.offered'"
    assert await story.service.fetch(statement) == []
    await story.consent("partner", story.persons[0], "reintegration")
    (row,) = await story.service.fetch(statement)
    assert row["person_refs"] == f'["{story.persons[0]}"]'


async def test_the_new_partner_hears_of_a_plan_once_somebody_agrees_to_it_unless_the_plan_ended(told: Told) -> None:
    await asked(told)
    await plan(told, "activated")
    story = told.story
    first = story.ids["partner"]
    body = {"kind": "ngo", "name": "Nearer", "country": "GEO", "roles": ["reintegration_coordination"]}

    async def moved_to(name: str) -> str:
        found = str((await story.admin.post(f"{ROOT}/partners", json={**body, "name": name})).json()["id"])
        fact = {"plan_id": str(uuid4()), "case_id": story.case_id, "partner_id": found, "from_partner_id": first}
        await story.service.receive("reintegration.plan.transferred.v1", fact, key=story.case_id)
        story.ids["partner"] = found
        story.bases.pop(("partner", "reintegration"), None)
        return found

    async def offered(partner: str) -> list[str]:
        statement = "SELECT payload_type FROM delivery WHERE recipient_id::text = $1"
        return [row["payload_type"] for row in await story.service.fetch(statement, partner)]

    passed_over, nearer = await moved_to("Passed over"), await moved_to("Nearer")
    assert await offered(nearer) == []
    for ref in story.persons:
        await story.consent("partner", ref, "reintegration")
    assert (await offered(passed_over), await offered(nearer)) == ([], ["assignment.offered"])
    last = await moved_to("Last")
    await plan(told, "completed")
    await story.consent("partner", story.persons[0], "reintegration")
    assert await offered(last) == []


async def test_a_case_that_ended_before_ends_were_followed_ends_once_for_everybody_told(told: Told) -> None:
    await asked(told)
    for _ in range(2):
        await told.story.fact("case.requests-ended", on="2026-03-02", outcome="over")
    await told.send()
    assert told.types == ["request.ended"] * 2


async def test_of_one_that_was_closed_the_partner_ends_with_its_plan(told: Told) -> None:
    await asked(told)
    await told.story.fact("case.requests-ended", on="2026-03-02", outcome="closed")
    await told.send()
    assert told.types == ["request.ended"]
    assert (await owing(told, "agency"), await owing(told, "partner")) == (1, 0)
    await plan(told, "completed")
    await told.send()
    assert told.types == ["request.ended"] * 2

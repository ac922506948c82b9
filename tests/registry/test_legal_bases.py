"""What registry sends needs a live legal basis beside the consent; when either ends, it ends for whom it concerns."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.registry.story import RegistryStory
from tests.registry.told import Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def without_basis(told: Told) -> None:
    """Everybody consents and the case is granted; no basis is known here."""
    await told.story.opened()
    for ref in told.story.persons:
        await told.story.consent("partner", ref, "reintegration", basis=False)
    await told.story.approved()
    await told.story.itinerary()


async def test_without_a_basis_nothing_leaves_by_webhook_or_feed(told: Told) -> None:
    await without_basis(told)
    await told.send()
    assert told.types == []
    (row,) = await told.story.service.fetch("SELECT agency_case_ref FROM agency_case")
    feed = await told.partner.get(f"/registry/v1/agency-cases/{row['agency_case_ref']}/events")
    assert feed.status_code == 404
    told.clock.advance(days=1, hours=2)
    await told.send()
    await told.story.basis("partner", "reintegration")
    await told.send()
    assert told.types == []


async def test_what_came_before_its_basis_leaves_when_the_basis_arrives(told: Told) -> None:
    await without_basis(told)
    await told.send()
    await told.story.basis("partner", "statistics")
    await told.send()
    assert told.types == []
    await told.story.basis("partner", "reintegration")
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    (line,) = await told.story.service.fetch("SELECT basis FROM disclosure_register")
    assert line["basis"] == "processing_contract and consent"


@pytest.mark.parametrize("end", ["ended", "run out"])
async def test_an_ended_basis_ends_what_is_sent_like_an_ended_consent(told: Told, end: str) -> None:
    await told.story.basis("partner", "reintegration", until="2026-03-04" if end == "run out" else None)
    await consented(told)
    await told.story.itinerary()
    await told.send()
    await told.story.service.run_job("end-without-basis")
    assert told.types == ["itinerary.confirmed"]
    if end == "ended":
        await told.story.basis_ended("partner", "reintegration")
    told.clock.advance(days=3)
    await told.story.itinerary("2026-03-12")
    await told.send()
    assert told.types == ["itinerary.confirmed"]
    for _ in range(2):
        await told.story.service.run_job("end-without-basis")
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"]
    assert set(told.hook.bodies[-1]["data"]) == {"occurred_at", "destroy_by", "agency_case_ref", "sequence"}


async def test_another_basis_carries_on(told: Told) -> None:
    await consented(told)
    await told.story.itinerary()
    await told.send()
    first = told.story.bases["partner", "reintegration"]
    await told.story.basis("partner", "reintegration")
    told.story.bases["partner", "reintegration"] = first
    await told.story.basis_ended("partner", "reintegration")
    await told.story.service.run_job("end-without-basis")
    await told.story.itinerary("2026-03-12")
    await told.send()
    assert told.types == ["itinerary.confirmed", "itinerary.confirmed"]


async def test_a_consent_that_ends_is_told_for_that_person_alone(told: Told) -> None:
    consents = await consented(told)
    await told.story.itinerary()
    await told.send()
    first, second = told.story.persons
    withdrawn = {"consent_id": consents[0], "person_ref": first, "on": "2026-03-02"}
    await told.story.fact("consent.withdrawn", **withdrawn)
    await told.story.itinerary("2026-03-12")
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended", "itinerary.confirmed"]
    assert [body["data"]["person_refs"] for body in told.hook.bodies] == [[first, second], [first], [second]]
    said = await told.story.service.published("registry.request.ended.v1")
    assert [entry.data["person_refs"] for entry in said] == [[first]]
    await told.story.fact("consent.withdrawn", **{**withdrawn, "consent_id": consents[1], "person_ref": second})
    await told.send()
    assert "person_refs" not in told.hook.bodies[-1]["data"]
    assert told.types.count("request.ended") == 2


async def test_who_leaves_a_package_is_told_alone_and_another_package_keeps_them(told: Told) -> None:
    await told.story.opened()
    for ref in told.story.persons:
        await told.story.consent("agency", ref, "identity_verification")
    packages = [await told.story.package(), await told.story.package()]
    await told.send()
    first = told.story.persons[0]
    recalled = {"recipient_id": told.story.ids["agency"], "person_refs": [first]}
    await told.story.fact("disclosure.recalled", **recalled, disclosure_id=packages[0])
    await told.send()
    assert told.types == ["request.package-ready"] * 2
    await told.story.fact("disclosure.recalled", **recalled, disclosure_id=packages[1])
    await told.send()
    assert told.types == ["request.package-ready"] * 2 + ["request.ended"]
    assert told.hook.bodies[-1]["data"]["person_refs"] == [first]
    for package in packages:
        await told.story.fact("disclosure.recalled", **{**recalled, "person_refs": None}, disclosure_id=package)
    await told.send()
    assert told.types[3:] == ["request.ended"]


async def test_a_stop_for_one_person_is_not_taken_back_when_the_case_goes_on(told: Told) -> None:
    consents = await consented(told)
    await told.story.itinerary()
    await told.send()
    await told.story.fact("case.suspended", on="2026-03-02")
    gone = {"consent_id": consents[0], "person_ref": told.story.persons[0], "on": "2026-03-02"}
    await told.story.fact("consent.withdrawn", **gone)
    await told.story.fact("case.resumed", on="2026-03-02")
    await told.send()
    assert told.types == ["itinerary.confirmed", "request.ended"]
    assert told.hook.bodies[-1]["data"]["person_refs"] == told.story.persons[:1]


async def test_a_basis_of_another_programme_or_case_is_none(told: Told) -> None:
    story: RegistryStory = told.story
    fact = {"basis_id": str(uuid4()), "programme_id": str(uuid4()), "recipient_id": story.ids["partner"]}
    fact |= {"purpose": "reintegration", "basis": "adequacy", "valid_from": "2026-01-01"}
    await story.service.receive("returns.disclosure-basis.approved.v1", fact, key=fact["basis_id"])
    other = {**fact, "basis_id": str(uuid4()), "programme_id": story.programme, "only_case_id": str(uuid4())}
    await story.service.receive("returns.disclosure-basis.approved.v1", other, key=other["basis_id"])
    await without_basis(told)
    await told.send()
    assert told.types == []

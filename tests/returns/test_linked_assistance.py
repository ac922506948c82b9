"""Families over several files: caps count what linked files of the programme were granted, and each host decides."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.testing.plugin import Run
from tests.returns.scenarios.before_departure import capped, decision
from tests.returns.story import CaseStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
OTHER_HOST = str(uuid4())


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


async def another_programme(told: CaseStory) -> None:
    rules: dict[str, Any] = {"programme_id": OTHER_HOST, "host": "DEU", "destinations": ["GEO"], "case_kinds": ["avrr"]}
    rules |= {"version": 1, "partnership_id": None, "component_id": None}
    await told.service.receive("registry.programme.rules-published.v1", rules, key=OTHER_HOST)


async def linked(told: CaseStory, **more: Any) -> CaseStory:
    """A second file of the family, found eligible and linked."""
    other = CaseStory(told.service)
    await other.eligible(**more)
    await other.post("links", {"other_case_id": told.id, "kind": "family"}, expect=201)
    return other


async def assistance(told: CaseStory, client: Any = None) -> list[dict[str, Any]]:
    return list((await (client or told.officer).get(f"/returns/v1/cases/{told.id}/linked-assistance")).json())


async def test_each_host_decides_its_own_file_with_its_own_caps(running: Run) -> None:
    told = await story(running)
    await capped(told)
    await another_programme(told)
    await told.approved()
    other = await linked(told, programme_id=OTHER_HOST)
    assert other.case["host"] == "DEU"
    assert await assistance(other) == []
    await other.quoted(programme_id=OTHER_HOST)
    await decision(other, 200)


async def test_a_grant_that_fell_counts_only_as_far_as_it_was_paid(running: Run) -> None:
    told = await story(running)
    await capped(told)
    await told.approved()
    other = await linked(told)
    await told.paid(3_000)
    assert [found["amount_minor"] for found in await assistance(other)] == [10_000]
    await told.refresh()
    await told.post("withdrawal", {})
    assert [found["amount_minor"] for found in await assistance(other)] == [3_000]
    await other.quoted(counted_elsewhere_minor=2_999)
    assert (await decision(other, 409))["slug"] == "quote-without-linked-files"
    await other.quoted(counted_elsewhere_minor=3_000)
    await decision(other, 200)


async def test_of_a_file_outside_the_scope_only_that_it_is_there_and_nothing_is_asked(running: Run) -> None:
    told = await story(running)
    await capped(told)
    await told.approved()
    other = await linked(told)
    await told.service.fetch("UPDATE return_case SET office_id = 'BRN', authority_id = 'XX' WHERE id = $1", told.id)
    nothing = {"case_id": None, "code": None, "amount_minor": None, "currency": None}
    assert await assistance(other) == [nothing]
    await other.quoted()
    await decision(other, 200)
    stranger = told.service.client("case_officer", authority_id="BAMF")
    assert (await stranger.get(f"/returns/v1/cases/{other.id}/linked-assistance")).status_code == 404


async def test_relatives_on_one_flight_and_ended_links_are_no_family_of_a_cap(running: Run) -> None:
    told = await story(running)
    await capped(told)
    await told.approved()
    other = CaseStory(told.service)
    await other.eligible()
    await other.post("links", {"other_case_id": told.id, "kind": "travels_with"}, expect=201)
    assert await assistance(other) == []
    await other.post("links", {"other_case_id": told.id, "kind": "family"}, expect=201)
    assert len(await assistance(other)) == 1
    links = (await other.caseworker.get(f"/returns/v1/cases/{other.id}/links")).json()
    family = next(link for link in links if link["kind"] == "family")
    await other.post(f"links/{family['id']}/ending", {})
    assert await assistance(other) == []


async def decided_at_once(*files: CaseStory) -> list[int]:
    """What each hears that is decided at the same moment."""

    async def one(file: CaseStory) -> int:
        body, tag = {"outcome": "approved", "quote_id": file.quote_id}, {"If-Match": f'"{file.case["version"]}"'}
        path = f"/returns/v1/cases/{file.id}/decision"
        return int((await file.officer.post(path, json=body, headers=tag)).status_code)

    return sorted(await asyncio.gather(*(one(file) for file in files)))


async def test_of_linked_files_decided_at_the_same_moment_the_second_sees_the_first(running: Run) -> None:
    told = await story(running)
    await capped(told)
    await told.eligible()
    files = [told, await linked(told), await linked(told)]
    for file in files:
        await file.refresh()
        await file.quoted()
    assert await decided_at_once(*files) == [200, 409, 409]
    granted = await told.service.fetch("SELECT id FROM return_case WHERE state = 'APPROVED'")
    assert len(granted) == 1


async def test_somebody_found_on_another_open_file_before_the_decision_is_granted_nothing_on_either(
    running: Run,
) -> None:
    told = await story(running)
    await told.eligible()
    other = CaseStory(told.service)
    await other.eligible()
    for file in (told, other):
        await file.quoted()
    for outcome, missing in (("unsure", "duplicate-decision"), ("same", "open-elsewhere")):
        await redecided(other, outcome)
        for file in (told, other):
            await file.refresh()
            assert missing in {item["code"] for item in (await decision(file, 409))["missing"]}
    assert await decided_at_once(told, other) == [409, 409]
    await redecided(other, "different")
    for file in (told, other):
        await file.refresh()
    assert await decided_at_once(told, other) == [200, 200]


async def redecided(file: CaseStory, outcome: str) -> None:
    """Somebody looks at every pair of the file again."""
    for pair in await file.duplicates():
        body, tag = {"outcome": outcome, "reason_code": "papers_compared"}, {"If-Match": f'"{pair["version"]}"'}
        answer = await file.caseworker.post(f"/returns/v1/duplicates/{pair['id']}/decision", json=body, headers=tag)
        assert answer.status_code == 200, answer.text

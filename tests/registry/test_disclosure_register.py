"""The register of a person is whole: each delivery, each reading of the feed or of a package, over all their cases."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.registry.told import ROOT, Told, consented
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def register(told: Told, role: str = "auditor", **asked: Any) -> list[tuple[str, str, str]]:
    """Who was told what about which case."""
    names = {found: who for who, found in told.story.ids.items()}
    claims = asked.pop("claims", {})
    answer = await told.story.service.client(role, **claims).get(f"{ROOT}/disclosure-register", params=asked)
    assert answer.status_code == 200, answer.text
    return [(names[entry["recipient_id"]], entry["what"], entry["case_id"]) for entry in answer.json()]


async def told_in_every_way(told: Told) -> str:
    """By webhook, by the feed, by a package: to two recipients; the case."""
    await consented(told)
    for ref in told.story.persons:
        await told.story.consent("agency", ref, "identity_verification")
    case = told.story.case_id
    await told.story.itinerary()
    await told.send()
    await told.partner.post(f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/pause")
    travelled = [{"person_ref": told.story.persons[0], "travelled": True}]
    await told.story.fact("case.departed", on="2026-03-09", persons=travelled)
    reference = told.hook.bodies[0]["data"]["agency_case_ref"]
    assert (await told.partner.get(f"{ROOT}/agency-cases/{reference}/events")).status_code == 200
    package = await told.story.package()
    await told.send()
    read = {"disclosure_id": package, "recipient_id": told.story.ids["agency"], "data_classes": ["family_name"]}
    for _ in range(2):
        await told.story.fact("disclosure.made", **read, person_refs=told.story.persons[:1])
    return case


async def test_every_way_of_being_told_is_there_once_per_reading(told: Told) -> None:
    case = await told_in_every_way(told)
    first, second = told.story.persons
    lines = [("partner", "itinerary.confirmed"), ("partner", "departed"), ("agency", "request.package-ready")]
    lines += [("agency", "package-read")] * 2
    assert [line[:2] for line in await register(told, case_id=case)] == lines
    assert [line[:2] for line in await register(told, person_id=first)] == lines
    assert [line[:2] for line in await register(told, case_id=case, person_id=second)] == [lines[0], lines[2]]


async def test_who_is_moved_to_another_case_takes_the_lines_along(told: Told) -> None:
    case = await told_in_every_way(told)
    moved, other = told.story.persons[0], str(uuid4())
    persons = [{"person_ref": moved}]
    await told.story.fact("case.split", new_case_id=other, persons=persons)
    told.story.case_id, told.story.persons = other, [moved]
    await consented(told)
    await told.partner.post(f"{ROOT}/webhook-endpoints/{told.endpoint['id']}/resume")
    await told.story.itinerary("2026-03-20")
    await told.send()
    lines = await register(told, person_id=moved)
    assert [line[2] for line in lines].count(case) == len(lines) - 1
    assert lines[-1] == ("partner", "itinerary.confirmed", other)


async def test_others_see_the_lines_of_their_own_cases_only(told: Told) -> None:
    await told_in_every_way(told)
    first = told.story.persons[0]
    assert len(await register(told, "case_officer", person_id=first, claims={"authority_id": "SEM"})) == 5
    assert await register(told, "case_officer", person_id=first, claims={"authority_id": "ELSEWHERE"}) == []
    assert len(await register(told, "protection_officer", person_id=first, claims={"offices": ["ZRH"]})) == 5
    assert await register(told, "protection_officer", person_id=first) == []
    nothing = await told.story.service.client("auditor").get(f"{ROOT}/disclosure-register")
    assert (nothing.status_code, nothing.json()["slug"]) == (422, "case-or-person-needed")

"""A child is covered when every adult of its file consents, and by nothing less."""

from __future__ import annotations

import json
from typing import Any

import pytest
import pytest_asyncio

from tests.registry.story import RegistryStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
FAMILY = {"mother": "35-64", "father": "35-64", "child": "5-13"}


@pytest_asyncio.fixture(loop_scope="session")
async def story(running: Any) -> RegistryStory:
    found = RegistryStory(await running("registry"))
    await found.enrol()
    await found.fact(
        "case.opened",
        programme_id=found.case_id,
        persons=[{"person_ref": ref, "age_band": band} for ref, band in FAMILY.items()],
    )
    found.persons = list(FAMILY)
    return found


async def told_of(story: RegistryStory) -> list[str]:
    await story.approved()
    await story.itinerary()
    rows = await story.service.fetch("SELECT facts FROM delivery ORDER BY id")
    return list(dict.fromkeys(ref for row in rows for ref in json.loads(row["facts"])["person_refs"]))


async def test_both_parents_consent_for_the_child(story: RegistryStory) -> None:
    for parent in ("mother", "father"):
        await story.consent("partner", parent, "reintegration")
    assert sorted(await told_of(story)) == ["child", "father", "mother"]


async def test_one_parent_alone_does_not(story: RegistryStory) -> None:
    await story.consent("partner", "mother", "reintegration")
    assert await told_of(story) == ["mother"]


async def test_a_withdrawn_consent_takes_the_child_out_again(story: RegistryStory) -> None:
    consents = [await story.consent("partner", parent, "reintegration") for parent in ("mother", "father")]
    await story.fact("consent.withdrawn", consent_id=consents[0], person_ref="mother")
    assert await told_of(story) == ["father"]


async def test_an_adult_who_joins_later_is_asked_too(story: RegistryStory) -> None:
    for parent in ("mother", "father"):
        await story.consent("partner", parent, "reintegration")
    await story.fact("person.added", person={"person_ref": "uncle", "age_band": "25-34"})
    assert sorted(await told_of(story)) == ["father", "mother"]


async def test_who_left_the_file_is_not_asked_any_more(story: RegistryStory) -> None:
    await story.fact("person.added", person={"person_ref": "uncle", "age_band": "25-34"})
    for parent in ("mother", "father"):
        await story.consent("partner", parent, "reintegration")
    await story.fact(
        "case.split",
        new_case_id="0199c0de-0000-7000-8000-0000000000aa",
        persons=[{"person_ref": "uncle"}],
        published_under=story.case_id,
        on="2026-03-02",
    )
    assert sorted(await told_of(story)) == ["child", "father", "mother"]

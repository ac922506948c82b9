"""Files of one family that became one: consents follow the persons, the emptied file is nobody's business any more."""

from __future__ import annotations

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from tests.registry.told import Told
from tests.registry.told import told as told

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def two_files(told: Told) -> tuple[str, str]:
    """One person each, each agreeing that the partner is told; the second file is the one spoken of at the end."""
    story, files = told.story, []
    for ref in ("person_a", "person_b"):
        story.case_id, story.persons = str(uuid4()), [ref]
        await story.opened()
        await story.consent("partner", ref, "reintegration")
        files.append(story.case_id)
    return files[0], files[1]


async def merge(told: Told, kept: str, joined: str, *, first: str) -> None:
    data: dict[str, Any] = {"case_id": kept, "merged_case_id": joined, "on": "2026-03-02"}
    data["persons"] = [{"person_ref": "person_b"}]
    for key in (first, joined if first == kept else kept, first):
        await told.story.service.receive("returns.case.merged.v1", {**data, "published_under": key}, key=key)


@pytest.mark.parametrize("first", ["kept", "joined"])
async def test_the_partner_is_told_once_of_everybody_in_the_file_that_goes_on(told: Told, first: str) -> None:
    kept, joined = await two_files(told)
    await merge(told, kept, joined, first=kept if first == "kept" else joined)
    story = told.story
    story.case_id, story.persons = kept, ["person_a", "person_b"]
    await story.approved()
    await story.itinerary()
    await told.send()
    assert [body["data"]["person_refs"] for body in told.hook.bodies] == [["person_a", "person_b"]]


async def test_of_the_emptied_file_nothing_is_told_even_if_something_still_comes(told: Told) -> None:
    kept, joined = await two_files(told)
    await merge(told, kept, joined, first=joined)
    told.story.case_id, told.story.persons = joined, ["person_b"]
    await told.story.approved()
    await told.story.itinerary()
    assert await told.send() == 0


async def test_whoever_was_asked_about_the_emptied_file_hears_that_it_is_over(told: Told) -> None:
    kept, joined = await two_files(told)
    await told.story.consent("agency", "person_b", "identity_verification")
    await told.story.package()
    await told.send()
    assert told.types == ["request.package-ready"]
    await merge(told, kept, joined, first=kept)
    await told.send()
    assert told.types == ["request.package-ready", "request.ended"]
    before, ended = (body["data"]["agency_case_ref"] for body in told.hook.bodies)
    assert before == ended
    await merge(told, kept, joined, first=joined)
    assert await told.send() == 0


async def test_the_late_events_of_an_emptied_file_bring_nobody_back_who_went_on_from_there(told: Told) -> None:
    """Each file's events keep their own order and have none among each other: any of them may come last as a whole."""
    story = told.story
    for order in permutations(("emptied", "common", "own"), 3):
        joined, kept, new, ref = (str(uuid4()) for _ in range(4))
        merge_ = {"case_id": kept, "merged_case_id": joined, "on": "2026-03-02"}
        split_ = {"case_id": kept, "new_case_id": new, "on": "2026-03-02"}
        back = {"case_id": kept, "merged_case_id": new, "on": "2026-03-02"}
        again, last = str(uuid4()), {"case_id": kept, "on": "2026-03-02"}
        streams: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
            "emptied": [(joined, "case.opened", {"case_id": joined}), (joined, "case.merged", merge_)],
            "common": [
                (kept, "case.merged", merge_),
                (kept, "case.split", split_),
                (kept, "case.merged", back),
                (kept, "case.split", last | {"new_case_id": again}),
            ],
            "own": [(new, "case.split", split_), (new, "case.merged", back)],
        }
        persons = [{"person_ref": ref, "age_band": "35-64"}]
        for stream in order:
            for key, name, data in streams[stream]:
                fact = {**data, "programme_id": story.programme, "persons": persons, "published_under": key}
                await story.service.receive(f"returns.{name}.v1", fact, key=key)
        consent = {"case_id": joined, "person_ref": ref, "consent_id": str(uuid4()), "purposes": ["reintegration"]}
        consent |= {"recipients": [story.ids["partner"]]}
        await story.service.receive("returns.consent.given.v1", consent, key=joined)
        for table in ("known_person", "known_consent"):
            (row,) = await story.service.fetch(f"SELECT case_id::text FROM {table} WHERE person_ref = $1", ref)
            assert row["case_id"] == again, (table, order)

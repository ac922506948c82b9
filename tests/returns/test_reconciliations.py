"""One person in two files: what both were granted is looked at by a named officer, and the file too many is closed."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.returns.story import CaseStory, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


def codes(answer: dict[str, Any]) -> set[str]:
    return {item["code"] for item in answer["missing"]}


async def second_file(
    told: CaseStory, stage: str = "approved", persons: list[dict[str, Any]] | None = None
) -> CaseStory:
    """A file of the same people that somebody took for another's."""
    other = CaseStory(told.service)
    await getattr(other, stage)(persons)
    return other


async def found_same(file: CaseStory, outcome: str = "same") -> None:
    """Every pair of this file is decided anew."""
    for pair in await file.duplicates():
        body, tag = {"outcome": outcome, "reason_code": "papers_compared"}, {"If-Match": f'"{pair["version"]}"'}
        path = f"/returns/v1/duplicates/{pair['id']}/decision"
        assert (await file.officer.post(path, json=body, headers=tag)).status_code == 200
    await file.refresh()


async def reconciliations(told: CaseStory, *, settled: bool = False) -> list[dict[str, Any]]:
    answer = await told.officer.get("/returns/v1/reconciliations", params={"settled": settled})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def send(
    told: CaseStory, row: dict[str, Any], step: str, body: dict[str, Any], expect: int = 200
) -> dict[str, Any]:
    path, tag = f"/returns/v1/reconciliations/{row['id']}/{step}", {"If-Match": f'"{row["version"]}"'}
    answer = await told.officer.post(path, json=body, headers=tag)
    assert answer.status_code == expect, answer.text
    return dict(answer.json())


async def test_help_from_two_files_is_listed_for_a_named_officer_and_nothing_is_recovered(running: Run) -> None:
    told = await story(running)
    await told.departed()
    await told.paid()
    other = await second_file(told)
    await other.paid(2_000)
    assert await reconciliations(told) == []
    await found_same(other)
    (row,) = await reconciliations(told)
    assert row["paid_twice"] == ["travel_money"]
    sides = {side["case_id"]: [line["paid_minor"] for line in side["lines"]] for side in row["sides"]}
    assert sides == {told.id: [10_000], other.id: [2_000]}
    assert {side["departed_on"] is None for side in row["sides"]} == {True, False}
    before = len(await told.service.published())
    finding = {"outcome": "double_benefit_stands", "reason_code": "small_amount"}
    assert (await send(told, row, "finding", finding, 409))["slug"] == "not-the-named-officer"
    row = await send(told, row, "officer", {"officer": "co-1"})
    row = await send(told, row, "finding", finding)
    assert (row["outcome"], row["officer"]) == ("double_benefit_stands", "co-1")
    assert await reconciliations(told) == []
    assert [each["id"] for each in await reconciliations(told, settled=True)] == [row["id"]]
    assert len(await told.service.published()) == before, "nothing leaves, nothing is asked back"


async def test_a_decision_taken_back_settles_it_and_another_opens_it_again(running: Run) -> None:
    told = await story(running)
    await told.approved()
    other = await second_file(told)
    await found_same(other)
    assert len(await reconciliations(told)) == 1
    await found_same(other, "different")
    assert await reconciliations(told) == []
    assert [row["outcome"] for row in await reconciliations(told, settled=True)] == ["not_one_person"]
    await found_same(other)
    assert [row["outcome"] for row in await reconciliations(told)] == [None]


async def test_only_officers_of_the_authority_see_it_and_of_a_foreign_file_nothing(running: Run) -> None:
    told = await story(running)
    await told.approved()
    other = await second_file(told)
    await found_same(other)
    await told.service.fetch("UPDATE return_case SET authority_id = 'BAMF' WHERE id = $1", told.id)
    (row,) = await reconciliations(other)
    assert sorted(side["case_id"] or "" for side in row["sides"]) == ["", other.id]
    assert row["paid_twice"] == []
    stranger = told.service.client("case_officer", authority_id="XX")
    assert (await stranger.get("/returns/v1/reconciliations")).json()["items"] == []
    assert (await stranger.get(f"/returns/v1/reconciliations/{row['id']}")).status_code == 404
    assert (await told.caseworker.get("/returns/v1/reconciliations")).status_code == 403


async def test_the_file_too_many_is_closed_and_the_other_goes_on(running: Run) -> None:
    told = await story(running)
    await told.departed()
    other = await second_file(told, "prepared")
    refused = await other.post("duplicate-closing", {}, client=other.officer, expect=409)
    assert codes(refused) == {"same-person"}
    await found_same(other)
    assert (await told.post("duplicate-closing", {}, client=told.officer, expect=409))["missing"][0]["code"] == "state"
    await other.post("duplicate-closing", {}, client=other.officer)
    await told.refresh()
    assert (other.case["state"], told.case["state"]) == ("MERGED", "DEPARTED")
    (over,) = await told.service.published("returns.case.cancelled.v1")
    assert (over.data["case_id"], over.data["reason_group"]) == (other.id, "circumstances")
    merged = await told.service.published("returns.case.merged.v1")
    assert [(event.data["case_id"], event.data["persons"]) for event in merged] == [(told.id, [])] * 2
    assert {event.subject for event in merged} == {told.id, other.id}
    lines = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()
    assert any("second file of the same people" in line["told"] for line in lines)


async def test_a_file_with_somebody_who_is_on_no_other_is_not_closed(running: Run) -> None:
    told = await story(running)
    await told.approved()
    names = {"family_name": "Okonkwo", "given_names": "Ngozi"}
    friend = person("sibling", identity=names, born_on="1971-02-03")
    other = await second_file(told, "approved", [person("main_applicant"), friend])
    await found_same(other)
    refused = await other.post("duplicate-closing", {}, client=other.officer, expect=409)
    assert [item["code"] for item in refused["missing"]] == ["same-person"]
    await told.post("withdrawal", {})
    refused = await other.post("duplicate-closing", {}, client=other.officer, expect=409)
    assert [item["code"] for item in refused["missing"]] == ["same-person", "same-person"]

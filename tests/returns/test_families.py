"""Files of one family: joined, parted and linked, with everything kept of each person following the person."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.returns.persistence.following import FOLLOWING
from services.returns.persistence.tables import ReturnsTable
from services.returns.service import SERVICE
from shared.testing.plugin import Run
from tests.returns.story import CaseStory, person

service_test = pytest.mark.asyncio(loop_scope="session")


async def story(running: Run) -> CaseStory:
    told = CaseStory(await running("returns"))
    await told.world()
    return told


def codes(answer: dict[str, Any]) -> set[str]:
    return {item["code"] for item in answer["missing"]}


async def another(told: CaseStory, persons: list[dict[str, Any]] | None = None, stage: str = "open") -> CaseStory:
    """A second file in the same house."""
    other = CaseStory(told.service)
    await getattr(other, stage)(persons)
    return other


async def agreed(*files: CaseStory) -> None:
    for told in files:
        for ref in told.refs(adults=True):
            await told.fact("common_file", "agrees", ref)


async def merge(kept: CaseStory, other: CaseStory, *, expect: int = 200, **more: Any) -> dict[str, Any]:
    body = {"case_id": kept.id, "joining_case_id": other.id, **more}
    headers = {"If-Match": f'"{kept.case["version"]}"'}
    answer = await kept.caseworker.post("/returns/v1/cases/merge", json=body, headers=headers)
    assert answer.status_code == expect, answer.text
    if expect == 200:
        kept.case = answer.json()
    return dict(answer.json())


def test_every_table_of_a_case_and_a_person_follows_the_person() -> None:
    assert SERVICE.metadata is ReturnsTable.metadata
    both = {table.name for table in SERVICE.metadata.tables.values() if {"case_id", "person_id"} <= set(table.c.keys())}
    assert both == {str(table.__tablename__) for table in FOLLOWING}


@service_test
async def test_files_become_one_when_every_adult_agrees_and_all_that_is_kept_comes_along(running: Run) -> None:
    told = await story(running)
    await told.submitted([person("main_applicant"), person("child")])
    other = await another(told, stage="submitted")
    joining = other.refs()[0]
    assert codes(await merge(told, other, expect=409)) == {"common-file"}
    await agreed(told, other)
    await other.fact("detention", "detained")
    await told.fact("detention", "released")
    await merge(told, other, relations={joining: "partner"})
    found = {entry["person_ref"]: entry for entry in told.case["persons"]}
    assert found[joining]["relation"] == "partner"
    assert (found[joining]["consented"], bool(found[joining]["declared_on"])) == (True, True)
    await other.refresh()
    assert (other.case["state"], other.case["persons"]) == ("MERGED", [])
    for table in ("consent", "declaration", "case_fact"):
        rows = await told.service.fetch(
            f"SELECT DISTINCT case_id FROM {table} WHERE person_id = $1", found[joining]["person_id"]
        )
        assert [str(row["case_id"]) for row in rows] == [told.id]
    lacking = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/facts")).json()
    assert [fact["value"] for fact in lacking if fact["kind"] == "detention"][-1] == "detained"
    merged = await told.service.published("returns.case.merged.v1")
    assert {event.subject for event in merged} == {told.id, other.id}
    for file in (told, other):
        lines = (await told.caseworker.get(f"/returns/v1/cases/{file.id}/history")).json()
        assert any("join" in line["told"] for line in lines)


@service_test
async def test_what_stands_against_one_file_is_said(running: Run) -> None:
    told = await story(running)
    await told.open()
    ahead = await another(told, stage="submitted")
    await agreed(told, ahead)
    assert codes(await merge(ahead, told, expect=409)) == {"stage"}
    decided = await another(told, stage="approved")
    await agreed(decided)
    for stage, words in (("approved", "ask for a review"), ("prepared", "link the files"), ("departed", "duplicate")):
        other = decided if stage == "approved" else await another(told, stage=stage)
        await agreed(other) if stage == "prepared" else None
        refused = await merge(told, other, expect=409)
        assert any(words in item["message"] for item in refused["missing"] if item["code"] == "state"), stage
    frozen = await another(told)
    await agreed(frozen)
    protection = told.service.client("protection_officer", offices=["ZRH"], subject="po-1")
    await frozen.post("disclosure-freeze", {}, client=protection)
    assert codes(await merge(told, frozen, expect=409)) == {"not-now"}
    foreign = told.service.client("caseworker", offices=["BRN"])
    body = {"case_id": told.id, "joining_case_id": ahead.id}
    assert (await foreign.post("/returns/v1/cases/merge", json=body, headers={"If-Match": '"1"'})).status_code == 404
    assert (await merge(told, told, expect=422))["slug"] == "merged-with-itself"


@service_test
async def test_a_child_born_to_a_ready_family_joins_it_and_the_grant_stands(running: Run) -> None:
    told = await story(running)
    await told.ready([person("main_applicant"), person("partner")])
    mother = told.refs(relation="main_applicant")[0]
    born = {"parent_ref": mother, "born_on": told.today.isoformat(), "sex": 2}
    await told.post("births", born, expect=201)
    assert (told.case["state"], told.case["funding"]) == ("PRE_DEPARTURE", "reserved")
    child = next(entry for entry in told.case["persons"] if entry["relation"] == "child")
    assert (child["adult"], child["provisional"], child["papers"]) == (False, True, "missing")
    refused = await told.post("readiness", {}, expect=409)
    assert {"parental-consent", "identity", "travel-document", "medical-clearance"} <= codes(refused)
    assert "child-heard" not in codes(refused)
    added = (await told.service.published("returns.person.added.v1"))[0]
    assert added.data["person"]["age_band"] == "0-4"
    notes = await told.service.fetch("SELECT role FROM notification WHERE kind = 'birth.grant-to-amend'")
    assert [row["role"] for row in notes] == ["case_officer"]


@service_test
async def test_a_birth_needs_a_parent_on_the_file_and_a_journey_not_over(running: Run) -> None:
    told = await story(running)
    await told.departed([person("main_applicant"), person("child")])
    born = {"parent_ref": told.refs(adults=False)[0], "born_on": told.today.isoformat()}
    assert (await told.post("births", born, expect=422))["slug"] == "parent-not-on-file"
    born["parent_ref"] = told.refs(adults=True)[0]
    await told.post("births", {**born, "holders_agreed": True}, expect=201)
    assert {entry["travel_status"] for entry in told.case["persons"]} == {"BOARDED"}
    await told.post("arrival", {"evidence": "partner_met"}, client=told.partner)
    assert codes(await told.post("births", born, expect=409)) == {"state"}


@service_test
async def test_linked_files_stay_files_of_their_own_and_show_nothing_across_offices(running: Run) -> None:
    told = await story(running)
    await told.open()
    other = await another(told)
    link = {"other_case_id": other.id, "kind": "joins_later"}
    for _ in range(2):
        await told.post("links", link, expect=201)
    found = (await other.caseworker.get(f"/returns/v1/cases/{other.id}/links")).json()
    assert [(entry["kind"], entry["other_case_id"]) for entry in found] == [("joins_later", told.id)]
    await other.caseworker.post(f"/returns/v1/cases/{other.id}/withdrawal", json={})
    await told.refresh()
    assert told.case["state"] == "DRAFT"
    await told.service.fetch("UPDATE return_case SET office_id = 'BRN' WHERE id = $1", other.id)
    hidden = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/links")).json()[0]
    assert (hidden["kind"], hidden["other_case_id"], hidden["other_file_reference"]) == ("joins_later", None, None)
    foreign = await told.caseworker.post(f"/returns/v1/cases/{told.id}/links", json={**link, "kind": "family"})
    assert foreign.status_code == 404
    await told.post(f"links/{found[0]['id']}/ending", {})
    assert (await told.caseworker.get(f"/returns/v1/cases/{told.id}/links")).json()[0]["ended_on"]


STEPS = st.lists(
    st.tuples(st.sampled_from(["open", "add", "born", "split", "merge"]), st.integers(0, 99), st.integers(0, 99)),
    min_size=2,
    max_size=10,
)
EXAMPLES = settings(
    max_examples=int(os.environ.get("WAYHOME_EXAMPLES", "6")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FAMILIES = (
    [person("main_applicant")],
    [person("main_applicant"), person("child")],
    [person("main_applicant"), person("partner"), person("child")],
    [person("ward", unaccompanied=True)],
    [person("main_applicant"), person("parent", needs_carer=True)],
)


class Walk:
    """Files of one house under random steps, with what must be so after each."""

    def __init__(self, told: CaseStory) -> None:
        self.told = told
        self.files: list[CaseStory] = []
        self.known: set[str] = set()

    async def take(self, step: str, first: int, second: int) -> None:
        if step == "open" or not self.files:
            file = CaseStory(self.told.service)
            await file.open(FAMILIES[first % len(FAMILIES)])
            await file.consent()
            await file.declare()
            await agreed(file)
            self.files.append(file)
            return
        file, other = self.files[first % len(self.files)], self.files[second % len(self.files)]
        await getattr(self, step)(file, other, second)
        for each in self.files:
            await each.refresh()

    async def add(self, file: CaseStory, _other: CaseStory, number: int) -> None:
        child = number % 2 and file.refs(adults=True)  # a draft may take a child first; submission asks for the adult
        await self.send(file, "persons", person("child" if child else "sibling"))

    async def born(self, file: CaseStory, _other: CaseStory, number: int) -> None:
        parents = file.refs(adults=True)
        if parents:
            body = {"parent_ref": parents[number % len(parents)], "born_on": self.told.today.isoformat()}
            await self.send(file, "births", body)

    async def split(self, file: CaseStory, _other: CaseStory, number: int) -> None:
        leaving = [ref for place, ref in enumerate(file.refs()) if number >> (place % 6) & 1]
        if leaving and (await self.send(file, "split", {"person_refs": leaving})) == 201:
            rows = await self.told.service.fetch("SELECT id FROM return_case ORDER BY id DESC LIMIT 1")
            new = CaseStory(self.told.service)
            new.case = {"id": str(rows[0]["id"])}
            await new.refresh()
            self.files.append(new)

    async def merge(self, file: CaseStory, other: CaseStory, _number: int) -> None:
        body = {"case_id": file.id, "joining_case_id": other.id}
        headers = {"If-Match": f'"{file.case["version"]}"'}
        answer = await file.caseworker.post("/returns/v1/cases/merge", json=body, headers=headers)
        assert answer.status_code in (200, 409, 422), answer.text
        if answer.status_code == 200:
            self.files.remove(other)

    async def send(self, file: CaseStory, step: str, body: dict[str, Any]) -> int:
        answer = await file.caseworker.post(f"/returns/v1/cases/{file.id}/{step}", json=body)
        assert answer.status_code in (200, 201, 409), answer.text
        return answer.status_code

    async def holds(self) -> None:
        """Everybody in exactly one open file, what they signed with them, no child and no dependant alone."""
        people = await self.told.service.fetch(
            "SELECT p.id, p.person_ref, p.case_id, p.adult, p.unaccompanied, p.needs_carer, p.declared_on, c.state "
            "FROM case_person p JOIN return_case c ON c.id = p.case_id"
        )
        refs = {row["person_ref"] for row in people}
        assert self.known <= refs
        assert len(refs) == len(people)
        self.known = refs
        assert {row["state"] for row in people} == {"DRAFT"}
        shown = Counter(ref for file in self.files for ref in file.refs())
        assert shown == Counter(refs)
        home = {row["id"]: row["case_id"] for row in people}
        for table, kinds in (("consent", 1), ("declaration", 1)):
            rows = await self.told.service.fetch(f"SELECT person_id, case_id FROM {table}")
            assert all(home[row["person_id"]] == row["case_id"] for row in rows)
            signed = Counter(row["person_id"] for row in rows)
            assert all(signed[row["id"]] == kinds for row in people if row["declared_on"])
        for case_id in set(home.values()):
            together = [row for row in people if row["case_id"] == case_id]
            adults = [row for row in together if row["adult"]]
            assert all(row["adult"] or row["unaccompanied"] or adults for row in together)
            assert all(not row["needs_carer"] or [a for a in adults if a is not row] for row in together)


@EXAMPLES
@given(STEPS)
@service_test
async def test_whatever_happens_to_files_nobody_is_lost_doubled_or_left_alone(
    running: Run, steps: list[tuple[str, int, int]]
) -> None:
    told = await story(running)
    walk = Walk(told)
    await told.service.fetch("TRUNCATE return_case CASCADE")
    for step, first, second in steps:
        await walk.take(step, first, second)
        await walk.holds()

"""Versions of a programme's rules over HTTP: drafted, compared, tried, published by another, withdrawn; and quotes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.local import programmes
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.registry.story import RegistryStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
TABLE: dict[str, Any] = {
    "currency": "EUR",
    "rules": [
        {"id": "adult", "code": "start_up", "per": "person", "who": {"age": "adult"}, "amount_minor": 100_000, "phase": "departure_cash"},
        {"id": "minor", "code": "start_up", "per": "person", "who": {"age": "minor"}, "amount_minor": 50_000, "phase": "departure_cash"},
    ],
}  # fmt: skip
PERSONS = [
    {"person_ref": "p1", "relation": "main_applicant", "minor": False},
    {"person_ref": "p2", "relation": "child", "minor": True, "age_years": 9},
]


class Desk:
    """A programme with an author and somebody else."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.runs: list[str] = []
        self.author, self.other = self.managers()
        self.path = ""

    def managers(self) -> tuple[Any, Any]:
        one, two = (
            self.service.client("programme_manager", subject=f"pm-{number}", programmes=self.runs) for number in (1, 2)
        )
        return one, two

    async def made(
        self, client: Any, path: str, body: dict[str, Any] | None = None, status: int = 201
    ) -> dict[str, Any]:
        answer = await client.post(path, json=body or {})
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def programme(self, currency: str = "EUR") -> str:
        body = {"name": "P", "outward_name": "Return programme", "host": "DEU", "destinations": ["GEO"]}
        made = await self.made(
            self.author, "/registry/v1/programmes", {**body, "case_kinds": ["avrr"], "currency": currency}
        )
        self.runs.append(made["id"])
        self.author, self.other = self.managers()
        return f"/registry/v1/programmes/{made['id']}"

    async def draft(
        self, table: dict[str, Any] = TABLE, first: str = "2026-01-01", last: str | None = None
    ) -> dict[str, Any]:
        body = {"valid_from": first, "valid_to": last, "source": "decree", "content": table}
        return await self.made(self.author, f"{self.path}/rule-versions", body)

    async def publish(self, version: dict[str, Any], status: int = 200, **body: Any) -> dict[str, Any]:
        return await self.made(self.other, f"{self.path}/rule-versions/{version['id']}/publication", body, status)

    async def published(
        self, table: dict[str, Any] = TABLE, first: str = "2026-01-01", last: str | None = None
    ) -> dict[str, Any]:
        return await self.publish(await self.draft(table, first, last))

    async def quote(self, status: int = 201, **facts: Any) -> dict[str, Any]:
        return await self.made(self.author, f"{self.path}/quote", {"persons": PERSONS, **facts}, status)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(running: Run) -> Desk:
    found = Desk(await running("registry"))
    found.path = await found.programme()
    return found


async def test_a_draft_is_refused_with_every_place_that_is_wrong(desk: Desk) -> None:
    table = {"currency": "CHF", "rules": [{**TABLE["rules"][0], "amount_minor": "secret"}]}
    body = {"valid_from": "2026-01-01", "source": "decree", "content": table}
    answer = await desk.author.post(f"{desk.path}/rule-versions", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["slug"]) == (422, "rules-not-readable")
    assert [error["where"] for error in problem["errors"]] == ["rules/0/amount_minor"]
    assert "secret" not in answer.text
    body |= {"content": {**TABLE, "currency": "CHF"}, "valid_to": "2025-12-31"}
    answer = await desk.author.post(f"{desk.path}/rule-versions", json=body)
    assert [error["where"] for error in answer.json()["errors"]] == ["currency", "valid_to"]
    never = {"early": {"valid_to": "2025-12-31"}, "late": {"valid_from": "2026-07-01"}}
    may = {"flight": {"valid_from": "2026-07-01", "reference": "departure"}, "last": {"valid_to": "2026-01-01"}}
    rules = [{**TABLE["rules"][0], "id": name, **days} for name, days in (never | may).items()]
    body |= {"valid_to": "2026-06-30", "content": {**TABLE, "rules": rules}}
    answer = await desk.author.post(f"{desk.path}/rule-versions", json=body)
    assert [error["where"] for error in answer.json()["errors"]] == ["rules/0", "rules/1"], "outside the version's days"


async def test_a_version_is_published_once_and_by_somebody_else(desk: Desk) -> None:
    version = await desk.draft()
    own = await desk.author.post(f"{desk.path}/rule-versions/{version['id']}/publication")
    assert own.json()["slug"] == "publication-needs-another"
    assert (await desk.publish(version))["published_on"] == "2026-03-02"
    assert (await desk.publish(version, 409))["slug"] == "already-published"
    (event,) = await desk.service.published("registry.programme.rules-published.v1")
    assert event.data["table"] == TABLE
    foreign = await desk.programme()
    answer = await desk.other.post(f"{foreign}/rule-versions/{version['id']}/publication")
    assert answer.status_code == 404, "another programme's version is not there"


async def test_a_programme_that_helps_people_is_changed_by_those_who_run_it_only(desk: Desk) -> None:
    stranger, administrator = (
        desk.service.client("programme_manager", subject="pm-3"),
        desk.service.client("administrator"),
    )
    first = await desk.draft(last="2026-12-31")
    await desk.made(stranger, f"{desk.path}/rule-versions/{first['id']}/publication", {}, 200)
    second = await desk.draft(first="2027-01-01")
    one = f"{desk.path}/rule-versions/{second['id']}"
    drafted = {"valid_from": "2027-01-01", "source": "decree", "content": TABLE}
    refused: list[tuple[str, dict[str, Any]]] = [
        (f"{desk.path}/rule-versions", drafted),
        (f"{one}/copies", {"valid_from": "2028-01-01"}),
        (f"{one}/publication", {}),
        (f"{one}/withdrawal", {}),
        (f"{one}/trials", {}),
        (f"{desk.path}/closing", {"on": "2026-06-30"}),
    ]
    for path, body in refused:
        assert (await desk.made(stranger, path, body, 404))["slug"] == "not-found"
    trial = await desk.made(desk.author, f"{one}/trials", {})
    differences = f"{one}/trials/{trial['id']}/differences"
    seen = {
        who: (await client.get(differences)).status_code for who, client in (("own", desk.author), ("none", stranger))
    }
    assert seen == {"own": 200, "none": 404}
    assert (await administrator.get(differences)).status_code == 403, "cases are not for the administration"
    await desk.made(administrator, f"{one}/publication", {}, 200)


async def test_somebody_who_read_an_older_state_does_not_publish(desk: Desk) -> None:
    version = await desk.draft()
    path = f"{desk.path}/rule-versions/{version['id']}/publication"
    answer = await desk.other.post(path, headers={"If-Match": '"7"'})
    assert answer.status_code == 412


async def test_overlapping_validity_is_refused_with_what_is_in_the_way(desk: Desk) -> None:
    first = await desk.published()
    second = await desk.draft(first="2026-07-01")
    refused = await desk.publish(second, 409)
    assert refused["slug"] == "validity-overlaps"
    assert refused["overlaps"] == [{"number": 1, "valid_from": "2026-01-01", "valid_to": None}]
    await desk.publish(second, end_previous=True)
    ended = (await desk.author.get(f"{desk.path}/rule-versions/{first['id']}")).json()
    assert ended["valid_to"] == "2026-06-30"
    facts = [event.data for event in await desk.service.published("registry.programme.rules-published.v1")]
    assert [(fact["version"], fact["valid_to"]) for fact in facts] == [(1, None), (1, "2026-06-30"), (2, None)]
    earlier = await desk.draft(first="2025-01-01")
    assert (await desk.publish(earlier, 409, end_previous=True))["overlaps"][0]["number"] == 1, (
        "later ones are not ended"
    )
    before = await desk.draft(first="2025-01-01", last="2025-12-31")
    await desk.publish(before)


async def test_what_held_on_a_past_day_is_not_replaced(desk: Desk) -> None:
    await desk.published()
    yesterday = await desk.draft(first="2026-03-01")
    assert (await desk.publish(yesterday, 409, end_previous=True))["slug"] == "rules-retroactive"
    assert (await desk.quote(reference_on="2026-03-01"))["rule_version"] == 1
    today = await desk.draft(first="2026-03-02")
    await desk.publish(today, end_previous=True)
    assert [(await desk.quote(reference_on=day))["rule_version"] for day in ("2026-03-01", "2026-03-02")] == [1, 3]


async def test_days_without_rules_between_two_versions_must_be_meant(desk: Desk) -> None:
    await desk.published(first="2026-01-01", last="2026-06-30")
    later = await desk.draft(first="2026-07-03")
    refused = await desk.publish(later, 409)
    assert refused["slug"] == "validity-gap"
    assert refused["gaps"] == [{"first": "2026-07-01", "last": "2026-07-02"}]
    await desk.publish(later, leave_gap=True)
    before = await desk.draft(first="2025-01-01", last="2025-12-30")
    assert (await desk.publish(before, 409))["gaps"] == [{"first": "2025-12-31", "last": "2025-12-31"}]
    action = await desk.draft(first="2026-12-01", last="2026-12-31")
    refused = await desk.publish(action, 409, end_previous=True)
    assert refused["gaps"] == [{"first": "2027-01-01", "last": None}], "what it ends would have gone on"
    unchanged = (await desk.author.get(f"{desk.path}/rule-versions/{later['id']}")).json()
    assert unchanged["valid_to"] is None
    await desk.publish(action, end_previous=True, leave_gap=True)


async def test_a_case_is_helped_by_the_rules_of_its_day_and_its_quotes_can_be_read_again(desk: Desk) -> None:
    dearer = {**TABLE, "rules": [{**rule, "amount_minor": rule["amount_minor"] * 2} for rule in TABLE["rules"]]}
    await desk.published(last="2026-06-30")
    await desk.published(dearer, first="2026-07-01")
    story = RegistryStory(desk.service)
    moved = str(uuid4())
    belongs = {"programme_id": str(uuid4()), "office_id": "ZRH", "authority_id": "SEM", "opened_on": "2026-06-30"}
    await story.fact("case.opened", **belongs, persons=[])
    await story.fact("case.split", new_case_id=moved, on="2026-07-02", persons=[], published_under=story.case_id)
    desk.service.clock.advance(days=150)
    caseworker, stranger = (desk.service.client("caseworker", offices=[office]) for office in ("ZRH", "ELSEWHERE"))
    path, keyed = f"{desk.path}/quote", {"Idempotency-Key": "calculation-of-a-family-1"}
    body = {"persons": PERSONS, "case_id": story.case_id}
    made = [(await caseworker.post(path, json=body, headers=keyed)).json() for _ in range(2)]
    assert made[0] == made[1], "asked twice with one key it is calculated once"
    assert (made[0]["rule_version"], made[0]["reference_on"]) == (1, "2026-06-30")
    assert (await desk.made(caseworker, path, {**body, "case_id": moved}))["rule_version"] == 2
    of_none = await desk.quote()
    assert of_none["rule_version"] == 2
    assert len(await desk.service.published("registry.programme.quoted.v1")) == 3
    one = f"{desk.path}/quotes/{made[0]['id']}"
    assert (await caseworker.get(one)).json() == made[0]
    listed = (await caseworker.get(f"{desk.path}/quotes", params={"case_id": story.case_id})).json()
    assert listed["items"] == [made[0]]
    foreign = await desk.programme()
    for client, where in (
        (stranger, one),
        (stranger, f"{desk.path}/quotes?case_id={story.case_id}"),
        (desk.author, one),
        (caseworker, f"{foreign}/quotes/{made[0]['id']}"),
        (caseworker, f"{desk.path}/quotes/{of_none['id']}"),
        (caseworker, f"{desk.path}/quotes/{uuid4()}"),
    ):
        assert (await client.get(where)).status_code == 404, where
    assert (await desk.author.get(f"{desk.path}/quotes/{of_none['id']}")).json() == of_none


async def test_exactly_one_person_leads_a_file(desk: Desk) -> None:
    first, second = TABLE["rules"]
    roles = [{**first, "who": {"role": "principal"}}, {**second, "who": {"role": "dependant"}}]
    await desk.published()
    two = [PERSONS[0], {**PERSONS[1], "relation": "main_applicant"}]
    nobody = [{**person, "relation": "child"} for person in PERSONS]
    assert (await desk.quote(422, persons=two))["slug"] == "main-applicant-unclear"
    assert (await desk.quote(persons=nobody))["total"]["amount_minor"] == 150_000, "nothing here depends on it"
    await desk.publish(await desk.draft({**TABLE, "rules": roles}, first="2026-04-01"), end_previous=True)
    asked = await desk.quote(422, persons=nobody, reference_on="2026-04-01")
    assert asked["slug"] == "main-applicant-unclear"


async def test_the_version_in_force_on_the_reference_day_counts(desk: Desk) -> None:
    dearer = {**TABLE, "rules": [{**rule, "amount_minor": rule["amount_minor"] * 2} for rule in TABLE["rules"]]}
    await desk.published(last="2026-06-30")
    await desk.published(dearer, first="2026-07-01")
    assert (await desk.quote())["total"]["amount_minor"] == 150_000
    assert (await desk.quote(dates={"application": "2026-07-01"}))["total"]["amount_minor"] == 300_000
    assert (await desk.quote(409, reference_on="2025-12-31"))["slug"] == "no-rules-in-force"


async def test_a_withdrawn_draft_stays_on_record_and_can_be_copied(desk: Desk) -> None:
    version = await desk.draft()
    path = f"{desk.path}/rule-versions/{version['id']}"
    assert (await desk.made(desk.author, f"{path}/withdrawal", status=200))["withdrawn_on"] == "2026-03-02"
    assert (await desk.publish(version, 409))["slug"] == "draft-withdrawn"
    assert (await desk.made(desk.author, f"{path}/withdrawal", status=409))["slug"] == "draft-withdrawn"
    copied = await desk.made(desk.author, f"{path}/copies", {"valid_from": "2026-04-01"})
    assert (copied["number"], copied["copied_from"], copied["content"]) == (2, 1, TABLE)
    assert copied["source"] == "decree"
    await desk.publish(copied)
    assert (await desk.made(desk.author, f"{desk.path}/rule-versions/{copied['id']}/withdrawal", status=409))[
        "slug"
    ] == "already-published"
    listed = (await desk.author.get(f"{desk.path}/rule-versions?limit=1")).json()
    rest = (await desk.author.get(f"{desk.path}/rule-versions?cursor={listed['next_cursor']}")).json()
    assert [row["number"] for row in (*listed["items"], *rest["items"])] == [1, 2]


async def test_whoever_copies_is_the_author_of_the_copy(desk: Desk) -> None:
    version = await desk.draft()
    copied = await desk.made(
        desk.other, f"{desk.path}/rule-versions/{version['id']}/copies", {"valid_from": "2026-04-01"}
    )
    assert (await desk.publish(copied, 409))["slug"] == "publication-needs-another"


async def test_two_versions_are_compared_entry_by_entry(desk: Desk) -> None:
    first = await desk.draft()
    second = await desk.draft({**TABLE, "rules": [{**TABLE["rules"][0], "amount_minor": 90_000}]})
    answer = await desk.author.get(f"{desk.path}/rule-versions/{first['id']}/differences?with={second['id']}")
    found = answer.json()
    assert (found["version_from"], found["version_to"]) == (1, 2)
    assert [(it["entry"], it["change"], it["before"], it["after"]) for it in found["differences"]] == [
        ("adult", "changed", 100_000, 90_000),
        ("minor", "removed", TABLE["rules"][1], None),
    ]
    missing = await desk.author.get(f"{desk.path}/rule-versions/{first['id']}/differences?with={uuid4()}")
    assert missing.status_code == 404


async def test_a_quote_explains_eligibility_lines_limits_and_what_is_not_known(desk: Desk) -> None:
    table = programmes.shipped("deu-reag-garp-3500")["table"]
    await desk.published(table)
    found = await desk.quote(needs=["not_asked_for"], dates={"departure": "2026-05-01"})
    line = next(line for line in found["lines"] if line["rule"] == "start-adult")
    assert (line["version"], line["source"]) == (1, "frnrw.de: REAG/GARP 2.0")
    assert line["steps"] == [{"text": "start_up: base amount 1,000.00 EUR", "amount_minor": 100_000}]
    assert (line["reference"], line["reference_on"]) == ("application", "2026-03-02")
    assert found["eligibility"]["outcome"] == "open"
    assert {reason["because"] for reason in found["eligibility"]["reasons"]} == {"not recorded: earlier assistance"}
    assert found["unknown"] == ["earlier assistance"]
    assert found["adjustments"][0]["text"].endswith("nothing is cut")
    (event,) = await desk.service.published("registry.programme.quoted.v1")
    assert event.data["eligibility"] == "open"
    assert {person["assisted_count"] for person in event.data["composition"]} == {None}
    assert event.data["counted_elsewhere_minor"] == 0
    (row,) = await desk.service.fetch("SELECT circumstances FROM quote")
    assert "not_asked_for" not in row["circumstances"], "what the table does not ask for is not kept"


async def test_not_eligible_means_no_lines_and_the_reason_with_its_source(desk: Desk) -> None:
    await desk.published(programmes.shipped("bel-fedasil")["table"])
    helped = [{**person, "citizenships": ["GEO"], "assisted": [{"on": "2023-01-15"}]} for person in PERSONS]
    found = await desk.quote(persons=helped)
    assert (found["lines"], found["total"]["amount_minor"]) == ([], 0)
    assert found["eligibility"]["outcome"] == "not_eligible"
    reason = found["eligibility"]["reasons"][0]
    assert reason["text"] == "No support within five years of earlier support."
    assert reason["because"] == "last assisted on 2023-01-15, less than 5 years before"
    assert reason["source"] == "vreemdelingenrecht.be: support for voluntary return"


async def test_the_fact_tells_how_often_help_was_counted_and_how_much_from_linked_files(desk: Desk) -> None:
    await desk.published(programmes.shipped("bel-fedasil")["table"])
    once = [{**person, "citizenships": ["GEO"], "assisted": [{"on": "2015-01-15"}]} for person in PERSONS]
    abroad = {"programme": "other", "code": "travel", "amount_minor": 9_000, "currency": "EUR"}
    linked = [{"code": "travel", "amount_minor": amount, "currency": "EUR"} for amount in (1_000, 500)]
    await desk.quote(persons=once, granted=[*linked, abroad])
    (event,) = await desk.service.published("registry.programme.quoted.v1")
    assert {person["assisted_count"] for person in event.data["composition"]} == {1}
    assert event.data["counted_elsewhere_minor"] == 1_500
    assert "2015" not in event.model_dump_json()


async def test_a_person_named_twice_is_not_helped_twice(desk: Desk) -> None:
    await desk.published()
    assert (await desk.quote(422, persons=[PERSONS[0], PERSONS[0]]))["slug"] == "person-twice"


async def test_days_at_the_end_of_the_calendar_are_no_defect(desk: Desk) -> None:
    plus = programmes.shipped("deu-starthilfe-plus")["table"]
    table = {**plus, "eligibility": programmes.shipped("bel-fedasil")["table"]["eligibility"][:1]}
    await desk.published(table)
    last = {**PERSONS[0], "assisted": [{"on": "9998-02-28"}]}
    found = await desk.quote(
        persons=[last], choices={"tier": "one"}, dates={"application": "9999-12-30", "departure": "9999-12-31"}
    )
    assert found["eligibility"]["outcome"] == "not_eligible"
    found = await desk.quote(
        persons=[{**last, "assisted": []}], choices={"tier": "one"}, dates={"departure": "9999-12-31"}
    )
    assert found["lines"][1]["due"]["to_on"] == "9999-12-31"


async def test_the_schema_of_a_table_is_served(desk: Desk) -> None:
    answer = await desk.service.client("caseworker").get("/registry/v1/rule-table-schema")
    assert answer.json()["title"] == "Wayhome rule table"

"""A caseworker's day: urgent first, in words, page by page, of one's own office or authority only; and by an index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.testing.plugin import Run
from shared.testing.query_plans import INDEXES_ONLY, query_plans
from tests.returns.story import CaseStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATH = "/returns/v1/worklist"


async def three(running: Run) -> tuple[CaseStory, list[str]]:
    """Three cases of one office: handed in, drafted, and ready to decide; in the order of urgency at the office."""
    service = await running("returns")
    drafted, submitted, eligible = (CaseStory(service) for _ in range(3))
    await drafted.world()
    await drafted.open()
    await submitted.submitted()
    await eligible.eligible()
    return drafted, [submitted.id, drafted.id, eligible.id]


async def test_an_empty_day(running: Run) -> None:
    service = await running("returns")
    answer = await service.client("caseworker", offices=["ZRH"]).get(PATH)
    assert answer.json() == {"items": [], "next_cursor": None}
    assert (await service.client("caseworker").get(PATH)).json()["items"] == []


async def test_the_most_urgent_first_with_reasons_in_words(running: Run) -> None:
    told, order = await three(running)
    items = (await told.caseworker.get(PATH)).json()["items"]
    assert [item["case_id"] for item in items] == order[:2]  # the decision is the authority's
    assert items[0]["reasons"][0]["why"].startswith("The screening and the checks are recorded: due on ")
    assert items[0]["urgency"] == "later"
    told.service.clock.advance(days=15)
    again = (await told.caseworker.get(PATH)).json()["items"]
    assert [item["urgency"] for item in again] == ["overdue", "later"]


async def test_an_authority_sees_its_own_work_and_no_drafts(running: Run) -> None:
    told, (_submitted, _drafted, eligible) = await three(running)
    items = (await told.officer.get(PATH)).json()["items"]
    assert [item["case_id"] for item in items] == [eligible]
    both = told.service.client("travel_officer", offices=["ZRH"], authority_id="SEM")
    ids = [item["case_id"] for item in (await both.get(PATH)).json()["items"]]
    assert len(ids) == len(set(ids))


async def test_other_offices_see_nothing_of_it(running: Run) -> None:
    told, _ = await three(running)
    for client in (
        told.service.client("caseworker", offices=["BRN"]),
        told.service.client("case_officer", authority_id="BAMF"),
        told.service.client("case_officer", offices=["ZRH"]),
    ):
        assert (await client.get(PATH)).json() == {"items": [], "next_cursor": None}
    assert (await told.service.client("donor").get(PATH)).status_code == 403


async def test_page_by_page_nothing_is_lost_or_shown_twice(running: Run) -> None:
    told, order = await three(running)
    seen, cursor = [], None
    for _ in range(4):
        query = f"?limit=1{f'&cursor={cursor}' if cursor else ''}"
        page = (await told.caseworker.get(PATH + query)).json()
        seen += [item["case_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == order[:2]
    assert (await told.caseworker.get(f"{PATH}?cursor=nonsense")).status_code == 400
    until = (told.today + timedelta(days=20)).isoformat()
    assert len((await told.caseworker.get(f"{PATH}?until={until}")).json()["items"]) == 1


async def test_what_waits_on_others_is_not_urgent(running: Run) -> None:
    told, (submitted, _, _) = await three(running)
    answer = await told.caseworker.post(f"/returns/v1/cases/{submitted}/suspension", json={"reason_code": "illness"})
    assert answer.status_code == 200, answer.text
    (item,) = [each for each in (await told.caseworker.get(PATH)).json()["items"] if each["case_id"] == submitted]
    assert [reason["clock"] for reason in item["reasons"]] == ["rest_review", "screening"]
    assert item["reasons"][1]["urgency"] == "resting"


LISTS = [
    ("caseworker", {"offices": ["ZRH"]}, PATH, "ix_return_case_office_work"),
    ("case_officer", {"authority_id": "SEM"}, PATH, "ix_return_case_authority_work"),
    ("caseworker", {"offices": ["ZRH"]}, "/returns/v1/cases", "ix_return_case_office_list"),
    ("case_officer", {"authority_id": "SEM"}, "/returns/v1/cases", "ix_return_case_authority_list"),
    ("caseworker", {"offices": ["ZRH"]}, "/returns/v1/cases?state=READY", "ix_return_case_office_state_list"),
    ("case_officer", {"authority_id": "SEM"}, "/returns/v1/cases?state=READY", "ix_return_case_authority_state_list"),
]


@pytest.mark.parametrize(("role", "claims", "path", "index"), LISTS)
async def test_lists_are_read_from_an_index_in_their_order(
    running: Run, role: str, claims: dict[str, Any], path: str, index: str
) -> None:
    told, _ = await three(running)
    client, tables = told.service.client(role, **claims), ("return_case", "case_deadline")
    first, *others = await query_plans(told.service, client, path, tables=tables, without=INDEXES_ONLY)
    assert index in first, first
    assert "Sort" not in first, first
    assert all("uq_case_deadline_running" in plan for plan in others), others

"""A caseload file over HTTP: dry run, report by row and column, cases as by hand, nothing twice, nothing kept."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import zipfile
from collections import Counter
from typing import Any

import pytest
from openpyxl import Workbook

from services.returns.commands.run_imports import ImportWork
from services.returns.domain.caseload_columns import COLUMNS
from services.returns.domain.caseload_rows import CODES
from shared.http.in_process import InProcessClient
from shared.testing.plugin import Run
from tests.returns.story import NAME, PROGRAMME, CaseStory
from tests.returns.test_other_courses import story

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROWS = 10_000 if os.environ.get("WAYHOME_IMPORT", "") == "full" else 1_000
EVERY_TWENTIETH = 20
GOOD = {"destination": "GEO", "sex": "2", "family_name": NAME, "given_names": "Nino", "born_on": "1990-05-01"}
ASKED = {
    "office_id": "ZRH",
    "authority_id": "SEM",
    "programme_id": PROGRAMME,
    "source_system": "desk-2025",
    "dry_run": False,
}


def sheet(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in COLUMNS], delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def row(number: int, **more: str) -> dict[str, str]:
    return {"external_id": f"A-{number}", **GOOD, **more}


async def asked(client: InProcessClient, content: bytes, **more: Any) -> dict[str, Any]:
    answer = await client.post("/returns/v1/imports", json={**ASKED, **more})
    assert answer.status_code == 201, answer.text
    path = f"/returns/v1/imports/{answer.json()['id']}/file"
    sent = await client.put(path, content=content, headers={"Content-Type": "text/csv"})
    assert sent.status_code in (202, 422), sent.text
    found: dict[str, Any] = sent.json()
    return found


async def worked(told: CaseStory, batch: int = 100) -> None:
    work = ImportWork(told.service.runtime, batch=batch)
    while await work.turn():
        pass


async def report(client: InProcessClient, import_id: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        wanted = {"limit": "200", **query, **({"cursor": cursor} if cursor else {})}
        page = (await client.get(f"/returns/v1/imports/{import_id}/rows", params=wanted)).json()
        found += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return found


async def counted(told: CaseStory) -> dict[str, int]:
    names = ("return_case", "case_person", "case_history", "imported_person", "outbox")
    return {name: (await told.service.fetch(f"SELECT count(*) AS n FROM {name}"))[0]["n"] for name in names}


BROKEN: list[tuple[dict[str, str], tuple[str, str]]] = [
    ({"born_on": "31.12.1999"}, ("born_on", "not-a-date")),
    ({"born_on": "1900-01-01"}, ("born_on", "placeholder-date")),
    ({"destination": "Georgia"}, ("destination", "not-a-country")),
    ({"destination": "NGA"}, ("destination", "programme-takes-no-cases")),
    ({"sex": "female"}, ("sex", "not-a-choice")),
    ({"family_name": "x" * 201}, ("family_name", "too-long")),
    ({"joins": "A-0"}, ("destination", "destination-with-joins")),
]


@pytest.mark.timeout(900)
async def test_bad_rows_are_reported_good_ones_come_in_and_a_second_import_changes_nothing(running: Run) -> None:
    told = await story(running)
    wanted: dict[int, tuple[str, str]] = {}
    lines = []
    for number in range(ROWS):
        changes, wrong = BROKEN[(number // EVERY_TWENTIETH) % len(BROKEN)]
        bad = number % EVERY_TWENTIETH == EVERY_TWENTIETH - 1
        lines.append(row(number, **(changes if bad else {})))
        wanted |= {number + 2: wrong} if bad else {}
    content = sheet(lines)
    first = await asked(told.caseworker, content)
    await worked(told)
    done = (await told.caseworker.get(f"/returns/v1/imports/{first['id']}")).json()
    bad_rows = ROWS // EVERY_TWENTIETH
    assert (done["status"], done["rows_done"], done["rows_total"]) == ("finished", ROWS, ROWS)
    assert (done["rows_opened"], done["rows_bad"], done["rows_known"]) == (ROWS - bad_rows, bad_rows, 0)
    shown = {entry["row_number"]: entry["wrong"] for entry in await report(told.caseworker, first["id"], outcome="bad")}
    assert {place: [(one["column"], one["code"]) for one in wrong] for place, wrong in shown.items()} == {
        place: [wrong] for place, wrong in wanted.items()
    }
    assert {code for _, code in wanted.values()} - CODES.keys() == {"programme-takes-no-cases"}
    after = await counted(told)
    assert (after["return_case"], after["case_person"]) == (ROWS - bad_rows, ROWS - bad_rows)
    second = await asked(told.caseworker, content)
    await worked(told)
    again = (await told.caseworker.get(f"/returns/v1/imports/{second['id']}")).json()
    assert (again["rows_opened"], again["rows_known"], again["rows_bad"]) == (0, ROWS - bad_rows, bad_rows)
    assert await counted(told) == after


async def test_an_imported_case_is_like_one_opened_by_hand(running: Run) -> None:
    told = await story(running)
    lines = [row(1, opened_on="2026-02-16"), row(2, joins="A-1", destination="", relation="partner", sex="1")]
    made = await asked(told.caseworker, sheet(lines, delimiter=";"))
    await worked(told)
    rows = await report(told.caseworker, made["id"])
    assert [entry["outcome"] for entry in rows] == ["opened", "joined"]
    case = (await told.caseworker.get(f"/returns/v1/cases/{rows[0]['case_id']}")).json()
    assert (case["state"], case["office_id"], case["opened_on"]) == ("DRAFT", "ZRH", "2026-02-16")
    assert [entry["relation"] for entry in case["persons"]] == ["main_applicant", "partner"]
    assert case["persons"][0]["identity"]["family_name"] == NAME
    types = Counter(event.type for event in await told.service.published())
    assert types == {"returns.case.opened.v1": 1, "returns.person.added.v1": 1}
    author = await told.service.fetch("SELECT author FROM return_case")
    assert author[0]["author"] == "cw-1"
    notices = await told.caseworker.get("/returns/v1/notifications")
    assert [notice["kind"] for notice in notices.json()["items"]] == ["import.finished"]


async def test_a_dry_run_opens_nothing_and_the_same_file_can_then_be_done_for_real(running: Run) -> None:
    told = await story(running)
    lines = [row(1), row(2, joins="A-1", destination=""), row(3, joins="A-9", destination=""), row(1)]
    made = await asked(told.caseworker, sheet(lines), dry_run=True)
    await worked(told)
    outcomes = [entry["outcome"] for entry in await report(told.caseworker, made["id"])]
    assert outcomes == ["good", "good", "bad", "bad"]
    wrong = [one["code"] for entry in await report(told.caseworker, made["id"]) for one in entry["wrong"]]
    assert wrong == ["joins-unknown", "repeated"]
    assert (await counted(told))["return_case"] == 0
    started = await told.caseworker.post(f"/returns/v1/imports/{made['id']}/start")
    assert started.status_code == 202, started.text
    await worked(told)
    assert [entry["outcome"] for entry in await report(told.caseworker, made["id"])] == [
        "opened",
        "joined",
        "bad",
        "bad",
    ]
    refused = await told.caseworker.post(f"/returns/v1/imports/{made['id']}/start")
    assert (refused.status_code, refused.json()["slug"]) == (409, "no-dry-run-to-start-from")


async def test_a_killed_worker_loses_and_repeats_nothing(running: Run) -> None:
    told = await story(running)
    made = await asked(told.caseworker, sheet([row(number) for number in range(60)]))
    seen = set()
    for thousandths in (4, 9, 17, 25, 33, 41, 50, 60, 70):
        task = asyncio.create_task(worked(told, batch=3))
        await asyncio.wait({task}, timeout=thousandths / 1_000)  # each time the worker is killed at another point
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        seen.add((await told.service.fetch("SELECT rows_done FROM caseload_import"))[0]["rows_done"])
    assert seen & set(range(1, 60)), seen
    await worked(told, batch=7)
    done = (await told.caseworker.get(f"/returns/v1/imports/{made['id']}")).json()
    assert (done["status"], done["rows_opened"], done["rows_bad"]) == ("finished", 60, 0)
    found = await counted(told)
    assert (found["return_case"], found["imported_person"], found["outbox"]) == (60, 60, 60)


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for line in rows:
        book.active.append(line)  # type: ignore[union-attr]
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def packed(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


async def test_a_spreadsheet_comes_in_like_a_csv_file(running: Run) -> None:
    told = await story(running)
    header = ["external_id", "destination", "sex", "born_on", "needs_carer"]
    made = await asked(told.caseworker, workbook([header, ["B-1", "GEO", 2, "1990-05-01", True]]))
    await worked(told)
    assert made["file_format"] == "xlsx"
    (only,) = await report(told.caseworker, made["id"])
    case = (await told.caseworker.get(f"/returns/v1/cases/{only['case_id']}")).json()
    assert (case["persons"][0]["sex"], case["persons"][0]["needs_carer"]) == (2, True)


UNREADABLE: dict[str, tuple[bytes, str | None]] = {
    "not-utf-8": ("external_id,sex\nÄ,1\n".encode("latin-1"), None),
    "no-rows": (b"external_id,sex,destination\n", None),
    "missing-column": (b"external_id,destination\nA,GEO\n", "sex"),
    "repeated-column": (b"external_id,sex,sex\nA,1,1\n", "sex"),
    "unknown-column": (b"external_id,sex,Zebulonia\nA,1,1\n", "3"),
    "not-csv": (b"external_id,sex\n\0,1\n", None),
    "not-xlsx": (b"PK\x03\x04 rubbish", None),
    "unpacks-too-large": (packed(**{"xl/worksheets/sheet1.xml": b"\0" * 80_000_000}), None),
    "active-content": (packed(**{"xl/vbaProject.bin": b"x"}), None),
    "too-many-rows": (b"external_id,sex\n" + b"A,1\n" * 20_001, "20000"),
}


async def test_a_file_that_cannot_be_read_is_refused_at_once_without_repeating_it(running: Run) -> None:
    told = await story(running)
    for problem, (content, about) in UNREADABLE.items():
        refused = await asked(told.caseworker, content)
        assert (refused["slug"], refused["problem"], refused["about"]) == ("caseload-file-not-readable", problem, about)
        assert NAME not in str(refused)
    entities = packed(**{"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'})
    assert (await asked(told.caseworker, entities))["problem"] == "active-content"


async def test_the_file_is_sealed_and_destroyed_after_its_days_while_the_report_stays(running: Run) -> None:
    told = await story(running)
    made = await asked(told.caseworker, sheet([row(1), row(2, sex="x")]))
    kept = (await told.service.fetch("SELECT sealed_file FROM caseload_import"))[0]["sealed_file"]
    assert NAME.encode() not in bytes(kept)
    await worked(told)
    await told.service.run_job("destroy-import-files")
    assert (await told.caseworker.get(f"/returns/v1/imports/{made['id']}")).json()["destroyed_on"] is None
    told.service.clock.advance(days=7)
    await told.service.run_job("destroy-import-files")
    gone = (await told.caseworker.get(f"/returns/v1/imports/{made['id']}")).json()
    assert gone["destroyed_on"] == told.today.isoformat()
    assert (await told.service.fetch("SELECT sealed_file FROM caseload_import"))[0]["sealed_file"] is None
    key = await told.service.fetch("SELECT wrapped_key FROM person_key WHERE person_id = $1::uuid", made["id"])
    assert key[0]["wrapped_key"] is None
    assert [entry["outcome"] for entry in await report(told.caseworker, made["id"])] == ["opened", "bad"]


async def test_what_is_not_done_when_the_file_goes_is_stopped(running: Run) -> None:
    told = await story(running)
    made = await asked(told.caseworker, sheet([row(1)]))
    answer = await told.caseworker.post(f"/returns/v1/imports/{made['id']}/file-destruction")
    assert (answer.status_code, answer.json()["status"]) == (200, "stopped")
    await worked(told)
    assert (await counted(told))["return_case"] == 0


async def test_only_the_office_itself_imports_and_one_import_is_one_file(running: Run) -> None:
    told = await story(running)
    foreign = await told.caseworker.post("/returns/v1/imports", json={**ASKED, "office_id": "GVA"})
    assert (foreign.status_code, foreign.json()["slug"]) == (403, "forbidden")
    unknown = await told.caseworker.post(
        "/returns/v1/imports", json={**ASKED, "programme_id": ASKED["programme_id"][:-1] + "9"}
    )
    assert unknown.json()["slug"] == "programme-not-known-yet"
    made = await asked(told.caseworker, sheet([row(1)]))
    path = f"/returns/v1/imports/{made['id']}"
    again = await told.caseworker.put(f"{path}/file", content=sheet([row(2)]))
    assert again.json()["slug"] == "import-has-its-file"
    elsewhere = told.service.client("caseworker", offices=["GVA"], subject="cw-9")
    for place in (path, f"{path}/rows"):
        assert (await elsewhere.get(place)).status_code == 404
    assert (await elsewhere.put(f"{path}/file", content=sheet([row(2)]))).status_code == 404
    assert (await elsewhere.get("/returns/v1/imports")).json()["items"] == []


async def test_the_template_is_a_file_that_comes_in(running: Run) -> None:
    told = await story(running)
    for kind in ("csv", "xlsx"):
        template = await told.caseworker.get("/returns/v1/imports/template", params={"format": kind})
        made = await asked(told.caseworker, template.content, dry_run=True, source_system=kind)
        await worked(told)
        assert [entry["outcome"] for entry in await report(told.caseworker, made["id"])] == ["good"]
    explained = (await told.caseworker.get("/returns/v1/imports/columns")).json()
    assert all(entry["meaning"] for entry in explained)
    assert len(explained) == len(COLUMNS)

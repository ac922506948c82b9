"""An access request over HTTP: one person's whole file, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from html import escape
from typing import Any

import pytest

from services.returns.api.page_texts import page_texts
from services.returns.api.person_bundle import NAME as PAGE
from services.returns.persistence.dated_reference import reference
from shared.testing.plugin import Run
from tests.returns.story import CONSULATE, HASH, CaseStory, person
from tests.returns.test_disclosures import Packages
from tests.returns.test_other_courses import story
from tests.returns.test_safeguards import note

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIFE = {"family_name": "Zebulonia", "given_names": "Wifegiven", "phone": "+41 11 111"}
HUSBAND = {"family_name": "Yesterland", "given_names": "Husbandgiven", "phone": "+41 22 222"}
SPOUSES = [
    person("main_applicant", identity=WIFE, born_on="1991-01-11"),
    person("partner", sex=1, identity=HUSBAND, born_on="1982-02-22"),
]


async def taken(told: CaseStory, ref: str, *, client: Any = None, language: str = "en") -> tuple[dict[str, Any], str]:
    path = f"/returns/v1/cases/{told.id}/persons/{ref}/file"
    answer = await (client or told.caseworker).get(path, params={"language": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    sections: dict[str, Any] = json.loads(archive.read("file.json"))["sections"]
    return sections, archive.read("file.html").decode()


async def spouses(running: Run) -> Packages:
    """A couple; he is detained, she alone travels with a passport, a consulate read about both, an offer was made."""
    told = Packages(await running("returns"))
    await told.world()
    await told.agreement()
    await told.submitted(SPOUSES)
    await told.fact("capacity_doubt", None, told.refs(relation="partner")[0])
    for ref, number in zip(told.refs(), ("WIFE-123", "HUSBAND-456"), strict=True):
        document = {
            "person_ref": ref,
            "kind": "passport",
            "issuer": "GEO",
            "number": number,
            "valid_until": "2028-01-01",
        }
        await told.post("travel-documents", document, expect=201)
    package = await told.package(person_refs=told.refs(relation="partner"))
    await told.approve(package)
    await told.read(package)
    return told


async def test_the_file_of_one_spouse_holds_everything_of_hers_and_nothing_of_his(running: Run) -> None:
    told = await spouses(running)
    wife, husband = told.refs()
    hers, page = await taken(told, wife)
    for mine in ("Zebulonia", "Wifegiven", "1991-01-11", "WIFE-123", "voluntary_return", "independent"):
        assert mine in json.dumps(hers) or mine in page, mine
    for foreign in (husband, "Yesterland", "Husbandgiven", "1982-02-22", "HUSBAND-456", "22 222", "doubt"):
        assert foreign not in json.dumps(hers), foreign
        assert foreign not in page, foreign
    assert hers["told_to_others"] == []
    his, _ = await taken(told, husband)
    assert [entry["recipient"] for entry in his["told_to_others"]] == [CONSULATE]
    assert his["told_to_others"][0]["times_read"] == 1
    assert "doubt" in json.dumps(his["recorded_facts"])
    assert wife not in json.dumps(his)


async def test_papers_needs_escorts_searches_and_incidents_are_each_ones_own(running: Run) -> None:
    told = await spouses(running)
    wife, husband = told.refs()
    protection = told.service.client("protection_officer", offices=["ZRH"])
    for ref, name, account in ((wife, "HERPAPER", "HERSTORY"), (husband, "HISPAPER", "HISSTORY")):
        for kind in ("identity_paper", "conditional_claim_withdrawal", "medical_paper"):
            path, body = (
                f"/returns/v1/cases/{told.id}/documents",
                {"person_ref": ref, "kind": kind, "name": f"{name} {kind}"},
            )
            client = (
                told.caseworker if kind != "medical_paper" else told.service.client("medical_officer", offices=["ZRH"])
            )
            assert (await client.post(path, json=body)).status_code == 201
        await told.refresh()
        incident = {"person_ref": ref, "kind": "violence", "heard_from": "person", "account": account}
        await told.post("incidents", incident, expect=201)
    await note(told, wife, "violence_survivor")
    await note(told, husband, "disability")
    escort = {"person_ref": husband, "kind": "medical", "qualification": "nurse", "hand_over_to": "health_facility"}
    await told.post("escorts", escort, expect=201)
    hers, her_page = await taken(told, wife)
    his, his_page = await taken(told, husband)
    assert [entry["name"] for entry in hers["documents"]] == [
        "HERPAPER conditional_claim_withdrawal",
        "HERPAPER identity_paper",
    ]
    assert (hers["escorts"], len(his["escorts"])) == ([], 1)
    assert (hers["screening"], hers["incidents"], his["incidents"]) == ([], [], [])
    assert page_texts(PAGE)["en"]["needs"]["disability"] in his_page
    for page in (her_page, his_page):
        assert escape(page_texts(PAGE)["en"]["notes"]["complaints"]) in page
        assert "violence" not in page.lower()
    assert "HISPAPER" not in json.dumps(hers) + her_page
    assert "HERPAPER" not in json.dumps(his) + his_page
    confidential, page = await taken(told, wife, client=protection)
    assert [entry["account"] for entry in confidential["incidents"]] == ["HERSTORY"]
    assert {entry["need"] for entry in confidential["screening"]} == {"violence_survivor"}
    assert page_texts(PAGE)["en"]["needs"]["violence_survivor"] in page
    for foreign in ("HISSTORY", "HISPAPER", "disability", husband):
        assert foreign not in json.dumps(confidential) + page
    officer, _ = await taken(told, wife, client=told.officer)
    assert [entry["kind"] for entry in officer["documents"]] == ["identity_paper"]


async def test_when_somebody_was_looked_for_they_are_told_whom_we_asked(running: Run) -> None:
    told = await story(running)
    await told.departed([person("main_applicant"), person("partner", sex=1)])
    first, second = told.refs()
    search = await told.post("non-arrivals", {"person_refs": [first]}, expect=201)
    assert search
    own, _ = await taken(told, first)
    other, _ = await taken(told, second)
    assert [entry["opened_on"] for entry in own["searches"]] == [told.today.isoformat()]
    assert other["searches"] == []


async def test_what_concerns_the_whole_family_is_told_without_its_reason_unless_there_is_one_adult(
    running: Run,
) -> None:
    told = await spouses(running)
    await told.fact("detention", "detained")
    hers, _ = await taken(told, told.refs()[0])
    assert "detention" not in json.dumps(hers)
    alone = await story(running)
    await alone.open([person("main_applicant"), person("child")])
    await alone.fact("detention", "detained")
    own, _ = await taken(alone, alone.refs()[0])
    assert "detention" in json.dumps(own)


async def test_what_was_granted_is_in_it_with_amounts_people_can_read(running: Run) -> None:
    told = await story(running)
    await told.approved()
    own, page = await taken(told, told.refs()[0])
    assert own["granted"] == [
        {"phase": "departure_cash", "code": "travel_money", "amount": {"amount_minor": 10_000, "currency": "CHF"}}
    ]
    assert "100.00 CHF" in page


async def test_every_taking_out_is_audited_and_nobody_collects_files(running: Run) -> None:
    told = await story(running)
    await told.open()
    ref = told.refs()[0]
    await taken(told, ref)
    rows = await told.service.fetch("SELECT actor, facts FROM audit WHERE action = 'person.file-exported'")
    assert [row["actor"] for row in rows] == ["cw-1"]
    most = reference("access-requests-v1")["most_files_per_caller_and_hour"]
    for _ in range(most - 1):
        await taken(told, ref)
    refused = await told.caseworker.get(f"/returns/v1/cases/{told.id}/persons/{ref}/file")
    assert (refused.status_code, refused.json()["slug"]) == (429, "too-many-files")
    told.service.clock.advance(hours=2)
    await taken(told, ref)


async def test_the_page_is_in_a_language_of_theirs_and_runs_nothing(running: Run) -> None:
    told = await story(running)
    await told.open([person("main_applicant", identity={"family_name": "<script>alert(1)</script>"})])
    ref = told.refs()[0]
    _, arabic = await taken(told, ref, language="ar")
    assert 'dir="rtl"' in arabic
    assert page_texts(PAGE)["ar"]["title"] in arabic
    assert "<script" not in arabic
    _, other = await taken(told, ref, language="ka")
    assert page_texts(PAGE)["en"]["title"] in other


async def test_a_person_who_was_erased_has_no_name_in_it(running: Run) -> None:
    told = await story(running)
    await told.open()
    await told.post("withdrawal", {})
    protection = told.service.client("protection_officer", offices=["ZRH"])
    await protection.post(f"/returns/v1/cases/{told.id}/persons/{told.refs()[0]}/erasure")
    gone, page = await taken(told, told.refs()[0])
    assert "Zebulonia" not in json.dumps(gone) + page
    assert HASH not in json.dumps(gone)


async def test_another_office_does_not_get_it(running: Run) -> None:
    told = await story(running)
    await told.open()
    elsewhere = told.service.client("caseworker", offices=["GVA"])
    answer = await elsewhere.get(f"/returns/v1/cases/{told.id}/persons/{told.refs()[0]}/file")
    assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")


def _shape(value: Any) -> Any:
    return {name: _shape(entry) for name, entry in value.items()} if isinstance(value, dict) else None


@pytest.mark.parametrize("language", sorted(page_texts(PAGE)))
async def test_no_language_lacks_a_text(language: str) -> None:
    texts = page_texts(PAGE)
    assert _shape(texts[language]) == _shape(texts["en"])

"""The browser inbox: an open shell that holds nothing, and what its script is told about the own cases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from services.registry.api import agency_inbox
from shared.testing.plugin import Run
from tests.registry.story import RegistryStory

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = "/registry/v1"
FOLDER = Path(agency_inbox.__file__).parent / "inbox_page"


class Consulate:
    """A consulate without a server, asked about one case."""

    def __init__(self, story: RegistryStory) -> None:
        self.story = story

    async def begin(self) -> None:
        await self.story.enrol()
        path = f"{ROOT}/recipients/{self.story.ids['agency']}"
        await self.story.admin.patch(path, json={"roles": ["identity_verification"], "answers_by_form": True})
        await self.story.opened()
        for ref in self.story.persons:
            await self.story.consent("agency", ref, "identity_verification")

    async def get(self, path: str) -> Any:
        answer = await self.story.client("agency").get(f"{ROOT}/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def asked(self) -> str:
        """A package; found in the list of cases, and heard of by reading."""
        await self.story.package()
        (case,) = await self.get("agency-cases")
        await self.get(f"agency-cases/{case['agency_case_ref']}/events")
        return str(case["agency_case_ref"])

    async def say(self, message_type: str, reference: str, **facts: Any) -> Any:
        body = {"type": message_type, "data": {"agency_case_ref": reference, **facts}}
        answer = await self.story.client("agency").post(f"{ROOT}/agency-messages/forms", json=body)
        assert answer.status_code == 202, answer.text
        self.story.service.clock.advance(seconds=1)
        return answer.json()

    async def owed(self) -> tuple[list[Any], list[Any]]:
        found = await self.get("agency-clocks")
        rows = [
            [(entry["what"], entry["due"], entry["overdue"]) for entry in found[side]]
            for side in ("you_owe_us", "we_owe_you")
        ]
        return rows[0], rows[1]


async def consulate(running: Run) -> Consulate:
    found = Consulate(RegistryStory(await running("registry")))
    await found.begin()
    return found


async def test_the_shell_is_open_holds_nothing_and_admits_nobody_elses_script(running: Run) -> None:
    service = await running("registry")
    for path, kind in (("", "text/html"), ("/inbox.js", "text/javascript"), ("/inbox.css", "text/css")):
        answer = await service.client().get(f"/registry/inbox{path}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"


def page(name: str) -> str:
    return (FOLDER / f"inbox.{name}").read_text(encoding="utf-8")


async def test_the_page_keeps_to_its_policy_and_writes_text_only() -> None:
    html, script = page("html"), page("js")
    assert not re.search(r"<script(?![^>]*\bsrc=\"/registry/)", html)
    assert not re.search(r"\s(style|on[a-z]+)=\"", html)
    assert not re.search(r"https?://", html + page("css"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage", script)


async def test_every_control_of_the_page_has_a_name_and_every_region_a_title() -> None:
    html = page("html")
    assert '<html lang="en">' in html
    for control in re.findall(r"<input[^>]*>", html):
        identity = re.search(r'id="([a-z]+)"', control)
        assert (identity and f'<label for="{identity[1]}"' in html) or f"<label>{control}" in html, control
    for section in re.findall(r"<section[^>]*>", html):
        title = re.search(r'aria-labelledby="([a-z-]+)"', section)
        assert title, section
        assert f'id="{title[1]}"' in html


async def test_a_case_is_found_without_a_server_and_only_by_its_recipient(running: Run) -> None:
    found = await consulate(running)
    assert await found.get("agency-cases") == []
    reference = await found.asked()
    (case,) = await found.get("agency-cases")
    assert (case["agency_case_ref"], case["last_sequence"], case["ended_on"]) == (reference, 1, None)
    assert (await found.story.client("partner").get(f"{ROOT}/agency-cases")).json() == []
    stranger = found.story.service.client("partner_agency", agency_id="0199c0de-0000-7000-8000-0000000000ff")
    assert (await stranger.get(f"{ROOT}/agency-cases")).status_code == 404
    await found.story.fact("case.withdrawn")
    assert await found.get("agency-cases") == []
    (ended,) = await found.get("agency-cases?ended=true")
    assert ended["ended_on"] == "2026-03-02"


async def test_a_case_that_may_not_be_told_is_not_listed(running: Run) -> None:
    found = await consulate(running)
    await found.story.package()
    await found.story.fact("case.disclosure-frozen")
    assert await found.get("agency-cases") == []
    await found.story.fact("case.disclosure-released")
    assert len(await found.get("agency-cases")) == 1


async def test_the_clocks_run_for_whose_turn_it_is(running: Run) -> None:
    found = await consulate(running)
    assert await found.owed() == ([], [])
    reference = await found.asked()
    assert await found.owed() == ([("request.package-ready", "2026-03-20", False)], [])
    await found.say("request.acknowledged", reference)
    assert len((await found.owed())[0]) == 1
    await found.say("information.requested", reference, code="photograph")
    assert await found.owed() == ([], [("information.requested", None, False)])
    await found.story.package()
    found.story.service.clock.advance(seconds=1)
    await found.get(f"agency-cases/{reference}/events")
    they, we = await found.owed()
    assert (len(they), we) == (1, [])
    await found.say("identity.confirmed", reference, confirmed_on="2026-03-02")
    assert await found.owed() == ([], [])
    await found.story.fact("case.withdrawn")
    they, _ = await found.owed()
    assert [what for what, _, _ in they] == ["data-destroyed.attested"]
    attested = await found.story.client("agency").post(
        f"{ROOT}/agency-cases/{reference}/attestation", json={"result": "destroyed"}
    )
    assert attested.status_code == 201, attested.text
    assert await found.owed() == ([], [])


async def test_our_clock_comes_from_the_clause_that_sets_it(running: Run) -> None:
    found = await consulate(running)
    parties = [
        {"code": "CHE", "kind": "country", "roles": ["destination"]},
        {"code": "GEO", "kind": "country", "roles": ["origin"]},
    ]
    made = await found.story.admin.post(
        f"{ROOT}/partnerships", json={"title": "T", "legal_form": "treaty", "parties": parties}
    )
    clause = {"code": "information_reply", "reply_days": 10}
    body = {"partnership_id": made.json()["id"], "valid_from": "2026-01-01", "source": "Art. 7", "clauses": [clause]}
    published = await found.story.admin.post(f"{ROOT}/agreements", json=body)
    assert published.status_code == 201, published.text
    reference = await found.asked()
    before = await found.say("information.requested", reference, code="photograph")
    assert (await found.owed())[1] == [("information.requested", None, False)]
    await found.say("message.voided", reference, voids=before["message_id"])
    second = found.story.service.client("administrator", subject="second-administrator")
    assert (await second.post(f"{ROOT}/agreements/{published.json()['id']}/publication")).status_code == 200
    await found.say("information.requested", reference, code="photograph")
    assert (await found.owed())[1] == [("information.requested", "2026-03-12", False)]
    found.story.service.clock.advance(days=11)
    assert (await found.owed())[1] == [("information.requested", "2026-03-12", True)]


async def test_a_question_taken_back_is_owed_by_nobody(running: Run) -> None:
    found = await consulate(running)
    reference = await found.asked()
    said = await found.say("information.requested", reference, code="photograph")
    await found.say("message.voided", reference, voids=said["message_id"])
    they, we = await found.owed()
    assert ([what for what, _, _ in they], we) == (["request.package-ready"], [])


async def test_the_form_offers_what_the_roles_may_say(running: Run) -> None:
    found = await consulate(running)
    offered = {entry["type"]: entry for entry in await found.get("agency-messages/types")}
    assert "identity.confirmed" in offered
    assert "arrival.confirmed" not in offered
    assert offered["information.requested"]["required"] == ["code"]
    assert "photograph" in offered["information.requested"]["facts"]["code"]["enum"]


async def test_an_answer_in_returns_stops_the_clock(running: Run) -> None:
    found = await consulate(running)
    await found.asked()
    assert [what for what, _, _ in (await found.owed())[0]] == ["request.package-ready"]
    rows = await found.story.service.fetch("SELECT disclosure_id FROM known_disclosure")
    answered = {"disclosure_id": str(rows[0]["disclosure_id"]), "recipient_id": found.story.ids["agency"]}
    await found.story.fact("disclosure.answered", **answered, on="2026-03-02")
    assert await found.owed() == ([], [])

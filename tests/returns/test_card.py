"""The returnee's own card: what was promised, by code, in their language, safe when somebody looks on, and a way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from services.returns.api.page_texts import page_texts
from shared.testing.plugin import Run
from tests.returns.story import FAMILY, NAME, CaseStory, person
from tests.returns.test_complaints import officer, queue
from tests.returns.test_disclosures import Packages
from tests.returns.test_other_courses import codes, story

pytestmark = pytest.mark.asyncio(loop_scope="session")
PUBLIC = "/returns/v1/public/card"
PAGE = "/returns/card"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def issued(told: CaseStory, ref: str | None = None, **more: Any) -> dict[str, Any]:
    path = f"/returns/v1/cases/{told.id}/persons/{ref or told.refs()[0]}/card"
    answer = await told.caseworker.post(path, json={"language": "ar", "asked_for_it": True, "seen_alone": True, **more})
    assert answer.status_code in (201, 409), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def looked(told: CaseStory, code: str) -> Any:
    return await told.service.client().post(PUBLIC, json={"code": code})


async def page(told: CaseStory, path: str = "", **fields: str) -> Any:
    return await told.service.client().post(f"{PAGE}{path}", content=urlencode(fields), headers=FORM)


async def paid(told: CaseStory, line: str, amount: int, payment: str | None = None) -> str:
    payment = payment or str(uuid4())
    fact = {"payment_id": payment, "case_id": told.id, "line_id": line, "phase": "departure_cash", "on": "2026-03-09"}
    fact |= {"amount_minor": amount, "currency": "CHF", "budget_id": str(uuid4())}
    await told.service.receive("reintegration.payment.settled.v1", fact, key=told.id)
    return payment


async def lines_of(told: CaseStory) -> list[str]:
    rows = await told.service.fetch("SELECT line_id FROM granted_line ORDER BY line_id")
    return [row["line_id"] for row in rows]


async def test_the_card_says_what_was_promised_by_whom_by_when_and_what_is_late(running: Run) -> None:
    told = await story(running)
    await told.departed()
    card = await issued(told)
    shown = (await looked(told, card["code"])).json()
    (promise,) = shown["promises"]
    assert (shown["language"], shown["direction"]) == ("ar", "rtl")
    assert promise["amount"] == {"amount_minor": 10_000, "currency": "CHF"}
    assert (promise["due_on"], promise["late"]) == (told.case["departed_on"], False)
    told.service.clock.advance(days=1)
    assert (await looked(told, card["code"])).json()["promises"][0]["late"] is True
    (line,) = await lines_of(told)
    payment = await paid(told, line, 10_000)
    shown = (await looked(told, card["code"])).json()["promises"][0]
    assert (shown["paid"]["amount_minor"], shown["late"]) == (10_000, False)
    back = {"payment_id": payment, "case_id": told.id, "line_id": line, "amount_minor": 4_000, "currency": "CHF"}
    await told.service.receive("reintegration.payment.reversed.v1", back, key=told.id)
    shown = (await looked(told, card["code"])).json()["promises"][0]
    assert (shown["paid"]["amount_minor"], shown["late"]) == (6_000, True)


async def test_each_person_sees_their_own_and_no_name_is_anywhere(running: Run) -> None:
    told = await story(running)
    await told.approved([person("main_applicant"), person("partner", sex=1)])
    await told.quoted()
    first, second = told.refs()
    cards = [await issued(told, first), await issued(told, second)]
    for card in cards:
        answer = await looked(told, card["code"])
        assert len(answer.json()["promises"]) == 1
        content = answer.text + (await page(told, code=card["code"])).text
        for secret in (NAME, told.case["file_reference"], told.id, first, second):
            assert secret not in content


async def test_a_card_is_given_to_whoever_wants_one_alone_and_a_new_one_ends_the_old(running: Run) -> None:
    told = await story(running)
    await told.open()
    for wrong in ({"asked_for_it": False}, {"seen_alone": False}):
        assert (await issued(told, **wrong))["slug"] == "card-not-wanted"
    first = await issued(told)
    second = await issued(told)
    assert (await looked(told, first["code"])).status_code == 404
    assert (await looked(told, second["code"])).status_code == 200
    path = f"/returns/v1/cases/{told.id}/persons/{told.refs()[0]}/card"
    assert (await told.caseworker.get(path)).json()["withdrawal_asked_on"] is None
    assert (await told.caseworker.post(f"{path}/ending")).status_code == 200
    assert (await told.caseworker.get(path)).status_code == 404
    assert (await looked(told, second["code"])).status_code == 404
    authority = told.service.client("caseworker", offices=["GVA"])
    assert (await authority.get(path)).status_code == 404


async def test_a_card_ends_with_its_days_and_with_the_person(running: Run) -> None:
    told = await story(running)
    await told.open()
    card = await issued(told)
    await told.post("withdrawal", {})
    assert (await looked(told, card["code"])).json()["promises"] == []
    protection = told.service.client("protection_officer", offices=["ZRH"])
    await protection.post(f"/returns/v1/cases/{told.id}/persons/{told.refs()[0]}/erasure")
    assert (await looked(told, card["code"])).status_code == 404
    other = CaseStory(told.service)
    await other.open()
    lasting = await issued(other)
    told.service.clock.advance(days=549)
    assert (await looked(told, lasting["code"])).status_code == 404


async def test_codes_are_not_kept_and_looking_leaves_no_trace(running: Run) -> None:
    told = await story(running)
    await told.open()
    card = await issued(told)
    before = await _everything(told)
    await looked(told, card["code"])
    await looked(told, card["second_code"])
    await page(told, code=card["code"])
    after = await _everything(told)
    assert before == after
    for secret in (card["code"], card["second_code"]):
        assert secret not in after
        assert secret.replace("-", "") not in after


async def _everything(told: CaseStory) -> str:
    tables = await told.service.fetch(
        "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'public_pace'"
    )
    names = sorted(row["t"] for row in tables)
    return str([await told.service.fetch(f'SELECT t::text FROM "{name}" t ORDER BY 1') for name in names])


async def test_the_second_code_shows_nothing_and_stops_nothing_in_the_same_shape(running: Run) -> None:
    told = await story(running)
    await told.ready()
    card = await issued(told)
    own, second = (await looked(told, card["code"])).json(), (await looked(told, card["second_code"])).json()
    assert second.keys() == own.keys()
    assert (second["promises"], second["how_to_withdraw"], second["withdrawal_asked"]) == ([], None, False)
    shown = await page(told, code=card["second_code"])
    texts = page_texts("card")["ar"]
    assert texts["general"] in shown.text
    assert texts["promised"] not in shown.text
    assert texts["withdraw"] not in shown.text
    stopped = await told.service.client().post(f"{PUBLIC}/withdrawal", json={"code": card["second_code"]})
    assert stopped.json() == {"told": texts["general"]}
    await told.refresh()
    assert told.case["state"] == "READY"


async def test_what_is_no_code_gets_the_same_answer_everywhere(running: Run) -> None:
    told = await story(running)
    await told.open()
    card = await issued(told)
    wrong = ["x", "0" * 20, card["code"][:-1] + ("A" if card["code"][-1] != "A" else "B")]
    answers = {(answer.status_code, answer.text) for answer in [await looked(told, code) for code in wrong]}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    pages = {(await page(told, code=code)).text for code in wrong}
    assert len(pages) == 1
    for path in ("/withdrawal", "/complaint"):
        assert page_texts("card")["en"]["unknown"] in (await page(told, path, code="x", account="y")).text


async def state_of(told: CaseStory, ref: str) -> tuple[str, str]:
    """The file this person is on now, and its state."""
    statement = "SELECT c.id, c.state FROM return_case c JOIN case_person p ON p.case_id = c.id WHERE p.person_ref = $1"
    (row,) = await told.service.fetch(statement, ref)
    return str(row["id"]), row["state"]


async def stopped(told: CaseStory, card: dict[str, Any]) -> None:
    answer = await told.service.client().post(f"{PUBLIC}/withdrawal", json={"code": card["code"]})
    assert answer.json() == {"told": page_texts("card")["ar"]["stopped"]}, answer.text
    await told.refresh()


async def test_one_call_withdraws_at_once_without_anybody_recording_it(running: Run) -> None:
    told = await story(running)
    await told.ready()
    card = await issued(told)
    await stopped(told, card)
    assert told.case["state"] == "WITHDRAWN"
    (fact,) = [event.data for event in await told.service.published("returns.case.withdrawn.v1")]
    assert (fact["on"], fact["stage_before"], fact["reason_group"]) == (told.today.isoformat(), "READY", "applicant")
    for client in (told.caseworker, told.officer, told.service.client("protection_officer", offices=["ZRH"])):
        notices = (await client.get("/returns/v1/notifications")).json()["items"]
        assert "withdrawal.asked" in {notice["kind"] for notice in notices}
    history = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).json()
    asked = [entry["action"] for entry in history if entry["actor_role"] == "public"]
    assert asked == ["withdrawal-asked", "withdraw"]
    shown = (await looked(told, card["code"])).json()
    texts = page_texts("card")["ar"]
    assert (shown["withdrawal_asked"], shown["how_to_withdraw"], shown["stage"]) == (
        True,
        None,
        texts["stage"]["ended"],
    )
    count = len(await told.service.published())
    assert (await page(told, "/withdrawal", code=card["code"])).status_code == 200
    assert len(await told.service.published()) == count


async def test_it_ends_only_ones_own_part_and_holds_the_others_until_people_spoke_with_them(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    ref = told.refs(adults=True)[1]
    theirs = told.refs(adults=True)[0]
    card, other = await issued(told, ref), await issued(told, theirs)
    await stopped(told, card)
    case_id, state = await state_of(told, ref)
    assert (case_id != told.id, state) == (True, "WITHDRAWN")
    assert told.case["state"] == "PRE_DEPARTURE"
    assert ref not in told.refs()
    assert codes(await told.post("readiness", {}, expect=409)) == {"not-now"}
    assert "returns.case.disclosure-frozen.v1" in {event.type for event in await told.service.published()}
    shown = (await looked(told, other["code"])).json()
    assert (shown["withdrawal_asked"], bool(shown["how_to_withdraw"])) == (False, True)


async def test_who_would_leave_somebody_alone_is_held_with_them_and_the_day_counts(running: Run) -> None:
    told = await story(running)
    await told.submitted([person("main_applicant"), person("parent", needs_carer=True)])
    ref = told.refs()[0]
    await stopped(told, await issued(told, ref))
    asked_on = told.today.isoformat()
    assert await state_of(told, ref) == (told.id, "SUBMITTED")
    assert (await told.service.fetch("SELECT frozen_on::text AS day FROM return_case"))[0]["day"] == asked_on
    told.service.clock.advance(days=2)
    told.caseworker = told.service.client("caseworker", offices=["ZRH"], subject="cw-1")
    await told.post("withdrawal", {"declared_on": asked_on})
    (fact,) = [event.data for event in await told.service.published("returns.case.withdrawn.v1")]
    assert (told.case["state"], fact["on"]) == ("WITHDRAWN", asked_on)


async def test_on_the_way_the_journey_ends_there(running: Run) -> None:
    told = await story(running)
    await told.departed()
    await stopped(told, await issued(told))
    assert told.case["state"] == "RETURN_FAILED"
    assert len(await told.service.published("returns.case.return-failed.v1")) == 1


async def test_a_stop_by_card_ends_what_an_agency_could_read(running: Run) -> None:
    told = Packages(await running("returns"))
    await told.world()
    await told.agreement()
    await told.submitted()
    package = await told.package()
    await told.approve(package)
    assert (await told.read(package)).status_code == 200
    card = await issued(told)
    await page(told, "/withdrawal", code=card["code"])
    assert (await told.read(package)).status_code == 410


async def test_a_granted_case_goes_no_further_once_somebody_stopped_it(running: Run) -> None:
    told = await story(running)
    await told.approved()
    await told.funded()
    await stopped(told, await issued(told))
    assert codes(await told.post("pre-departure", {"no_partner_needed": True}, expect=409)) == {"state"}


async def test_whoever_regrets_it_takes_it_back_with_fresh_consent_and_may_stop_again_by_the_same_card(
    running: Run,
) -> None:
    told = await story(running)
    await told.ready()
    card = await issued(told)
    await stopped(told, card)
    assert codes(await told.post("reopening", {}, expect=409)) == {"declaration", "fresh-consent"}
    await told.consent()
    await told.declare()
    await told.post("reopening", {})
    assert told.case["state"] == "APPROVED"
    assert (await looked(told, card["code"])).json()["withdrawal_asked"] is False
    await stopped(told, card)
    assert told.case["state"] == "WITHDRAWN"


async def test_after_the_arrival_there_is_nothing_to_stop(running: Run) -> None:
    told = await story(running)
    await told.arrived()
    card = await issued(told)
    refused = await told.service.client().post(f"{PUBLIC}/withdrawal", json={"code": card["code"]})
    assert (refused.status_code, refused.json()["slug"]) == (409, "nothing-to-withdraw")
    assert page_texts("card")["ar"]["over"] in (await page(told, "/withdrawal", code=card["code"])).text


def _no_way_out(headers: Mapping[str, str]) -> None:
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


async def test_the_pages_are_neutral_run_nothing_and_keep_nothing(running: Run) -> None:
    told = await story(running)
    await told.approved()
    card = await issued(told)
    pages = [
        await told.service.client().get(PAGE, params={"language": "fa"}),
        await page(told, code=card["code"]),
        await page(told, code=card["second_code"]),
        await page(told, code="x"),
    ]
    for shown in pages:
        assert shown.status_code == 200
        _no_way_out(shown.headers)
        title = re.findall("<title>(.*?)</title>", shown.text)
        assert title[0] in {texts["title"] for texts in page_texts("card").values()}
        for running_thing in ("<script", "onclick", "javascript:", "<img", "<link", "src="):
            assert running_thing not in shown.text
        assert shown.text.index('class="leave"') < shown.text.index("<h1>")
        assert 'rel="noreferrer"' in shown.text
    assert 'dir="rtl"' in pages[0].text
    assert 'lang="ar" dir="rtl"' in pages[1].text
    assert "100.00 CHF" in pages[1].text


async def test_what_is_typed_into_a_form_is_never_read_as_a_page(running: Run) -> None:
    told = await story(running)
    await told.open()
    for typed in ("<script>alert(1)</script>", '"><img src=x>', "\0", "%00%ff"):
        assert "<script>" not in (await page(told, code=typed, language=typed)).text
        assert "<img" not in (await page(told, code=typed, language=typed)).text
    odd = await told.service.client().post(PAGE, content=b"&".join([b"a=b"] * 99), headers=FORM)
    assert odd.status_code == 200


async def test_a_complaint_from_the_page_goes_the_way_of_all_complaints(running: Run) -> None:
    told = await story(running)
    await told.open()
    card = await issued(told)
    sent = await page(told, "/complaint", code=card["code"], account="Nobody calls", conduct="yes")
    receipt = re.findall(r"<code dir=\"ltr\">([0-9A-Z-]+)</code>", sent.text)[0]
    followed = await told.service.client().get(f"/returns/v1/public/complaints/{receipt}")
    assert followed.json()["status"] == "RECEIVED"
    (listed,) = await queue(officer(told.service))
    assert (listed["kind"], listed["language"], listed["office_id"]) == ("conduct", "ar", None)


def _shape(value: Any) -> Any:
    return {name: _shape(entry) for name, entry in value.items()} if isinstance(value, dict) else None


async def test_a_language_is_chosen_by_its_own_name(running: Run) -> None:
    told = await story(running)
    shown = (await told.service.client().get(PAGE, params={"language": "ar"})).text
    assert '<option value="de" lang="de" dir="ltr">Deutsch</option>' in shown
    assert '<option value="ar" lang="ar" dir="rtl" selected>العربية</option>' in shown


@pytest.mark.parametrize("language", sorted(page_texts("card")))
async def test_no_language_lacks_a_text(language: str) -> None:
    texts = page_texts("card")
    assert _shape(texts[language]) == _shape(texts["en"])
    assert texts[language]["dir"] == ("rtl" if language in ("ar", "fa", "he", "ur", "ps") else "ltr")


async def held(told: CaseStory, ref: str | None = None) -> str:
    measure = str(uuid4())
    fact = {"measure_id": measure, "plan_id": str(uuid4()), "case_id": told.id, "category": "training"}
    fact |= {"level": "individual", "on": "2026-03-09", "replace_by": "2026-03-23", "person_ref": ref}
    await told.service.receive("reintegration.measure.held.v1", fact, key=told.id)
    return measure


async def test_the_card_says_that_a_service_waits_and_that_a_payment_came_back_until_they_go_on(running: Run) -> None:
    told = await story(running)
    await told.departed()
    card = await issued(told, language="en")
    measure = await held(told)
    (line,) = await lines_of(told)
    failed = {"payment_id": str(uuid4()), "case_id": told.id, "line_id": line, "phase": "departure_cash"}
    failed |= {"amount_minor": 10_000, "currency": "CHF", "on": "2026-03-09", "reason_group": "third_party"}
    await told.service.receive("reintegration.payment.failed.v1", failed, key=told.id)
    await told.service.receive("reintegration.payment.failed.v1", {**failed, "retry_by": "2026-03-19"}, key=told.id)
    shown = (await looked(told, card["code"])).json()["news"]
    assert [(one["code"], one["until"], one["late"]) for one in shown] == [
        ("payment_came_back", "2026-03-19", False),
        ("service_held", "2026-03-23", False),
    ]
    told.service.clock.advance(days=20)
    content = (await page(told, code=card["code"])).text
    assert shown[0]["what"].split(".")[0] in content
    assert "training" not in content
    await told.service.receive("reintegration.measure.hold-lifted.v1", {"measure_id": measure}, key=told.id)
    await paid(told, line, 10_000)
    assert (await looked(told, card["code"])).json()["news"] == []
    assert (await looked(told, card["second_code"])).json()["news"] == []


async def test_what_waits_for_one_person_is_not_on_the_card_of_another(running: Run) -> None:
    told = await story(running)
    await told.approved([person("main_applicant"), person("partner", sex=1)])
    first, second = told.refs()
    cards = [await issued(told, ref) for ref in (first, second)]
    await held(told, first)
    assert [len((await looked(told, card["code"])).json()["news"]) for card in cards] == [1, 0]

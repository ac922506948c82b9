"""One vulnerable person holds the whole file, over HTTP: what is pending is seen, what it is for is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.returns.story import FAMILY, CaseStory, person
from tests.returns.test_other_courses import codes, story

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def note(told: CaseStory, ref: str, *indicators: str, expect: int = 201, **more: Any) -> dict[str, Any]:
    return await told.post(
        "vulnerabilities", {"person_ref": ref, "indicators": list(indicators), **more}, expect=expect
    )


def officer(told: CaseStory, role: str = "protection_officer") -> Any:
    return told.service.client(role, offices=["ZRH"], authority_id="SEM", subject=f"{role}-1")


async def shown(told: CaseStory, client: Any = None) -> list[dict[str, Any]]:
    answer = await (client or told.caseworker).get(f"/returns/v1/cases/{told.id}/safeguards")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def settle(told: CaseStory, named: str, outcome: str, client: Any, expect: int = 200) -> dict[str, Any]:
    everything = await shown(told, officer(told))
    one = next(entry["safeguard_id"] for entry in everything if entry["safeguard"] == named)
    return await told.post(f"safeguards/{one}/settlement", {"outcome": outcome}, client=client, expect=expect)


async def test_a_vulnerable_member_gates_the_whole_file_and_others_see_only_that(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY)
    ref = told.refs(relation="sibling")[0]
    await note(told, ref, "violence_survivor")
    assert told.case["state"] == "PRE_DEPARTURE"
    assert codes(await told.post("readiness", {}, expect=409)) == {"safeguard"}
    for entry in await shown(told):
        assert (entry["person_ref"], entry["pending"], entry["indicator"], entry["safeguard"]) == (
            ref,
            True,
            None,
            None,
        )
    seen = {entry["safeguard"] for entry in await shown(told, officer(told))}
    assert seen == {"separate_counselling", "safe_arrival"}
    history = (await told.caseworker.get(f"/returns/v1/cases/{told.id}/history")).text
    events = "".join(event.model_dump_json() for event in await told.service.published())
    assert "violence" not in history + events
    rows = await told.service.fetch("SELECT sealed_kind FROM safeguard")
    assert not any(b"violence" in bytes(row["sealed_kind"]) for row in rows)
    foreign = await settle(told, "separate_counselling", "in_place", told.caseworker, expect=409)
    assert foreign["slug"] == "fact-of-another-desk"
    await settle(told, "separate_counselling", "in_place", officer(told))
    await settle(told, "safe_arrival", "declined_by_person", officer(told))
    await told.post("readiness", {})
    one = (await shown(told))[0]["safeguard_id"]
    await told.post(f"safeguards/{one}/reopening", {})
    assert told.case["state"] == "PRE_DEPARTURE"


async def test_recovery_takes_the_time_it_promises_and_holds_the_decision(running: Run) -> None:
    told = await story(running)
    await told.submitted()
    found = [{"person_ref": told.refs()[0], "indicators": ["trafficking"]}]
    await told.post("screening", {"persons": found, "duplicates_checked": True, "security_checked": True})
    await told.post("eligibility", {"outcome": "eligible"})
    await told.quoted()
    decision = {"outcome": "approved", "quote_id": told.quote_id}
    match = {"If-Match": f'"{told.case["version"]}"'}
    refused = await told.officer.post(f"/returns/v1/cases/{told.id}/decision", json=decision, headers=match)
    assert codes(refused.json()) == {"safeguard"}
    await settle(told, "individual_risk_assessment", "in_place", officer(told))
    given_up = await settle(told, "individual_risk_assessment", "declined_by_person", officer(told), expect=409)
    assert given_up["slug"] == "safeguard-cannot-be-declined"
    early = await settle(told, "recovery_and_reflection", "in_place", officer(told), expect=409)
    assert early["slug"] == "safeguard-too-early"
    told.service.clock.advance(days=30)
    await settle(told, "recovery_and_reflection", "in_place", officer(told))
    await told.post("decision", decision, client=told.officer)
    (event,) = await told.service.published("returns.case.screened.v1")
    assert (event.data["vulnerable_count"], event.data["safeguards_count"]) == (1, 3)


@pytest.mark.parametrize(("multiple", "last_days"), [(False, 28), (True, 56)])
async def test_a_pregnancy_ends_the_flying_by_the_due_date(running: Run, multiple: bool, last_days: int) -> None:
    told = await story(running)
    await told.ready()
    ref = told.refs()[0]
    bare = await note(told, ref, "pregnancy", expect=422)
    assert bare["slug"] == "due-date-needed"
    due_on = told.today + timedelta(days=7 + last_days - 1)
    await note(told, ref, "pregnancy", due_on=due_on.isoformat(), multiple=multiple)
    assert codes(await told.post("readiness", {}, expect=409)) == {"fly-limit", "safeguard", "medical-clearance"}
    await told.post("itinerary", {"travel_on": (told.today + timedelta(days=6)).isoformat()})
    assert "fly-limit" not in codes(await told.post("readiness", {}, expect=409))


async def test_what_the_screener_names_as_in_place_is_settled_if_it_is_theirs_to_say(running: Run) -> None:
    told = await story(running)
    await told.submitted([person("main_applicant"), person("child")])
    ref = told.refs(adults=True)[0]

    async def screen(expect: int = 200, **found: Any) -> dict[str, Any]:
        persons = [{"person_ref": other} for other in told.refs() if other != ref] + [{"person_ref": ref, **found}]
        body = {"persons": persons, "duplicates_checked": True, "security_checked": True}
        return await told.post("screening", body, expect=expect)

    assert (await screen(422, indicators=["left_handed"]))["slug"] == "indicator-not-known"
    assert (await screen(422, indicators=["elderly"], safeguards=["safe_arrival"]))["slug"] == "safeguard-not-opened"
    theirs = await screen(409, indicators=["medical"], safeguards=["continuity_of_care"])
    assert (theirs["slug"], theirs["roles"]) == ("fact-of-another-desk", ["medical_officer", "protection_officer"])
    await screen(indicators=["single_parent"], safeguards=["help_on_arrival"])
    (entry,) = await shown(told)
    assert (entry["pending"], entry["outcome"]) == (False, "in_place")
    await screen(indicators=["single_parent"])
    assert len(await shown(told)) == 1


async def test_only_protection_officers_say_that_it_is_not_needed_and_nobody_screens_after_departure(
    running: Run,
) -> None:
    told = await story(running)
    await told.prepared()
    ref = told.refs()[0]
    await note(told, ref, "medical")
    await settle(told, "continuity_of_care", "not_needed", officer(told, "medical_officer"), expect=409)
    await settle(told, "continuity_of_care", "not_needed", officer(told))
    gone = await story(running)
    await gone.departed()
    assert (await note(gone, gone.refs()[0], "medical", expect=409))["slug"] == "too-late-to-screen"

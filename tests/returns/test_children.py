"""What protects a child, over HTTP: every holder for themself, the child's own view, and nobody in between."""

from __future__ import annotations

import pytest

from services.returns.commands import note_ages, tell_of_age
from services.returns.domain.custody import STANDINGS
from shared.testing.plugin import Run
from tests.returns.story import NAME, CaseStory, person
from tests.returns.test_other_courses import codes, story

pytestmark = pytest.mark.asyncio(loop_scope="session")
FAMILY_OF_TWO = [person("main_applicant"), person("child")]


async def unprotected(running: Run, child: dict[str, object] | None = None) -> tuple[CaseStory, str]:
    """A mother with a child for whom nothing is recorded yet."""
    told = await story(running)
    await told.open([person("main_applicant"), child or person("child")])
    await told.consent()
    await told.counsel()
    await told.declare()
    return told, told.refs(adults=False)[0]


async def lacking(told: CaseStory) -> set[str]:
    return codes(await told.post("submission", {}, expect=409))


async def test_every_holder_agrees_for_themself_also_who_is_not_on_the_file(running: Run) -> None:
    told, child = await unprotected(running)
    assert await lacking(told) == {"parental-responsibility", "parental-consent", "child-heard"}
    await told.hear(child)
    await told.name_holder(child, "mother", holder_ref=told.refs(adults=True)[0])
    await told.answer(child)
    await told.fact("custody_established", "civil_register", child)
    await told.name_holder(child, "father", contact={"name": NAME, "phone": "+41"})
    assert await lacking(told) == {"parental-consent"}
    await told.answer(child, evidence="signed_before_notary")
    await told.post("submission", {})
    path = f"/returns/v1/cases/{told.id}/persons/{child}/child-protection"
    mother, father = (await told.caseworker.get(path)).json()["holders"]
    assert mother["holder_ref"] == told.refs(adults=True)[0]
    assert father["contact"] == {"name": NAME, "phone": "+41"}
    assert NAME not in "".join(event.model_dump_json() for event in await told.service.published())


@pytest.mark.parametrize(
    ("standing", "evidence", "opens"),
    [
        ("absent", "register_search", False),
        ("unreachable", "attempts_recorded", False),
        ("deprived", "court_order", True),
        ("deceased", "death_certificate", True),
        ("decided_instead", "child_protection_order", True),
        ("not_a_holder", "custody_register", True),
    ],
)
async def test_what_stands_in_for_an_agreement(running: Run, standing: str, evidence: str, opens: bool) -> None:
    told, child = await unprotected(running)
    await told.hear(child)
    await told.name_holder(child, "mother", holder_ref=told.refs(adults=True)[0])
    await told.answer(child)
    await told.fact("custody_established", "court_record", child)
    await told.name_holder(child, "father")
    bare = await told.answer(child, standing, None, expect=422)
    assert (bare["slug"], bare["evidence"]) == ("evidence-needed", list(STANDINGS[standing].evidence))
    await told.answer(child, standing, evidence)
    if opens:
        await told.post("submission", {})
    else:
        assert await lacking(told) == {"parental-consent"}


async def test_a_holder_who_disagrees_brings_the_case_to_rest_until_an_order_stands_in(running: Run) -> None:
    told = await story(running)
    await told.ready(FAMILY_OF_TWO)
    child = told.refs(adults=False)[0]
    await told.name_holder(child, "father")
    assert told.case["state"] == "PRE_DEPARTURE"
    await told.answer(child, "disagrees", None)
    assert told.case["state"] == "SUSPENDED"
    refused = await told.post("resumption", {}, expect=409)
    assert codes(refused) == {"parental-consent", "child-view-conflict"}
    erased = await told.answer(child, "not_a_holder", "recorded_in_error", expect=409)
    assert erased["slug"] == "holder-already-answered"
    await told.answer(child, "decided_instead", "court_order")
    await told.post("resumption", {})
    await told.post("readiness", {})
    (event,) = await told.service.published("returns.case.suspended.v1")
    assert event.data["reason_group"] == "circumstances"


async def test_from_the_programmes_age_on_a_child_is_heard_in_a_talk_of_its_own(running: Run) -> None:
    told, child = await unprotected(running, person("child", born_on="2014-03-01"))
    await told.holders_agree(child)
    await told.hear(child, alone=False)
    assert await lacking(told) == {"child-heard-alone"}
    await told.hear(child, heard_by="child_psychologist", setting="school")
    await told.post("submission", {})
    small, smaller = await unprotected(running)
    await small.holders_agree(smaller)
    await small.hear(smaller, alone=False)
    await small.post("submission", {})


async def test_a_birthday_on_the_way_asks_for_a_talk_of_its_own(running: Run) -> None:
    told, child = await unprotected(running, person("child", born_on="2014-03-10"))
    await told.holders_agree(child)
    await told.hear(child, alone=False)
    await told.post("submission", {})
    told.service.clock.advance(days=10)
    await note_ages.run(told.service.runtime)
    found = [{"person_ref": ref} for ref in told.refs()]
    await told.post("screening", {"persons": found, "duplicates_checked": True, "security_checked": True})
    assert codes(await told.post("eligibility", {"outcome": "eligible"}, expect=409)) == {"child-heard-alone"}


async def test_an_agreement_taken_in_company_is_none(running: Run) -> None:
    told, child = await unprotected(running)
    await told.name_holder(child, "father")
    refused = await told.answer(child, taken_alone=False, expect=409)
    assert refused["slug"] == "consent-not-taken-alone"


async def test_a_bare_yes_counts_no_more(running: Run) -> None:
    told, child = await unprotected(running)
    for flag in ("guardians_agreed", "child_heard"):
        answer = await told.caseworker.patch(
            f"/returns/v1/cases/{told.id}/persons/{child}",
            json={flag: True},
            headers={"If-Match": f'"{told.case["version"]}"'},
        )
        assert (answer.status_code, answer.json()["slug"]) == (409, "recorded-one-by-one")


async def test_a_yes_from_before_the_records_counts_for_submitted_files_until_a_holder_is_named(running: Run) -> None:
    told, child = await unprotected(running)
    flags = "UPDATE case_person SET guardians_agreed = true, child_heard = true WHERE person_ref = $1"
    await told.service.fetch(flags, child)
    assert await lacking(told) == {"parental-responsibility", "parental-consent", "child-heard"}
    await told.holders_agree(child)
    await told.hear(child)
    await told.post("submission", {})
    await told.service.fetch("DELETE FROM parental_answer")
    await told.service.fetch("DELETE FROM parental_holder")
    await told.service.fetch("DELETE FROM child_hearing")
    found = [{"person_ref": ref} for ref in told.refs()]
    await told.post("screening", {"persons": found, "duplicates_checked": True, "security_checked": True})
    await told.post("eligibility", {"outcome": "eligible"})


async def test_a_child_with_others_than_its_parents_is_separated_and_needs_the_panel(running: Run) -> None:
    told, child = await unprotected(running)
    await told.hear(child)
    await told.name_holder(child, "mother")
    await told.answer(child, evidence="recorded_remote_talk")
    await told.fact("custody_established", "civil_register", child)
    assert await lacking(told) == {"best-interests"}
    await told.fact("best_interests_decision", "return_in_best_interests", child, client=panel(told))
    await told.post("submission", {})


async def test_an_unaccompanied_child_has_a_guardian_and_only_the_panel_decides(running: Run) -> None:
    told = await story(running)
    await told.open([person("ward", unaccompanied=True)])
    ward = told.refs()[0]
    await told.hear(ward)
    await told.name_holder(ward, "mother")
    await told.answer(ward)
    await told.fact("custody_established", "civil_register", ward)
    assert await lacking(told) == {"guardian", "best-interests"}
    await told.holders_agree(ward, alone=True)
    await told.fact("best_interests_decision", "return_in_best_interests", ward, client=panel(told))
    await told.post("submission", {})
    await told.fact("best_interests_decision", "return_not_in_best_interests", ward, client=panel(told))
    found = [{"person_ref": ward, "best_interests_decided": True}]
    body = {"persons": found, "duplicates_checked": True, "security_checked": True}
    refused = await told.post("screening", body, expect=409)
    assert (refused["slug"], refused["roles"]) == ("fact-of-another-desk", ["best_interests_panel"])


async def test_an_exit_ban_and_open_concerns_stop_the_family(running: Run) -> None:
    told, child = await unprotected(running)
    await told.protect_children()
    await told.fact("exit_ban", "in_force", child)
    assert await lacking(told) == {"exit-ban"}
    await told.fact("exit_ban", "lifted", child)
    await told.post("submission", {})
    await told.fact("best_interests_assessment", "concerns", child)
    found = [{"person_ref": ref} for ref in told.refs()]
    await told.post("screening", {"persons": found, "duplicates_checked": True, "security_checked": True})
    refused = await told.post("eligibility", {"outcome": "eligible"}, expect=409)
    assert codes(refused) == {"best-interests-assessment"}


async def test_who_comes_of_age_applies_in_their_own_right(running: Run) -> None:
    told = await story(running)
    await told.ready([person("main_applicant"), person("child", born_on="2008-03-10")])
    told.service.clock.advance(days=9)
    await note_ages.run(told.service.runtime)
    await told.refresh()
    assert told.case["state"] == "PRE_DEPARTURE"
    assert len(told.refs(adults=True)) == 2
    missing = codes(await told.post("readiness", {}, expect=409))
    assert {"consent", "declaration", "counselling"} <= missing
    again = told.case["version"]
    await tell_of_age.run(told.service.runtime)
    assert await told.service.published("returns.person.came-of-age.v1") == [], "the day would be a birthday"
    remembered = "SELECT \"on\"::text AS day FROM case_history WHERE action = 'came-of-age'"
    assert await told.service.fetch(remembered) == [], "so would the day it is remembered"
    told.service.clock.advance(days=22)
    for _ in range(2):
        await tell_of_age.run(told.service.runtime)
    (event,) = await told.service.published("returns.person.came-of-age.v1")
    assert (event.data["person_ref"] in told.refs(), event.data["on"]) == (True, "2026-04-01")
    assert [row["day"] for row in await told.service.fetch(remembered)] == ["2026-04-01"]
    await note_ages.run(told.service.runtime)
    await told.refresh()
    assert told.case["version"] == again


async def needed(told: CaseStory) -> list[tuple[str, str, str]]:
    """Whose own consent others were told is needed: when, as of which day."""
    events = await told.service.published("returns.person.own-consent-needed.v1")
    return [(event.data["person_ref"], event.data["occurred_at"][:10], event.data["on"]) for event in events]


async def test_from_the_month_of_the_birthday_on_nobody_elses_consent_speaks_for_somebody(running: Run) -> None:
    told = await story(running)
    born = ("2008-04-30", "2008-05-01", "2008-06-02")
    await told.open([person("main_applicant"), *(person("child", born_on=day) for day in born)])
    for _ in range(2):
        await note_ages.run(told.service.runtime)
    assert await needed(told) == []
    told.service.clock.advance(days=29)  # the last day of March: April begins before the next round
    for _ in range(2):
        await note_ages.run(told.service.runtime)
    april = ("2026-03-31", "2026-04-01")
    assert [when for _ref, *when in await needed(told)] == [list(april)]
    told.service.clock.advance(days=30)  # the last of April: one comes of age today, one tomorrow
    await note_ages.run(told.service.runtime)
    await tell_of_age.run(told.service.runtime)
    assert len(told.refs(adults=True)) == 1
    assert [on for _ref, _when, on in await needed(told)] == ["2026-04-01", "2026-05-01"]
    told.service.clock.advance(days=1)
    await note_ages.run(told.service.runtime)
    await tell_of_age.run(told.service.runtime)
    (event,) = await told.service.published("returns.person.came-of-age.v1")
    assert (event.data["person_ref"], event.data["on"]) == ((await needed(told))[0][0], "2026-05-01")


async def test_a_corrected_birth_date_tells_of_an_adult_too(running: Run) -> None:
    told = await story(running)
    await told.open([person("main_applicant"), *(person("child") for _ in range(2))])
    long_ago, this_month = told.refs(adults=False)
    for ref, day in ((long_ago, "2007-01-01"), (this_month, "2008-03-01")):
        answer = await told.caseworker.patch(
            f"/returns/v1/cases/{told.id}/persons/{ref}",
            json={"born_on": day},
            headers={"If-Match": f'"{told.case["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
        await told.refresh()
    (event,) = await told.service.published("returns.person.came-of-age.v1")
    assert event.data["person_ref"] == long_ago
    assert [ref for ref, *_when in await needed(told)] == [this_month]


async def test_a_disputed_age_is_a_minors_until_the_panel_decides(running: Run) -> None:
    told = await story(running)
    await told.open()
    ref = told.refs()[0]
    await told.fact("age_disputed", None, ref)
    assert told.refs(adults=False) == [ref]
    await told.fact("age_determined", "adult", ref, expect=409)
    await told.fact("age_determined", "adult", ref, client=panel(told))
    assert told.refs(adults=True) == [ref]
    assert len(await told.service.published("returns.person.came-of-age.v1")) == 1


async def test_an_adult_has_no_holders(running: Run) -> None:
    told = await story(running)
    await told.open()
    adult = told.refs()[0]
    body = {"relation": "mother", "established_by": "statement"}
    assert (await told.post(f"persons/{adult}/parental-holders", body, expect=409))["slug"] == "not-a-child"


def panel(told: CaseStory) -> object:
    return told.service.client("best_interests_panel", offices=["ZRH"], subject="bip-1")

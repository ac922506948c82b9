"""Surveys over HTTP, and erasure: answers kept sealed, scores told, a destroyed key closes everything."""

from __future__ import annotations

from typing import Any

import pytest

from services.reintegration.persistence.plans import find_survey, open_answers
from services.reintegration.persistence.policies import may_support
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.testing.plugin import Run
from tests.reintegration.story import ROOT, Story
from tests.reintegration.test_scoring import WORKED_EXAMPLE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def survey(story: Story, **changes: Any) -> Any:
    body = {
        "plan_id": await story.plan_id(),
        "person_ref": story.father,
        "wave": "baseline",
        "on": "2026-03-01",
        "answers": WORKED_EXAMPLE,
        **changes,
    }
    return await story.partner().post(f"{ROOT}/surveys", json=body)


async def arrived_story(run: Run) -> Story:
    story = Story(await run("reintegration"))
    await story.funded()
    await story.assigned()
    await story.arrived()
    return story


async def test_record_survey_tells_scores_and_keeps_answers_sealed(running: Run) -> None:
    story = await arrived_story(running)
    answer = await survey(story)
    assert answer.status_code == 201, answer.text
    assert answer.json()["scores"] == {
        "economic": "0.59",
        "social": "0.59",
        "psychosocial": "0.69",
        "composite": "0.63",
    }
    fact = (await story.svc.published("reintegration.survey.completed.v1"))[0].data
    assert fact["scores"]["composite"] == "0.626368"
    assert (fact["person_ref"], fact["model_version"], fact["wave"]) == (
        story.father,
        "rss-equal-v1",
        "baseline",
    )
    assert "answers" not in fact
    row = (await story.svc.fetch("SELECT id, answers_sealed FROM survey"))[0]
    assert b"rarely" not in bytes(row["answers_sealed"])
    async with story.svc.units.read(actor=Principal.system("test")) as uow:
        kept = await open_answers(uow, await find_survey(uow, row["id"], may_support))
    assert kept == WORKED_EXAMPLE
    listed = await story.manager().get(f"{ROOT}/plans/{await story.plan_id()}/surveys")
    assert [each["scores"]["composite"] for each in listed.json()["items"]] == ["0.63"]


async def test_one_survey_per_person_and_wave(running: Run) -> None:
    story = await arrived_story(running)
    assert (await survey(story)).status_code == 201
    assert (await survey(story)).json()["slug"] == "already-exists"
    assert (await survey(story, wave="follow_up_1")).status_code == 201
    assert (await survey(story, person_ref=story.brother)).status_code == 201


async def test_an_extreme_answer_raises_a_referral_without_saying_which(running: Run) -> None:
    story = await arrived_story(running)
    answer = await survey(story, answers={**WORKED_EXAMPLE, "P7": "very_often"})
    assert answer.json()["referral_advised"] is True
    for client in (story.partner(), story.caseworker()):
        notices = (await client.get(f"{ROOT}/notifications")).json()["items"]
        advised = [notice for notice in notices if notice["kind"] == "referral.advised"]
        assert [(notice["subject"], notice["facts"]) for notice in advised] == [(answer.json()["id"], {})]
    assert "P7" not in str([entry.data for entry in await story.svc.published()])


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"answers": {"E1": "words"}}, 422, "answers-not-valid"),
        ({"person_ref": "pr_stranger"}, 404, "not-found"),
        ({"model_version": "rss-official"}, 404, "scoring-model-unknown"),
        ({"on": "2030-01-01"}, 422, "date-in-future"),
        ({"wave": "someday"}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_scored(running: Run, changes: dict[str, Any], status: int, slug: str) -> None:
    answer = await survey(await arrived_story(running), **changes)
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)


async def test_before_arrival_there_is_no_survey(running: Run) -> None:
    story = Story(await running("reintegration"))
    await story.funded()
    await story.assigned()
    assert (await survey(story)).json()["missing"][0]["code"] == "arrived"


async def test_the_scoring_model_is_listed_with_its_source(running: Run) -> None:
    svc = await running("reintegration")
    models = (await svc.client("statistician").get(f"{ROOT}/scoring-models")).json()["items"]
    assert [(model["version"], model["official"]) for model in models] == [("rss-equal-v1", False)]
    assert len(models[0]["digest"]) == 64


async def test_person_erasure_ordered_closes_everything_sealed_for_them(running: Run) -> None:
    story = await arrived_story(running)
    await survey(story)
    payee = {"name": "Canary Beridze"}
    grant = (await story.request("departure_cash", payee=payee)).json()["id"]
    invoice = (await story.request("travel", payee=payee, payee_kind="third_party")).json()["id"]
    for _ in range(2):
        await story.tell("person.erasure-ordered", person_ref=story.father)
    assert len(await story.svc.published("reintegration.person.erased.v1")) == 1
    assert (await story.officer().get(f"{ROOT}/payments/{grant}")).json()["payee"] is None
    kept = (await story.officer().get(f"{ROOT}/payments/{invoice}")).json()["payee"]
    assert kept == {"name": "Canary Beridze", "method": "bank_transfer"}
    async with story.svc.units.read(actor=Principal.system("test")) as uow:
        survey_id = (await story.svc.fetch("SELECT id FROM survey"))[0]["id"]
        assert await open_answers(uow, await find_survey(uow, survey_id, may_support)) is None
    assert (await survey(story, wave="endline")).json()["slug"] == "person-erased"


async def test_an_erasure_of_somebody_unknown_is_remembered(running: Run) -> None:
    story = Story(svc := await running("reintegration"))
    await story.tell("person.erasure-ordered", person_ref=story.father)
    await story.funded()
    await story.assigned()
    await story.arrived()
    assert (await survey(story)).json()["slug"] == "person-erased"
    assert len(await svc.published("reintegration.person.erased.v1")) == 1


async def test_a_stranger_finds_no_survey(running: Run) -> None:
    story = await arrived_story(running)
    answer = await survey(story)
    stranger = Principal(subject="x", roles=frozenset({"caseworker"}), offices=frozenset({"BRN"}))
    async with story.svc.units.read(actor=stranger) as uow:
        with pytest.raises(NotFound):
            await find_survey(uow, answer.json()["id"], may_support)


async def test_nothing_more_is_asked_about_somebody_who_died(running: Run) -> None:
    story = await arrived_story(running)
    assert (await survey(story)).status_code == 201
    for _ in range(2):
        await story.tell("person.deceased", person_ref=story.father, on="2026-03-01")
    refused = await survey(story, wave="follow_up_1")
    assert (refused.status_code, refused.json()["missing"][0]["code"]) == (409, "not-asked")
    assert "death" not in refused.text
    assert (await survey(story, person_ref=story.brother)).status_code == 201

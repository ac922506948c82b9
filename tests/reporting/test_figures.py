"""Events in, figures out: what is counted, by which day, and for whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.testing.plugin import Run
from shared.testing.running import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="session")
PROGRAMME = "0199c0de-0000-7000-8000-0000000000aa"


def person(ref: str, *, sex: int = 2, band: str = "25-34", citizenship: str = "GEO", **more: Any) -> dict[str, Any]:
    return {
        "person_ref": ref,
        "relation": "main_applicant",
        "sex": sex,
        "age_band": band,
        "citizenship": citizenship,
        "unaccompanied": False,
        **more,
    }


class Story:
    """Tells reporting what happened to one case."""

    def __init__(self, service: RunningService, *, programme: str = PROGRAMME) -> None:
        self.service, self.programme, self.case_id = service, programme, str(uuid4())

    async def tell(self, fact: str, /, **data: Any) -> None:
        outcome = await self.service.receive(fact, {"case_id": self.case_id, **data}, key=self.case_id)
        assert outcome is not None

    async def opened(self, persons: list[dict[str, Any]], on: str = "2026-01-05") -> None:
        await self.tell(
            "returns.case.opened.v1",
            case_kind="avrr",
            destination_basis="citizenship",
            programme_id=self.programme,
            partnership_id=None,
            office_id="ZRH",
            host="CHE",
            destination="GEO",
            opened_on=on,
            persons=persons,
        )

    async def travelled(self, persons: list[dict[str, Any]], on: str = "2026-02-10") -> None:
        facts = [{**entry, "travelled": True} for entry in persons]
        await self.tell("returns.case.departed.v1", on=on, destination="GEO", persons=facts)
        await self.tell("returns.case.arrived.v1", on=on, destination="GEO", persons=facts, evidence="partner_met")


async def figures(service: RunningService, path: str, role: str = "statistician", **claims: Any) -> dict[str, Any]:
    answer = await service.client(role, **claims).get(f"/reporting/v1/{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def groups(found: dict[str, Any]) -> dict[str, int]:
    """Person-returns by group."""
    return {row["group"]: row["value"] for row in found["rows"]}


async def test_an_empty_house_shows_empty_figures(running: Run) -> None:
    service = await running("reporting")
    for path in ("returns", "funnel", "timeliness", "finance", "outcomes"):
        found = await figures(service, path)
        assert found["n"] == 0
        assert found["indicator"]["unit"]
        assert found["indicator"]["date_basis"]
        assert found["indicator"]["mode"] in ("period", "cohort")


async def test_returns_count_persons_by_day_of_departure(running: Run) -> None:
    service = await running("reporting")
    family = Story(service)
    people = [person("a"), person("b", sex=1), person("c", sex=1, band="5-13")]
    await family.opened(people)
    await family.travelled(people)
    assert groups(await figures(service, "returns?by=month")) == {"2026-02": 3}
    assert groups(await figures(service, "returns?by=sex")) == {"1": 2, "2": 1}
    assert (await figures(service, "returns?from=2026-03-01&to=2026-03-02"))["n"] == 0


async def test_who_stayed_behind_is_no_return_and_counts_in_the_new_case_only(running: Run) -> None:
    service = await running("reporting")
    family = Story(service)
    stays, goes = person("stays"), person("goes")
    await family.opened([stays, goes])
    new_case = str(uuid4())
    split = {"case_id": family.case_id, "new_case_id": new_case, "on": "2026-02-10", "persons": [stays]}
    for key in (family.case_id, new_case):
        await service.receive("returns.case.split.v1", {**split, "published_under": key}, key=key)
    await family.travelled([goes])
    assert (await figures(service, "returns"))["n"] == 1
    rows = await service.fetch("SELECT case_id FROM person_of_case WHERE person_ref = 'stays'")
    assert [row["case_id"] for row in rows] == [UUID(new_case)]


async def test_a_correction_of_age_band_at_departure_wins(running: Run) -> None:
    service = await running("reporting")
    case = Story(service)
    await case.opened([person("a", band="16-17")])
    await case.travelled([person("a", band="18-24")])
    assert groups(await figures(service, "returns?by=age_band")) == {"18-24": 1}


async def test_the_funnel_follows_the_cohort_and_shows_who_left(running: Run) -> None:
    service = await running("reporting")
    done, withdrew = Story(service), Story(service)
    for case in (done, withdrew):
        await case.opened([person(case.case_id)])
        await case.tell("returns.case.submitted.v1", on="2026-01-06", persons=[])
    await done.travelled([person(done.case_id)])
    await withdrew.tell("returns.case.withdrawn.v1", on="2026-01-09", stage_before="SUBMITTED", persons=[])
    found = await figures(service, "funnel")
    assert {row["stage"]: row["cases"] for row in found["rows"]}["submitted"] == 2
    assert {row["stage"]: row["cases"] for row in found["rows"]}["arrived"] == 1
    assert {row["stage"]: row["cases"] for row in found["left"]}["withdrawn"] == 1
    assert (await figures(service, "funnel?from=2025-06-01&to=2025-07-01"))["n"] == 0


async def test_money_counts_settled_and_not_reversed(running: Run) -> None:
    service = await running("reporting")
    case = Story(service)
    payment = {
        "payment_id": str(uuid4()),
        "line_id": str(uuid4()),
        "phase": "departure_cash",
        "budget_id": str(uuid4()),
        "amount_minor": 10_000,
        "currency": "CHF",
        "on": "2026-02-10",
    }
    await case.tell("reintegration.payment.settled.v1", **payment)  # before the opening: order between topics is free
    await case.opened([person("a")])
    assert (await figures(service, "finance"))["rows"][0]["amount_minor"] == 10_000
    await case.tell("reintegration.payment.reversed.v1", payment_id=payment["payment_id"])
    assert (await figures(service, "finance"))["rows"] == []


async def test_means_are_shown_from_five_surveys_on(running: Run) -> None:
    service = await running("reporting")
    case = Story(service)
    await case.opened([person("a")])
    scores = {
        "economic": "0.593750",
        "social": "0.590909",
        "psychosocial": "0.694444",
        "composite": "0.626368",
    }
    for number in range(5):
        if number == 4:
            assert (await figures(service, "outcomes"))["rows"][0]["means"]["composite"] is None
        await case.tell(
            "reintegration.survey.completed.v1",
            survey_id=str(uuid4()),
            person_ref="a",
            wave="baseline",
            model_version="rss-equal-v1",
            scores=scores,
            on="2026-02-20",
        )
    assert (await figures(service, "outcomes"))["rows"][0]["means"]["composite"] == "0.63"


async def test_a_programme_manager_sees_only_their_programmes(running: Run) -> None:
    service = await running("reporting")
    mine, other = Story(service), Story(service, programme=str(uuid4()))
    for case in (mine, other):
        await case.opened([person(case.case_id)])
    own = await figures(service, "funnel", "programme_manager", programmes=[PROGRAMME])
    assert own["n"] == 1
    assert (await figures(service, "funnel"))["n"] == 2
    assert (await figures(service, "funnel", "programme_manager", programmes=[]))["n"] == 0


@pytest.mark.parametrize("role", ["caseworker", "partner_agency", "reintegration_partner", "provider", "case_officer"])
async def test_others_do_not_read_figures(running: Run, role: str) -> None:
    service = await running("reporting")
    answer = await service.client(role, offices=["ZRH"], agency_id="a", partner_id="p").get("/reporting/v1/funnel")
    assert answer.status_code == 403


async def test_a_period_that_ends_before_it_begins_is_refused(running: Run) -> None:
    service = await running("reporting")
    answer = await service.client("statistician").get("/reporting/v1/returns?from=2026-02-02&to=2026-02-01")
    assert (answer.status_code, answer.json()["slug"]) == (422, "period-not-valid")


async def test_the_dashboard_shell_is_open_and_holds_no_figure(running: Run) -> None:
    service = await running("reporting")
    await Story(service).opened([person("a", citizenship="GEO")])
    page = await service.client().get("/reporting/v1/dashboard")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "GEO" not in page.text
    assert (await service.client().get("/reporting/v1/dashboard/dashboard.js")).status_code == 200
    assert (await service.client().get("/reporting/v1/returns")).status_code == 401


async def test_age_bands_come_in_the_order_of_age(running: Run) -> None:
    service = await running("reporting")
    case = Story(service)
    people = [person(band, band=band) for band in ("65+", "14-15", "5-13", "unknown", "0-4", "35-64")]
    await case.opened(people)
    await case.travelled(people)
    rows = (await figures(service, "returns?by=age_band"))["rows"]
    assert [row["group"] for row in rows] == ["0-4", "5-13", "14-15", "35-64", "65+", "unknown"]

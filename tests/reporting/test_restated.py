"""What was counted and turned out otherwise is restated: brought back, corrected, removed, dead, merged, the same human."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.reporting.domain.humans import PersonReturn, human_beings, journeys, returned
from services.reporting.domain.indicators import INDICATORS
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.reporting.test_figures import PROGRAMME, Story, figures, groups, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def family(service: RunningService, *refs: str, on: str = "2026-02-10") -> Story:
    story = Story(service)
    await story.opened([person(ref) for ref in refs])
    await story.travelled([person(ref) for ref in refs], on=on)
    return story


async def together(service: RunningService, role: str = "statistician", **claims: Any) -> tuple[int, ...]:
    """Person-returns, unique persons, re-returns."""
    found = await figures(service, "returns", role, **claims)
    assert [part["indicator"]["code"] for part in found["together"]] == ["returns", "unique_persons", "re_returns"]
    return tuple(part["value"] for part in found["together"])


async def beside(service: RunningService) -> dict[str, int]:
    found = (await figures(service, "returns"))["beside"]
    return {part["indicator"]["code"]: part["value"] for part in found if part["value"]}


async def funnel(service: RunningService) -> dict[str, int]:
    found = await figures(service, "funnel")
    return {row["stage"]: row["cases"] for row in (*found["rows"], *found["left"]) if row["cases"]}


async def link(service: RunningService, one: str, other: str, *, at: int, same: bool = True) -> None:
    fact = {"case_id": str(uuid4()), "person_ref": one, "other_person_ref": other, "on": "2026-03-01", "same": same}
    told = fact | {"occurred_at": f"2026-03-01T00:00:{at:02d}Z"}
    await service.receive("returns.person.linked.v1", told, key=str(fact["case_id"]))


async def test_every_figure_has_its_unit_date_basis_mode_and_rule(running: Run) -> None:
    service = await running("reporting")
    shown = await figures(service, "indicators")
    assert [entry["code"] for entry in shown] == [indicator.code for indicator in INDICATORS]
    assert all(entry[name] for entry in shown for name in ("unit", "date_basis", "mode", "counting_rule"))
    found = await figures(service, "returns")
    for part in (*found["together"], *found["beside"]):
        assert part["indicator"] in shown


async def test_who_is_brought_back_has_not_returned_until_they_leave_again(running: Run) -> None:
    service = await running("reporting")
    story = Story(service)
    people = [person("a"), person("b")]
    await story.opened(people)
    leaving = [{**entry, "travelled": True} for entry in people]
    await story.tell("returns.case.departed.v1", on="2026-02-10", destination="GEO", persons=leaving)
    assert await together(service) == (2, 2, 0)
    await story.tell("returns.case.return-failed.v1", on="2026-02-11", reason_group="circumstances")
    assert await together(service) == (0, 0, 0)
    assert await beside(service) == {"failed_returns": 2}
    assert await funnel(service) == {"opened": 1, "journey failed": 1}
    await story.tell("returns.case.resumed.v1", on="2026-02-12")
    assert await funnel(service) == {"opened": 1}
    await story.travelled(people, on="2026-03-01")
    assert groups(await figures(service, "returns?by=month")) == {"2026-03": 2}
    assert await beside(service) == {}


@pytest.mark.parametrize(
    ("wrong", "stages", "returns"),
    [
        ("arrival", {"opened": 1, "departed": 1}, 1),
        ("recorded_fact", {"opened": 1, "departed": 1, "arrived": 1}, 1),
        ("travel_document", {"opened": 1, "departed": 1, "arrived": 1}, 1),
    ],
)
async def test_a_corrected_fact_is_counted_anew(running: Run, wrong: str, stages: dict[str, int], returns: int) -> None:
    service = await running("reporting")
    story = await family(service, "a")
    await story.tell("returns.case.closed.v1", on="2026-02-20", outcome="returned")
    fact = {"on": "2026-02-21", "fact": wrong, "original_on": "2026-02-10", "persons": [person("a")]}
    await story.tell("returns.case.fact-corrected.v1", **fact)
    assert await funnel(service) == stages
    assert (await together(service))[0] == returns
    closed = await service.fetch("SELECT closed_on FROM case_fact")
    assert (closed[0]["closed_on"] is None) == (wrong == "arrival")


async def test_a_departure_that_was_not_is_no_return(running: Run) -> None:
    service = await running("reporting")
    story = await family(service, "a", "b")
    for wrong in ("arrival", "departure"):
        fact = {"on": "2026-02-21", "fact": wrong, "original_on": "2026-02-10", "persons": []}
        await story.tell("returns.case.fact-corrected.v1", **fact)
    assert await together(service) == (0, 0, 0)
    assert await beside(service) == {}
    assert await funnel(service) == {"opened": 1}


async def test_one_human_being_who_returned_twice_is_one_person_and_one_re_return(running: Run) -> None:
    service = await running("reporting")
    await family(service, "first")
    await family(service, "again", "child", on="2026-02-24")
    assert await together(service) == (3, 3, 0)
    await link(service, "again", "first", at=1)
    await link(service, "first", "again", at=1)
    assert await together(service) == (3, 2, 1)
    rows = (await figures(service, "returns?by=month"))["rows"]
    assert rows == [{"group": "2026-02", "value": 3, "unique_persons": 2, "re_returns": 1}]
    assert await together(service, "programme_manager", programmes=[PROGRAMME]) == (3, 2, 1)
    assert await together(service, "programme_manager", programmes=[str(uuid4())]) == (0, 0, 0)


async def test_a_link_that_was_taken_back_no_longer_counts_in_whatever_order_it_is_heard(running: Run) -> None:
    service = await running("reporting")
    await family(service, "one")
    await family(service, "two", on="2026-02-24")
    await link(service, "two", "one", at=5, same=False)
    await link(service, "one", "two", at=4)
    assert await together(service) == (2, 2, 0)
    await link(service, "one", "two", at=6)
    assert await together(service) == (2, 1, 1)


async def test_two_records_of_one_journey_are_one_return(running: Run) -> None:
    service = await running("reporting")
    await family(service, "ours")
    await family(service, "theirs")
    await link(service, "ours", "theirs", at=1)
    assert await together(service) == (1, 1, 0)


async def test_links_are_followed_to_their_ends() -> None:
    humans = human_beings([("c", "d"), ("a", "b"), ("d", "b"), ("x", "y")])
    assert humans == {"a": "a", "b": "a", "c": "a", "d": "a", "x": "x", "y": "x"}
    found = [PersonReturn(ref, date(2026, 2, day), "GEO") for ref, day in (("a", 1), ("c", 1), ("d", 2), ("x", 1))]
    counted = returned(journeys(found, humans))
    assert (counted.person_returns, counted.unique_persons, counted.re_returns) == (3, 2, 1)


async def test_who_was_taken_off_a_file_is_not_among_those_who_left_by_themselves(running: Run) -> None:
    service = await running("reporting")
    story = Story(service)
    await story.opened([person("stays"), person("unknown")])
    await story.tell("returns.person.removed.v1", person_ref="unknown")
    ended = {"reason_group": "applicant", "stage_before": "APPROVED", "outcome": "departed_unassisted"}
    await story.tell("returns.case.cancelled.v1", on="2026-02-10", **ended)
    assert await beside(service) == {"unassisted_departures": 1}
    assert await together(service) == (0, 0, 0)


async def test_a_death_is_told_apart_from_a_cancellation(running: Run) -> None:
    service = await running("reporting")
    alone, pair = Story(service), Story(service)
    await alone.opened([person("a")])
    await pair.opened([person("b"), person("c")])
    cancelled = {"on": "2026-02-11", "reason_group": "circumstances", "stage_before": "APPROVED"}
    for story, ref in ((alone, "a"), (pair, "b")):
        await story.tell("returns.person.deceased.v1", person_ref=ref, on="2026-02-10")
        await story.tell("returns.case.cancelled.v1", **cancelled, outcome="cancelled")
    assert await beside(service) == {"deaths_before_departure": 2}
    assert await funnel(service) == {"opened": 2, "cancelled": 1, "closed after a death": 1}


async def test_who_travelled_by_themselves_is_counted_beside_the_assisted_returns(running: Run) -> None:
    service = await running("reporting")
    story = Story(service)
    await story.opened([person("a")])
    await service.receive("returns.case.opened.v1", _kind(story, "self_organised"), key=story.case_id)
    arrived = {"on": "2026-02-10", "destination": "GEO", "persons": [{**person("a"), "travelled": True}]}
    await story.tell("returns.case.arrived.v1", **arrived, evidence="passport_stamp")
    assert await together(service) == (0, 0, 0)
    assert await beside(service) == {"self_organised_returns": 1}


def _kind(story: Story, kind: str) -> dict[str, Any]:
    codes = {"case_kind": kind, "programme_id": story.programme, "destination": "GEO", "host": "CHE"}
    return {"case_id": story.case_id, **codes, "opened_on": "2026-01-05", "persons": [person("a")]}


async def test_a_file_that_joined_another_is_no_case_and_its_persons_are_counted_once(running: Run) -> None:
    service = await running("reporting")
    kept, joined = Story(service), Story(service)
    await kept.opened([person("a")])
    await joined.opened([person("b")])
    merged = {"case_id": kept.case_id, "merged_case_id": joined.case_id, "on": "2026-01-20", "persons": [person("b")]}
    for key in (joined.case_id, kept.case_id):
        for _ in range(2):  # the second is another event with the same content: nothing is counted twice
            await service.receive("returns.case.merged.v1", {**merged, "published_under": key}, key=key)
    assert await funnel(service) == {"opened": 1}
    await kept.travelled([person("a"), person("b")])
    assert await together(service) == (2, 2, 0)
    rows = await service.fetch("SELECT case_id, person_ref FROM person_of_case ORDER BY person_ref")
    assert [(row["case_id"], row["person_ref"]) for row in rows] == [(UUID(kept.case_id), ref) for ref in "ab"]


async def test_a_split_off_case_counts_from_its_own_opening(running: Run) -> None:
    service = await running("reporting")
    story, new = Story(service), str(uuid4())
    codes = {"case_kind": "avrr", "programme_id": PROGRAMME, "partnership_id": None, "host": "CHE"}
    split = {"case_id": story.case_id, "new_case_id": new, "on": "2026-02-01", "persons": [person("b")], **codes}
    await service.receive("returns.case.split.v1", {**split, "published_under": new}, key=new)
    assert await funnel(service) == {"opened": 1}
    own = await figures(service, "funnel?from=2026-02-01&to=2026-02-01", "programme_manager", programmes=[PROGRAMME])
    assert own["n"] == 1


async def test_a_reversed_grant_is_not_the_first_one(running: Run) -> None:
    service = await running("reporting")
    story = await family(service, "a")
    paid = {"line_id": str(uuid4()), "phase": "post_arrival", "amount_minor": 1_000, "currency": "CHF"}
    first, second = str(uuid4()), str(uuid4())
    await story.tell("reintegration.payment.settled.v1", payment_id=first, on="2026-02-12", **paid)
    await story.tell("reintegration.payment.settled.v1", payment_id=second, on="2026-02-20", **paid)
    await story.tell("reintegration.payment.reversed.v1", payment_id=first)
    waits = {row["name"]: row for row in (await figures(service, "timeliness"))["rows"]}
    assert waits["arrival to first grant"]["median_days"] == 10
    await story.tell("reintegration.payment.reversed.v1", payment_id=second)
    assert "first grant after return" not in await funnel(service)


async def test_money_that_comes_on_top_later_moves_no_stage(running: Run) -> None:
    service = await running("reporting")
    story = Story(service)
    await story.opened([person("a")])
    for day, on_top in (("2026-02-01", False), ("2026-03-01", True)):
        told = {"occurred_at": f"{day}T00:00:00Z", "on_top": on_top}
        await story.tell("reintegration.funds.reserved.v1", **told)
    (row,) = await service.fetch("SELECT funds_reserved_on FROM case_fact")
    assert row["funds_reserved_on"] == date(2026, 2, 1)


async def test_returns_from_detention_are_among_the_returns_and_always_shown_apart(running: Run) -> None:
    service = await running("reporting")
    await family(service, "a", "b", "c")

    async def counted(month: str, persons: int, programme: str = PROGRAMME) -> None:
        fact = {"programme_id": programme, "month": month, "persons_count": persons}
        await service.receive("returns.detention-returns.counted.v1", fact, key=programme)

    async def shown(period: str = "", role: str = "statistician", **claims: Any) -> int:
        (part,) = (await figures(service, f"returns?{period}", role, **claims))["of_which"]
        assert part["indicator"]["code"] == "returns_from_detention"
        return int(part["value"])

    await counted("2026-02-01", 2)
    await counted("2026-01-01", 1, str(uuid4()))
    assert await shown("from=2026-01-01&to=2026-02-28") == 3
    assert await shown("from=2026-02-01&to=2026-02-28") == 2
    assert await shown("from=2026-02-02&to=2026-03-31") == 0
    assert await shown("from=2026-01-01&to=9999-12-31", "programme_manager", programmes=[PROGRAMME]) == 2
    await counted("2026-02-01", 1)
    assert await shown("from=2026-02-01&to=2026-02-28") == 1
    assert await together(service) == (3, 3, 0)

"""A season: many cases at once, each told by its story, through the same public APIs as the showcase."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date

from rich.progress import Progress, TaskID

from deploy.local.casework import CaseWork
from deploy.local.cast import Cast
from deploy.local.client import Refused
from deploy.local.narration import Narrator
from deploy.local.quoting import quote
from deploy.local.stories import Ending, Story, make_story
from deploy.local.supportwork import SupportWork

AT_ONCE = 12
MOST_TOLD = 5


class Ended(Exception):
    """The story ends here; says where."""


async def play_season(cast: Cast, narrator: Narrator, *, cases: int, seed: int) -> list[str]:
    """Play so many cases; the answer is what went wrong."""
    if cases == 0:
        return []
    narrator.act(f"A season: {cases} cases over a year (seed {seed})")
    today = date.today()  # noqa: DTZ011 - the season lies before the day on which it is played
    numbers = iter(range(cases))
    outcomes: Counter[str] = Counter()
    problems: list[str] = []
    began = time.monotonic()
    with narrator.progress() as bar:
        task = bar.add_task("cases", total=cases, rate="")
        players = (_player(cast, numbers, seed, today, outcomes, problems, bar, task) for _ in range(AT_ONCE))
        await asyncio.gather(*players)
    seconds = time.monotonic() - began
    calls = sum(desk.calls for desk in cast.desks.values())
    narrator.say(
        f"{cases} cases in {seconds:.0f} s: {cases / seconds:.1f} cases and {calls / seconds:.0f} requests a second."
    )
    narrator.table([(outcome, str(count)) for outcome, count in outcomes.most_common()])
    for problem in problems[:MOST_TOLD]:
        narrator.say(f"wrong: {problem}")
    return problems


async def _player(
    cast: Cast,
    numbers: Iterator[int],
    seed: int,
    today: date,
    outcomes: Counter[str],
    problems: list[str],
    bar: Progress,
    task: TaskID,
) -> None:
    for number in numbers:
        story = make_story(number, seed=seed, today=today)
        try:
            outcomes[await tell(cast, story)] += 1
        except (Refused, TimeoutError) as error:
            outcomes["went wrong"] += 1
            problems.append(f"case {number}: {error}")
        done = bar.tasks[task]
        bar.update(task, advance=1, rate=f"{(done.completed + 1) / max(done.elapsed or 1, 1):.1f}/s")


async def tell(cast: Cast, story: Story) -> str:
    """One case from the first talk to where it stands today."""
    case = CaseWork(cast)
    try:
        await _apply(case, cast, story)
        await _decide(case, cast, story)
        await _travel(case, cast, story)
        await _start_anew(case, cast, story)
    except Ended as ended:
        return str(ended)
    return "returned and closed"


def _due(story: Story, step: str) -> date:
    """The day of a step; ends the story if it lies ahead."""
    if not story.has_come_to(step):
        raise Ended("under way")
    return story.days[step]


async def _apply(case: CaseWork, cast: Cast, story: Story) -> None:
    opened = _due(story, "opened")
    await case.open(story.family, destination=story.destination, on=opened)
    await case.protect_children()
    submitted = _due(story, "submitted")
    for adult in list(case.adults):
        await case.consent(adult, recipients=[cast.partner_id], on=opened)
        await case.declare(adult, on=opened)
    await case.submit(on=submitted)
    await case.screen(on=_due(story, "screened"))
    if story.ending is Ending.INELIGIBLE:
        await case.find("ineligible", on=_due(story, "eligible"))
        raise Ended(story.ending)
    if story.ending is Ending.WITHDRAWN_EARLY:
        await case.withdraw(on=_due(story, "eligible"))
        raise Ended(story.ending)
    await case.find("eligible", on=_due(story, "eligible"))


async def _decide(case: CaseWork, cast: Cast, story: Story) -> None:
    decided = _due(story, "decided")
    if story.ending is Ending.REFUSED:
        await case.decide(on=decided, quote_id=None)
        raise Ended(story.ending)
    calculated = await quote(cast, case, stay_months=random.Random(story.number).choice((2, 8, 14, 30)))  # noqa: S311
    await case.decide(on=decided, quote_id=calculated["id"])
    await case.prepare(on=_due(story, "prepared"))
    if story.ending is Ending.WITHDRAWN_LATE:
        await case.withdraw(on=_due(story, "prepared"))
        raise Ended(story.ending)


async def _travel(case: CaseWork, cast: Cast, story: Story) -> None:
    ready = _due(story, "ready")
    travel_on = story.days["departed"]
    await case.book(travel_on=travel_on)
    await case.papers(travel_on=travel_on)
    for adult in list(case.adults):
        await case.declare(adult, on=ready, kind="reconfirmation")
    await case.make_ready(on=ready)
    departed = _due(story, "departed")
    if story.ending is Ending.DID_NOT_BOARD:
        await case.nobody_boarded(on=departed)
        raise Ended(story.ending)
    support = SupportWork(cast, case.case_id)
    cash = [line for line in await support.assistance_lines() if line["phase"] == "departure_cash"]
    await support.pay(cash[0], desk="caseworker", evidence=f"CASH-{story.number}", on=departed)
    await case.depart(on=departed)
    await case.arrive(on=_due(story, "arrived"))
    await case.hand_over(on=_due(story, "handed_over"))


async def _start_anew(case: CaseWork, cast: Cast, story: Story) -> None:
    planned = _due(story, "planned")
    support = SupportWork(cast, case.case_id)
    await support.find_plan()
    project = next(line for line in await support.assistance_lines() if line["phase"] == "post_return")
    await support.assign(on=planned)
    await support.draw_up(project, category="business_start_up", summary="Small business", on=planned)
    await support.validate(on=planned)
    await support.approve(on=planned)
    chance = random.Random(f"{story.seed}-{story.number}-survey")  # noqa: S311 - invented answers
    person = case.adults[0]["person_ref"]
    delivered = _due(story, "measured")
    await support.carry_out(evidence=f"INV-{story.number}", started=planned, delivered=delivered)
    await support.pay(project, desk="reintegration_partner", evidence=f"PAY-{story.number}", on=delivered)
    await support.survey(person, chance=chance, on=_due(story, "surveyed"))
    await case.close(on=_due(story, "closed"))

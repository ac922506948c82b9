"""Services are killed without warning while a season runs: nothing is lost and nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter

import pytest

from deploy.local import queues
from deploy.local.event_log import event_ids
from deploy.local.season import play_season
from deploy.local.state import ENGINES
from deploy.local.supervisor import Supervisor
from shared.testing.eventually import eventually
from tests.deploy.house import House
from tests.deploy.house import house as house

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]
CASES, SEED = 12, 3


async def kill_one_after_the_other(supervisor: Supervisor) -> None:
    """Each service dies twice, at moments drawn from a seed; the next one only when the last is back."""
    chance = random.Random(SEED)
    victims = list(supervisor.services) * 2
    chance.shuffle(victims)
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.1, 0.8))  # any moment will do; nothing is waited for here
        before = supervisor.restarts
        os.kill(supervisor.children[victim].process.pid, signal.SIGKILL)
        await eventually(lambda before=before: supervisor.restarts > before, within=20)


@pytest.mark.parametrize("house", ENGINES, indirect=True)
async def test_nothing_is_lost_and_nothing_happens_twice(house: House) -> None:
    killer = asyncio.create_task(kill_one_after_the_other(house.supervisor))
    problems = await play_season(house.cast, house.narrator, cases=CASES, seed=SEED)
    await killer
    after = await queues.settle(house.supervisor.databases, within=90)
    assert problems == []
    assert house.supervisor.agencies.problems == []
    assert [(queue.service, queue.parked) for queue in after if queue.parked] == []
    await _every_event_once(house)
    await _the_money_is_right(house)
    await _the_services_agree(house)


async def _every_event_once(house: House) -> None:
    """Gapless per key at the producer; in the log at least once, at every consumer exactly once."""
    for service in ("registry", "returns", "reintegration"):
        gaps = await house.rows(
            service, "SELECT key FROM outbox GROUP BY key HAVING max(sequence) <> count(*) OR min(sequence) <> 1"
        )
        assert gaps == [], service
        published = {str(row["event_id"]) for row in await house.rows(service, "SELECT event_id FROM outbox")}
        assert published <= await event_ids(house.supervisor.databases["log"], service)


async def _the_money_is_right(house: House) -> None:
    balance = await house.cast.desks["programme_manager"].read("/reintegration/v1/ledger/trial-balance")
    assert (balance["sums_to_zero"], balance["agrees_with_budgets"]) == (True, True)
    twice = await house.rows(
        "reintegration",
        "SELECT line_id FROM payment WHERE state = 'SETTLED' GROUP BY line_id HAVING count(*) > 1",
    )
    assert twice == []


async def _the_services_agree(house: House) -> None:
    """What returns decided is what the others know."""
    states = Counter(row["state"] for row in await house.rows("returns", "SELECT state FROM return_case"))
    assert sum(states.values()) == CASES
    arrived = await house.rows("returns", "SELECT id FROM return_case WHERE arrived_on IS NOT NULL")
    known = await house.rows("reintegration", "SELECT case_id FROM case_file WHERE arrived_on IS NOT NULL")
    assert {row["case_id"] for row in known} == {row["id"] for row in arrived}
    facts = await house.rows("reporting", "SELECT case_id FROM case_fact")
    assert len(facts) == CASES

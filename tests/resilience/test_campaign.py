"""The campaign in small, as every run of the suite can afford it: both engines hold, and a checker that can fail does."""

from __future__ import annotations

import pytest

from tests.kafka import servers_or_skip
from tests.resilience.tally.campaign import campaign
from tests.resilience.tally.weaker import CURSOR, NO_UNIQUE, OFFSET_FIRST

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]
ENGINES = ("embedded", "kafka")
KILLS, PER_ROUND, SEED = 12, 6, 11
MOST_KILLS, SOON = 40, 12.0


@pytest.mark.parametrize("engine", ENGINES)
async def test_nothing_is_lost_doubled_or_out_of_order(engine: str) -> None:
    if engine == "kafka":
        servers_or_skip()
    account = await campaign(engine, kills=KILLS, seed=SEED, per_round=PER_ROUND)
    assert account.findings == []
    assert account.kills >= KILLS
    assert account.acknowledged > 0


@pytest.mark.parametrize("ablation", [OFFSET_FIRST, CURSOR, NO_UNIQUE])
async def test_a_safeguard_taken_out_is_noticed(ablation: str) -> None:
    account = await campaign("embedded", kills=MOST_KILLS, seed=SEED, ablation=ablation, per_round=4, rest_within=SOON)
    assert account.findings != []

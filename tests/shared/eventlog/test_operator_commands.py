"""What an operator does with parked events and positions: discard with a reason, begin again, another log."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.eventlog.protocol import EventLog
from shared.ids import new_id
from shared.inbox.parked import (
    NotParked,
    ReasonNotCoded,
    discard_parked,
    heads,
    list_parked,
    replay_parked,
)
from shared.inbox.positions import begin_again, reset_positions
from shared.testing.eventually import eventually
from tests.shared.eventlog.pair import Pair, working

pytestmark = pytest.mark.asyncio(loop_scope="session")
READ = "SELECT coalesce(sum(next_offset), 0) AS n FROM consumer_offset"


async def read_all(couple: Pair, log: EventLog, events: int) -> None:
    """Let relay and consumer work until this many events are read."""

    async def done() -> bool:
        return int((await couple.rows(couple.consumer_url, READ))[0]["n"]) == events

    async with working(couple.relay(log), couple.loop(log)):
        await eventually(done, within=20)


async def poisoned(couple: Pair, log: EventLog, *, key: str = "a") -> None:
    """Three facts of a key, the second of which cannot be handled."""
    await couple.rows(couple.consumer_url, "INSERT INTO poison VALUES ($1, 2)", key)
    for number in (1, 2, 3):
        await couple.count(key, number)
    await read_all(couple, log, 3)


async def poisoned_again(couple: Pair, log: EventLog) -> None:
    """One more fact that cannot be handled, of another key."""
    await couple.rows(couple.consumer_url, "INSERT INTO poison VALUES ('b', 1)")
    await couple.count("b", 1)
    await read_all(couple, log, 4)


async def test_a_discarded_event_has_no_effect_for_good_and_frees_what_stood_behind_it(
    couple: Pair, log: EventLog
) -> None:
    await poisoned(couple, log)
    entries = await list_parked(couple.consumer, "ledger")
    assert heads(entries) == [entries[0].id]
    await discard_parked(couple.consumer, "ledger", entries[0].id, reason="INC-2041")
    left = await list_parked(couple.consumer, "ledger")
    assert [entry.id for entry in left] == [entries[1].id]
    assert heads(left) == [entries[1].id], "what stood behind a resolved event can be replayed with 'all'"
    assert await replay_parked(couple.processor(), heads(left)[0]) == 1
    assert await couple.seen() == {"a": [1, 3]}
    audit = await couple.rows(couple.consumer_url, "SELECT facts FROM audit WHERE action = 'event.discarded'")
    assert [row["facts"] for row in audit] == ['{"reason": "INC-2041"}']
    await couple.rows(couple.consumer_url, "DELETE FROM poison")
    async with couple.consumer.begin(actor=Principal.system("test")) as uow:
        await reset_positions(uow, "ledger")
    await read_all(couple, log, 3)
    assert await couple.seen() == {"a": [1, 3]}


async def test_discarding_wants_an_open_event_and_a_coded_reason(couple: Pair, log: EventLog) -> None:
    with pytest.raises(NotParked):
        await discard_parked(couple.consumer, "ledger", new_id(), reason="INC-1")
    for reason in ("", "ab", "the father of the family", "x" * 61, "-abc"):
        with pytest.raises(ReasonNotCoded):
            await discard_parked(couple.consumer, "ledger", new_id(), reason=reason)


async def test_reading_from_the_beginning_has_no_second_effect(couple: Pair, log: EventLog) -> None:
    for number in (1, 2, 3):
        await couple.count("a", number)
    await read_all(couple, log, 3)
    async with couple.consumer.begin(actor=Principal.system("test")) as uow:
        assert await reset_positions(uow, "ledger") > 0
    await read_all(couple, log, 3)
    assert await couple.seen() == {"a": [1, 2, 3]}


async def test_positions_are_reset_under_a_running_consumer(couple: Pair, log: EventLog) -> None:
    async with working(couple.relay(log), couple.loop(log)):
        for number in range(1, 21):
            await couple.count("a", number)
            if number % 5 == 0:
                async with couple.consumer.begin(actor=Principal.system("test")) as uow:
                    await reset_positions(uow, "ledger")

        async def all_read() -> bool:
            return int((await couple.rows(couple.consumer_url, READ))[0]["n"]) == 20

        await eventually(all_read, within=30)
    assert await couple.seen() == {"a": list(range(1, 21))}


async def test_a_consumer_to_which_nothing_arrives_notices_the_reset(couple: Pair, log: EventLog) -> None:
    for number in (1, 2, 3):
        await couple.count("a", number)

    async def all_read() -> bool:
        return int((await couple.rows(couple.consumer_url, READ))[0]["n"]) == 3

    async with working(couple.relay(log), couple.loop(log)):
        await eventually(all_read, within=20)
        async with couple.consumer.begin(actor=Principal.system("test")) as uow:
            await reset_positions(uow, "ledger")
        await eventually(all_read, within=20)
    assert await couple.seen() == {"a": [1, 2, 3]}


async def test_after_a_reset_parked_events_stay_and_no_place_in_the_log_swallows_another(
    couple: Pair, log: EventLog
) -> None:
    await poisoned(couple, log)
    first = {entry.event_id for entry in await list_parked(couple.consumer, "ledger")}
    for _ in range(2):
        async with couple.consumer.begin(actor=Principal.system("test")) as uow:
            await reset_positions(uow, "ledger")
    assert all(entry.offset < 0 for entry in await list_parked(couple.consumer, "ledger"))
    await read_all(couple, log, 3)
    entries = await list_parked(couple.consumer, "ledger")
    assert {entry.event_id for entry in entries} >= first
    assert len({(entry.partition, entry.offset) for entry in entries}) == len(entries) == 5
    await couple.rows(couple.consumer_url, "DELETE FROM poison")
    assert await replay_parked(couple.processor(), heads(entries)[0]) == 5
    assert await couple.seen() == {"a": [1, 2, 3]}


async def test_a_consumer_whose_effect_was_thrown_away_builds_it_anew(couple: Pair, log: EventLog) -> None:
    await poisoned(couple, log)
    await poisoned_again(couple, log)
    discarded = (await list_parked(couple.consumer, "ledger"))[-1]
    await discard_parked(couple.consumer, "ledger", discarded.id, reason="INC-2041")
    await couple.rows(couple.consumer_url, "DELETE FROM poison")
    async with couple.consumer.begin(actor=Principal.system("test")) as uow:
        await uow.session.execute(text("DELETE FROM seen"))
        await begin_again(uow, "ledger")
    await read_all(couple, log, 4)
    assert await couple.seen() == {"a": [1, 2, 3]}, "but not the discarded one of b"
    assert await list_parked(couple.consumer, "ledger") == []

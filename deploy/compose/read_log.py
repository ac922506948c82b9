"""Prints the id of every event in the log, topic by topic, so that a proof can compare them with the outboxes."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from shared.eventlog.kafka import KafkaAccess, KafkaLog
from shared.eventlog.protocol import EventLog, Place
from shared.ids import new_id

BATCH = 500


async def read_all(log: EventLog, topics: list[str]) -> dict[str, list[str]]:
    """The ids by topic in the order of their partitions; duplicates are shown as often as they are there."""
    await log.ensure_topics(topics)
    ends = {place: end for place, end in (await log.end_offsets(topics)).items() if end > 0}
    found: dict[str, list[str]] = {topic: [] for topic in topics}
    consumer = log.consumer(f"proof-{new_id()}", topics)
    await consumer.start()
    try:
        reached: dict[Place, int] = dict.fromkeys(ends, 0)
        while any(reached[place] < end for place, end in ends.items()):
            polled = await consumer.poll(max_records=BATCH, timeout_seconds=1.0)
            for place in polled.assigned:
                consumer.seek(place, reached.get(place, 0))
            for place, records in polled.records.items():
                found[place.topic] += [str(json.loads(record.value)["id"]) for record in records]
                reached[place] = records[-1].offset + 1
    finally:
        await consumer.stop()
    return found


async def _main(topics: list[str]) -> None:
    log = KafkaLog(KafkaAccess(servers=os.environ["WAYHOME_KAFKA_SERVERS"]), client="proof")
    try:
        json.dump(await read_all(log, topics), sys.stdout)
    finally:
        await log.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1:]))

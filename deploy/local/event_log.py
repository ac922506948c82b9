"""The event log of the one-machine deployment, looked at from outside: how far it goes, and what is in it.

Its address says which engine it is: `kafka://host:port`, or the address of the embedded log's database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import asyncpg

from shared.eventlog.kafka import KafkaAccess, KafkaLog
from shared.eventlog.protocol import Place

KAFKA_SCHEME = "kafka://"
TOPICS = ("registry", "returns", "reintegration", "reporting")
ENDS = "SELECT topic, part, next_offset FROM log_partition"
VALUES = "SELECT value FROM log_record WHERE topic = $1"


def kafka_address(servers: str) -> str:
    """The address of a Kafka log."""
    return f"{KAFKA_SCHEME}{servers}"


async def log_ends(address: str) -> Mapping[Place, int]:
    """The offset the next record of each partition will get; topics nobody made yet are left out."""
    if not address.startswith(KAFKA_SCHEME):
        rows = await _rows(address, ENDS)
        return {Place(row["topic"], row["part"]): row["next_offset"] for row in rows}
    log = _kafka(address)
    try:
        return await log.end_offsets(TOPICS)
    finally:
        await log.close()


async def event_ids(address: str, topic: str) -> set[str]:
    """The ids of all events in a topic."""
    values = await _kafka_values(address, topic) if address.startswith(KAFKA_SCHEME) else await _values(address, topic)
    return {str(json.loads(value)["id"]) for value in values}


async def _values(address: str, topic: str) -> list[bytes]:
    return [bytes(row["value"]) for row in await _rows(address, VALUES, topic)]


async def _kafka_values(address: str, topic: str) -> list[bytes]:
    log = _kafka(address)
    reader = log.consumer("look", [topic])
    found: list[bytes] = []
    try:
        expected = sum((await log.end_offsets([topic])).values())
        await reader.start()
        while len(found) < expected:
            polled = await reader.poll(max_records=1000, timeout_seconds=1.0)
            for place in polled.assigned:
                reader.seek(place, 0)
            found += [record.value for records in polled.records.values() for record in records]
    finally:
        await reader.stop()
        await log.close()
    return found


def _kafka(address: str) -> KafkaLog:
    return KafkaLog(KafkaAccess(servers=address.removeprefix(KAFKA_SCHEME)), group_prefix="wayhome-look-")


async def _rows(address: str, statement: str, *values: object) -> Sequence[asyncpg.Record]:
    connection = await asyncpg.connect(address)
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()

"""The event log on Apache Kafka: the engine of production.

An idempotent producer that waits for all replicas; when the outcome of an append is not known the producer is thrown
away and a new one is made, because its numbering may have a hole. Connections are made on first use, so a service
starts, and answers its callers, while the brokers are away (ADR 0012).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.eventlog.kafka_member import SESSION_MILLISECONDS, KafkaMember
from shared.eventlog.protocol import PARTITIONS, LogConsumer, Place, Record, partition_of

LARGEST_RECORD_BYTES = 900_000
LARGEST_BATCH_BYTES = 262_144
ASK_TIMEOUT_SECONDS = 15.0
STOP_TIMEOUT_SECONDS = 3.0
TOPIC_ALREADY_EXISTS = 36
MOST_COPIES = 3
TOPIC_SETTINGS = {"retention.ms": "-1", "cleanup.policy": "delete"}


class LogUnavailable(Exception):
    """No broker gave a usable answer in time."""


class TopicUnfit(Exception):
    """A topic exists with another number of partitions than the one that keys are spread over for ever."""


@dataclass(frozen=True, kw_only=True)
class KafkaAccess:
    """Where the brokers are and how to be let in."""

    servers: str
    security: str = "PLAINTEXT"
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None

    def options(self, client: str) -> dict[str, Any]:
        """The client library's names for all this."""
        found: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "client_id": client,
            "security_protocol": self.security,
        }
        if self.security.endswith("SSL"):
            found["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        if self.security.startswith("SASL"):
            found |= {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": self.user}
            found["sasl_plain_password"] = self.password
        return found


class KafkaLog:
    """The Kafka engine of the event log."""

    def __init__(
        self,
        access: KafkaAccess,
        *,
        group_prefix: str = "wayhome-",
        client: str = "wayhome",
        session_milliseconds: int = SESSION_MILLISECONDS,
    ) -> None:
        self._access = access
        self._session_milliseconds = session_milliseconds
        self._group_prefix = group_prefix
        self._client = client
        self._log_id: str | None = None
        self._producer: AIOKafkaProducer | None = None
        self._making = asyncio.Lock()
        self._looker: AIOKafkaConsumer | None = None
        self._looking = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger("wayhome.kafka")

    @property
    def log_id(self) -> str:
        """The cluster id, known once `ensure_topics` was answered; raises LogUnavailable before."""
        if self._log_id is None:
            raise LogUnavailable("the cluster has not been asked for its identity yet")
        return self._log_id

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create topics that are not there and learn who the cluster is; raises LogUnavailable, TopicUnfit."""
        async with contextlib.AsyncExitStack() as stack:
            admin = AIOKafkaAdminClient(**self._access.options(f"{self._client}-admin"))
            stack.push_async_callback(_within, STOP_TIMEOUT_SECONDS, admin.close)
            try:
                async with asyncio.timeout(ASK_TIMEOUT_SECONDS):
                    await admin.start()
                    cluster = await admin.describe_cluster()
                    self._log_id = cluster["cluster_id"]
                    await self._create_missing(admin, topics, copies=min(MOST_COPIES, len(cluster["brokers"])))
            except TimeoutError:
                raise LogUnavailable("no broker answered in time") from None

    async def _create_missing(self, admin: AIOKafkaAdminClient, topics: Sequence[str], *, copies: int) -> None:
        there = set(await admin.list_topics())
        missing = [topic for topic in sorted(set(topics)) if topic not in there]
        if missing:
            wanted = [
                NewTopic(topic, num_partitions=PARTITIONS, replication_factor=copies, topic_configs=TOPIC_SETTINGS)
                for topic in missing
            ]
            answer = await admin.create_topics(wanted)
            for topic, code, *_ in answer.topic_errors:
                if code not in (0, TOPIC_ALREADY_EXISTS):
                    raise LogUnavailable(f"topic {topic} was not created: broker error {code}")
        described = await admin.describe_topics(sorted(set(topics)))
        for topic in described:
            if len(topic["partitions"]) not in (0, PARTITIONS):  # a topic just created may have no leaders to show yet
                found = len(topic["partitions"])
                raise TopicUnfit(f"topic {topic['topic']} has {found} partitions, {PARTITIONS} are needed")

    async def append(self, topic: str, records: Sequence[Record]) -> Sequence[bool]:
        """Send all without waiting for each, then wait for all; after any doubt the producer is replaced."""
        producer = await self._ready_producer()
        try:
            futures = await self._sent(producer, topic, records)
            outcomes = await asyncio.gather(
                *(future for future in futures if future is not None), return_exceptions=True
            )
        except BaseException:
            self._replace(producer)
            raise
        if any(isinstance(outcome, BaseException) for outcome in outcomes):
            self._replace(producer)
        answers = iter(outcomes)
        return [future is not None and not isinstance(next(answers), BaseException) for future in futures]

    async def _sent(
        self, producer: AIOKafkaProducer, topic: str, records: Sequence[Record]
    ) -> list[asyncio.Future[Any] | None]:
        held_back: set[str] = set()
        futures: list[asyncio.Future[Any] | None] = []
        for record in records:
            if len(record.value) > LARGEST_RECORD_BYTES and record.key not in held_back:
                held_back.add(record.key)
                self._log.error("kafka.record-too-large", topic=topic, bytes=len(record.value))
            if record.key in held_back:  # what follows one that cannot be sent must not overtake it
                futures.append(None)
                continue
            place = partition_of(record.key)
            futures.append(await producer.send(topic, record.value, key=record.key.encode(), partition=place))
        return futures

    async def _ready_producer(self) -> AIOKafkaProducer:
        async with self._making:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._access.options(f"{self._client}-relay"),
                    enable_idempotence=True,
                    acks="all",
                    max_batch_size=LARGEST_BATCH_BYTES,
                )
                try:
                    await producer.start()
                except BaseException:
                    self._leave(_stop_producer(producer))
                    raise
                self._producer = producer
            return self._producer

    def _replace(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
            self._leave(_stop_producer(producer))

    def _leave(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def consumer(self, group: str, topics: Sequence[str]) -> LogConsumer:
        """A new member of a group."""
        options = self._access.options(f"{self._client}-consumer")
        return KafkaMember(
            options,
            group=self._group_prefix + group,
            topics=topics,
            session_milliseconds=self._session_milliseconds,
        )

    async def end_offsets(self, topics: Sequence[str]) -> Mapping[Place, int]:
        """The offset the next record of each partition will get; raises LogUnavailable."""
        wanted = [TopicPartition(topic, part) for topic in topics for part in range(PARTITIONS)]
        async with self._looking:
            try:
                async with asyncio.timeout(ASK_TIMEOUT_SECONDS):
                    if self._looker is None:
                        self._looker = AIOKafkaConsumer(
                            **self._access.options(f"{self._client}-look"), enable_auto_commit=False
                        )
                        await self._looker.start()
                    found = await self._looker.end_offsets(wanted)
            except BaseException as error:
                looker, self._looker = self._looker, None
                if looker is not None:
                    self._leave(_within(STOP_TIMEOUT_SECONDS, looker.stop))
                if isinstance(error, TimeoutError):
                    raise LogUnavailable("no broker answered in time") from None
                raise
        return {Place(place.topic, place.partition): end for place, end in found.items()}

    async def close(self) -> None:
        """Let go of everything."""
        if self._producer is not None:
            self._replace(self._producer)
        if self._looker is not None:
            self._leave(_within(STOP_TIMEOUT_SECONDS, self._looker.stop))
        await asyncio.gather(*self._leaving, return_exceptions=True)


async def _within(seconds: float, work: Any) -> None:
    """Wait for a goodbye, but not for ever: the broker may be gone."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(seconds):
            await work()


async def _stop_producer(producer: AIOKafkaProducer) -> None:
    """Flush for a moment, then cut off: the library itself would try to send what is left for ever."""
    await _within(STOP_TIMEOUT_SECONDS, producer.stop)
    sender = getattr(producer, "_sender", None)
    task = getattr(sender, "sender_task", None)
    if task is not None and not task.done():
        task.cancel()
    await _within(STOP_TIMEOUT_SECONDS, producer.client.close)

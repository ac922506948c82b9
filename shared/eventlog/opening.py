"""Opens the event log that the settings name; the services themselves never know which engine it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.eventlog.postgres import PostgresLog
from shared.eventlog.protocol import EventLog
from shared.settings import ServiceSettings, SettingsInvalid


@asynccontextmanager
async def open_log(settings: ServiceSettings, *, client: str = "wayhome") -> AsyncIterator[EventLog]:
    """The log, opened for as long as the block lasts; raises SettingsInvalid when the settings do not name one."""
    log = _kafka(settings, client) if settings.log_engine == "kafka" else await _embedded(settings)
    try:
        yield log
    finally:
        await log.close()


async def _embedded(settings: ServiceSettings) -> EventLog:
    if settings.log_url is None:
        raise SettingsInvalid("WAYHOME_LOG_URL: the embedded event log needs a database")
    return await PostgresLog.create(settings.log_url.get_secret_value())


def _kafka(settings: ServiceSettings, client: str) -> EventLog:
    from shared.eventlog.kafka import KafkaAccess, KafkaLog  # only where it is used: the library takes a moment

    if settings.kafka_servers is None:
        raise SettingsInvalid(
            "WAYHOME_KAFKA_SERVERS: the Kafka event log needs brokers, as in broker-1:9092,broker-2:9092"
        )
    password = settings.kafka_password
    access = KafkaAccess(
        servers=settings.kafka_servers,
        security=settings.kafka_security,
        user=settings.kafka_user,
        password=password.get_secret_value() if password else None,
        ca_file=settings.kafka_ca_file,
    )
    return KafkaLog(access, group_prefix=f"{settings.topic_prefix}wayhome-", client=client)

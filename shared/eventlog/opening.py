"""Opens the event log that the settings name; the services themselves never know which engine it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.eventlog.postgres import PostgresLog
from shared.eventlog.protocol import EventLog
from shared.settings import ServiceSettings, SettingsInvalid


@asynccontextmanager
async def open_log(settings: ServiceSettings) -> AsyncIterator[EventLog]:
    """The log, opened for as long as the block lasts; raises SettingsInvalid when the settings do not name one."""
    if settings.log_engine != "embedded":
        raise SettingsInvalid("WAYHOME_LOG_ENGINE: only 'embedded' is available in this version")
    if settings.log_url is None:
        raise SettingsInvalid("WAYHOME_LOG_URL: the embedded event log needs a database")
    log = await PostgresLog.create(settings.log_url.get_secret_value())
    try:
        yield log
    finally:
        await log.close()

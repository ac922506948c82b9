"""Works through caseload imports in the background, batch by batch; any worker may go on where another was killed."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from services.returns.commands import import_rows
from services.returns.commands.import_rows import Caseload
from services.returns.commands.read_caseload import read_caseload
from services.returns.persistence.import_tables import CaseloadImportRow
from services.returns.persistence.imports import claim_import, limits, next_to_do, open_file
from shared.auth.principal import Principal
from shared.errors import Unavailable, WayhomeError
from shared.problems import Busy, from_database
from shared.service import Runtime
from shared.worker import pause_or_stop

LOOP = "caseload-imports"
BATCH = 100
LOOK_EVERY_SECONDS = 2.0


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Until told to stop."""
    work = ImportWork(runtime)
    while not stop.is_set():
        if not await work.turn():
            await pause_or_stop(stop, LOOK_EVERY_SECONDS)


class ImportWork:
    """One worker's part: the file it has read, and how many rows it still takes one by one after a batch failed."""

    def __init__(self, runtime: Runtime, *, batch: int = BATCH) -> None:
        self._runtime = runtime
        self._batch = batch
        self._one_by_one = 0
        self._read: tuple[UUID, Caseload] | None = None

    async def turn(self) -> bool:
        """The next batch of the import that waited longest; False when there is nothing to do."""
        async with self._runtime.units.read(actor=Principal.system(LOOP)) as uow:
            found = await next_to_do(uow)
            if found is None:
                self._read = None
                return False
            if self._read is None or self._read[0] != found.id:
                content = await open_file(uow, found)
                rows = (await asyncio.to_thread(read_caseload, content, limits()))[1] if content else []
                self._read = (found.id, Caseload(rows))
        return await self._next_rows(found, self._read[1])

    async def _next_rows(self, found: CaseloadImportRow, caseload: Caseload) -> bool:
        try:
            async with self._runtime.units.begin(actor=_for(found), acting_role="caseworker") as uow:
                row = await claim_import(uow, found.id)
                if row is None:
                    return False
                await import_rows.handle(row, caseload, size=1 if self._one_by_one else self._batch, uow=uow)
        except (WayhomeError, DBAPIError) as error:
            await self._failed(found, caseload, error)
        else:
            self._one_by_one = max(0, self._one_by_one - 1)
        return True

    async def _failed(self, found: CaseloadImportRow, caseload: Caseload, error: Exception) -> None:
        """A batch that fails is taken row by row, a row that fails alone is reported; what passes off is raised."""
        known = error if isinstance(error, WayhomeError) else from_database(error)
        if known is None or isinstance(known, Unavailable | Busy):
            raise error
        if not self._one_by_one:
            self._one_by_one = self._batch
            return
        async with self._runtime.units.begin(actor=_for(found), acting_role="caseworker") as uow:
            row = await claim_import(uow, found.id)
            if row is not None:
                await import_rows.refuse_next(row, caseload, known.slug, uow=uow)
        self._one_by_one -= 1


def _for(row: CaseloadImportRow) -> Principal:
    """Whoever asked is the author of the files, as if each had been opened by hand; with that office and no other."""
    return Principal(subject=row.asked_by, roles=frozenset({"caseworker"}), offices=frozenset({row.office_id}))

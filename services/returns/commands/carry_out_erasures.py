"""Carries out erasures that waited, reminds of holds nobody looked at, ends traces of help that counts no more."""

from __future__ import annotations

from uuid import UUID

from services.returns.commands.order_erasure import carry_out
from services.returns.commands.tell_protectors import tell_protectors
from services.returns.domain.access import may_read
from services.returns.persistence.assistance_traces import end_traces
from services.returns.persistence.cards import person_and_case
from services.returns.persistence.cases import load_file
from services.returns.persistence.erasures import erasure_of, holds_to_look_at, waiting_erasures
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "erasures"


async def run(runtime: Runtime) -> None:
    """One unit for each person, so that one never holds up another."""
    system = Principal.system(JOB)
    async with runtime.units.read(actor=system) as uow:
        waiting = await waiting_erasures(uow)
    for person_id in waiting:
        async with runtime.units.begin(actor=system) as uow:
            await look_again(person_id, uow=uow)
    async with runtime.units.begin(actor=system) as uow:
        await remind(uow)
        if gone := await end_traces(uow):
            uow.record("assistance-traces.ended", subject=JOB, gone=gone)


async def look_again(person_id: UUID, *, uow: UnitOfWork) -> None:
    """Erase whoever nothing stands before any more, and tell the office, which tells the person."""
    _, case = await person_and_case(uow, person_id)
    file = await load_file(uow, case.id, may_read, lock=True)
    person = next((one for one in file.persons if one.id == person_id), None)
    row = await erasure_of(uow, person_id)
    if person is None or row is None or row.status != "waiting":  # split off or taken back in this very moment
        return
    if await carry_out(uow, file, person, row):
        uow.notify("person.erased", role="protection_officer", scope=case.office_id, subject=case.id)


async def remind(uow: UnitOfWork) -> None:
    """Of every hold whose day has come; it goes on until somebody lifts it."""
    for hold, case in await holds_to_look_at(uow):
        hold.reminded_on = uow.now.date()
        touch(hold, now=uow.now)
        tell_protectors(uow, case, "erasure-hold.look-again")

"""Notes of counselling contacts go after their days; the codes stay for counting."""

from __future__ import annotations

from datetime import timedelta

from services.returns.persistence.counselling import destroy_note, load_contact, notes_before
from services.returns.persistence.dated_reference import reference
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.service import Runtime

JOB = "destroy-contact-notes"


async def run(runtime: Runtime) -> None:
    """One unit for each note."""
    system = Principal.system(JOB)
    kept = timedelta(days=reference("counselling-v1")["note_kept_days"])
    async with runtime.units.read(actor=system) as uow:
        due = await notes_before(uow, uow.now.date() - kept)
    for contact_id in due:
        async with runtime.units.begin(actor=system) as uow:
            row = await load_contact(uow, contact_id)
            await destroy_note(uow, row)
            touch(row, now=uow.now)
            uow.record("counselling.note-destroyed", subject=row.id)

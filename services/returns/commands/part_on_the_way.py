"""On the way only those concerned turn back: whoever has arrived has arrived, and the others may travel on.

They get a file of their own that is as far on the way as the common one, so that what follows (declined, failed) is
said of them alone. When all who are left have arrived, the common file has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.returns.commands.confirm_arrival import all_have_arrived
from services.returns.commands.search_for_arrivals import end_for
from services.returns.commands.split_case import left_alone, split_off
from services.returns.commands.tell_protectors import tell_protectors
from services.returns.domain.case_view import State, Travel
from services.returns.persistence.cases import CaseFile, load_file
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict

CARRIED = ("departed_on", "travel_on", "arrives_on", "transit", "carriers", "partner_id", "no_partner_needed")
"""What of the journey belongs to both files."""


class NotOnTheWay(Conflict):
    """Somebody named has arrived already, or is not on this journey."""

    slug = "not-on-the-way"
    title = "Name only persons who boarded and have not arrived"


async def concerned(uow: UnitOfWork, file: CaseFile, person_refs: Sequence[str], *, on: date) -> CaseFile:
    """The file of those named, of everybody still on the way when nobody is: this one if it has nobody else. Before the
    departure it is always this one. It has happened and is not refused: if a child or a person who needs care is alone
    now, those who protect them are told at once. Raises NotFound, NotOnTheWay."""
    if file.case.state != State.DEPARTED:
        return file
    named = [file.person(ref) for ref in dict.fromkeys(person_refs)]
    aboard = [person for person in file.travelling if person.travel_status == Travel.BOARDED.value]
    if any(person not in aboard for person in named):
        raise NotOnTheWay
    turning = named or aboard
    ids = {person.id for person in turning}
    others = [person for person in file.travelling if person.id not in ids]
    if not others or not turning:
        return file
    await end_for(uow, file, "return_failed", ids)
    new_case = await split_off(uow, file, turning, on=on, has_happened=True)
    new_case.state = State.DEPARTED.value
    for name in CARRIED:
        setattr(new_case, name, getattr(file.case, name))
    for person in turning:
        person.travel_status = Travel.BOARDED.value
    if all(person.travel_status == Travel.ARRIVED.value for person in others):
        await all_have_arrived(uow, file, on=on)
    await uow.flush()
    theirs = await load_file(uow, new_case.id, lambda _actor, _case: True, lock=True)
    for part in (file, theirs):
        _protect(uow, part, on=on)
    return theirs


def _protect(uow: UnitOfWork, file: CaseFile, *, on: date) -> None:
    if left_alone(file, on):
        uow.notify("person.left-alone", role="caseworker", scope=file.case.office_id, subject=file.id)
        tell_protectors(uow, file.case, "person.left-alone")

"""People leave a plan that others go on with: who may, which measures end, and whether there is anybody to go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from services.reintegration.domain.measure import MeasureState
from services.reintegration.domain.successor_payee import Member, gone
from shared.errors import Missing

Leaving = Literal["deceased", "re_migrated"]
Correction = Literal["wrong_person", "wrong_plan", "report_was_wrong"]
"""Why it had never been so; somebody who comes back later is no mistake."""
ENDING: Mapping[str, frozenset[str]] = {
    "deceased": frozenset({MeasureState.PLANNED, MeasureState.IN_DELIVERY}),
    "re_migrated": frozenset({MeasureState.PLANNED}),
}
"""Which personal measures end with it: what somebody who went away has in use stays valid."""
IN_USE = frozenset({MeasureState.IN_DELIVERY, MeasureState.DELIVERED})
"""Measures that somebody is at work for; the money they are paid from stays set aside."""


def missing_to_leave(persons: Sequence[Member], refs: Collection[str], *, arrived: bool) -> list[Missing]:
    """After the arrival, people of the plan who have not left it before."""
    found = []
    if not arrived:
        found.append(Missing("arrived", "They have not arrived; until then returns keeps who travels."))
    there = {person.person_ref for person in persons if not gone(person)}
    if not refs or set(refs) - there:
        found.append(Missing("of-the-plan", "Somebody named here is not of the plan, or has left it already."))
    return found


def missing_to_correct(*, recorded_by: str, acting: str, corrected: bool) -> list[Missing]:
    """Four eyes, since money is set aside again; once."""
    found = []
    if acting == recorded_by:
        found.append(Missing("other-than-recorder", "Whoever recorded that somebody left does not correct it."))
    if corrected:
        found.append(Missing("not-corrected", "This was corrected already."))
    return found


def goes_on(persons: Sequence[Member], refs: Collection[str], *, reason: Leaving, after_death: bool) -> bool:
    """Whether the others go on with the plan; after a death the programme's rule says so."""
    left = [person for person in persons if not gone(person) and person.person_ref not in refs]
    return bool(left) and (after_death or reason != "deceased")

"""What an event may say of a person: codes and the band of their age."""

from __future__ import annotations

from datetime import date

from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.tables import CasePersonRow
from shared.events.persons import AgeBand, PersonFact, age_band_on


def person_fact(person: CasePersonRow, born: PartialDate | None, *, on: date) -> PersonFact:
    """What an event may say on a day of a person whose birth date is known as far as this."""
    return PersonFact(
        person_ref=person.person_ref,
        relation=person.relation,
        sex=person.sex,
        age_band=_band(born, on),
        citizenship=person.reporting_citizenship,
        unaccompanied=person.unaccompanied,
    )


def _band(born: PartialDate | None, on: date) -> AgeBand:
    """The band that holds whatever the missing part of the birth date is; else unknown."""
    youngest = age_band_on(born.last() if born else None, on)
    return youngest if born is None or age_band_on(born.first(), on) == youngest else "unknown"

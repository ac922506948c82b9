"""Events about who belongs together: files that became one, and references that are one human being."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from services.returns.contracts.published import CASE, PERSON
from shared.events.contract import EventContract
from shared.events.persons import PersonFact

OTHER_CASE = "0199c0de-0000-7000-8000-000000000005"


class CaseMergedV1(EventContract):
    """The persons of one file go on in another one of their family; published under both keys."""

    event_type: ClassVar[str] = "returns.case.merged.v1"
    key_field: ClassVar[str] = "published_under"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "merged_case_id": OTHER_CASE,
        "on": "2026-03-02",
        "persons": [PERSON],
        "published_under": CASE,
    }

    case_id: UUID = Field(description="The file that goes on.")
    merged_case_id: UUID
    on: date
    persons: list[PersonFact] = Field(description="Who came over.")
    published_under: UUID


class PersonLinkedV1(EventContract):
    """Two references are found to be one human being, or, taken back, no longer; for counting people once."""

    event_type: ClassVar[str] = "returns.person.linked.v1"
    example: ClassVar[dict[str, Any]] = {
        "case_id": CASE,
        "person_ref": PERSON["person_ref"],
        "other_person_ref": "person_9d2b7a6c1e8d9f0a1b2c3d3f1c5f0c0e5c4a0d9f",
        "on": "2026-03-02",
        "same": True,
    }

    case_id: UUID
    person_ref: str
    other_person_ref: str
    on: date
    same: bool = Field(default=True, description="False takes an earlier link back.")


class PersonCameOfAgeV1(EventContract):
    """A child on a file has become an adult: nobody else's consent speaks for them. Told at the turn of a month, since
    the day itself would be a birth date."""

    event_type: ClassVar[str] = "returns.person.came-of-age.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": CASE, "person_ref": PERSON["person_ref"], "on": "2026-03-02"}

    case_id: UUID
    person_ref: str
    on: date = Field(description="First day of a month after it happened, or of a decision about a disputed age.")


class PersonOwnConsentNeededV1(EventContract):
    """A child on a file comes of age in this month: from its first day on nobody else's consent speaks for them, and
    their own can be given from the birthday on, which nobody is told. Nothing about them leaves meanwhile, and nothing
    ends."""

    event_type: ClassVar[str] = "returns.person.own-consent-needed.v1"
    example: ClassVar[dict[str, Any]] = {"case_id": CASE, "person_ref": PERSON["person_ref"], "on": "2026-03-01"}

    case_id: UUID
    person_ref: str
    on: date = Field(description="First day of the month in which they come of age.")


PUBLISHED: tuple[type[EventContract], ...] = (
    CaseMergedV1,
    PersonLinkedV1,
    PersonCameOfAgeV1,
    PersonOwnConsentNeededV1,
)

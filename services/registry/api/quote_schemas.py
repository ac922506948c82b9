"""What a calculation is asked with and what it answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.api.schemas import Body, Code, Country, Currency, Short
from services.registry.contracts.rule_table import Reference
from services.registry.domain.entitlement_facts import (
    MOST_PERSONS,
    Assistance,
    Circumstances,
    Granted,
    QuotedPerson,
)
from services.registry.persistence.tables import QuoteRow
from shared.money import Money

Age = Annotated[int, Field(ge=0, le=130)]
Numbers = dict[Code, Annotated[int, Field(ge=0, le=10_000)]]


class AssistanceIn(Body):
    """Help a person had earlier."""

    on: date = Field(description="Day on which the earlier help was granted or ended, as the programme counts.")
    as_minor: bool = Field(default=False, description="As a minor in a family.")


class QuotedPersonIn(Body):
    """A person by reference."""

    person_ref: Short
    relation: Code
    minor: bool
    age_years: int | None = Field(default=None, ge=0, le=130)
    ages: dict[Reference, Age] = Field(default_factory=dict, description="Ages on reference days, where they differ.")
    citizenships: list[Country] = Field(
        default_factory=list, max_length=5, description="Countries, ISO 3166-1 alpha-3."
    )
    groups: list[Code] = Field(default_factory=list, max_length=10, description="Groups of the table it belongs to.")
    assisted: list[AssistanceIn] | None = Field(
        default=None, max_length=20, description="Earlier help; an empty list says that somebody has looked."
    )
    added_on: date | None = Field(default=None, description="Day on which the person was added to the file.")

    def person(self) -> QuotedPerson:
        """The person as the engine takes it."""
        values = {**self.model_dump(exclude={"assisted"}), "citizenships": tuple(self.citizenships)}
        earlier = None if self.assisted is None else tuple(Assistance(it.on, it.as_minor) for it in self.assisted)
        return QuotedPerson(**{**values, "groups": tuple(self.groups), "assisted": earlier})


class GrantedIn(Body):
    """Help that counts: of another programme, or (no programme) to the same family in another file."""

    programme: Code | None = Field(default=None, description="The other programme as the table names it.")
    code: Code | None = Field(default=None, description="Kind of assistance; needed for a cap to count it.")
    amount_minor: int = Field(ge=0, le=10**12)
    currency: Currency


class QuoteIn(Body):
    """For whom and under which circumstances."""

    case_id: UUID | None = None
    persons: list[QuotedPersonIn] = Field(min_length=1, max_length=MOST_PERSONS)
    numbers: Numbers = Field(default_factory=dict, examples=[{"stay_months": 14}])
    numbers_on: dict[Reference, Numbers] = Field(
        default_factory=dict, description="Numbers on reference days, where they differ."
    )
    needs: list[Code] = Field(default_factory=list, max_length=10, examples=[["project"]])
    choices: dict[Code, Code] = Field(default_factory=dict, description="Coded answers the table asks for.")
    dates: dict[Reference, date] = Field(
        default_factory=dict, description="Reference days as far as they are known or planned."
    )
    destination: Country | None = None
    granted: list[GrantedIn] = Field(
        default_factory=list, max_length=50, description="Help from elsewhere that counts."
    )
    reference_on: date | None = Field(
        default=None,
        description="The day whose rules hold; default: `dates.application`, else the day of the case, else today.",
    )

    def circumstances(self) -> Circumstances:
        """The circumstances as the engine takes them."""
        return Circumstances(
            self.numbers,
            frozenset(self.needs),
            self.choices,
            {str(day): dict(values) for day, values in self.numbers_on.items()},
            {str(day): value for day, value in self.dates.items()},
            self.destination,
            tuple(Granted(**entry.model_dump()) for entry in self.granted),
        )


class QuoteOut(BaseModel):
    """A calculation; `lines` explain themselves: rule, version, source, arithmetic."""

    id: UUID
    version: int
    programme_id: UUID
    case_id: UUID | None
    rule_version: int
    source: str
    lines: list[dict[str, Any]]
    total: Money
    valid_until: date
    reference_on: date | None = Field(description="The day whose rules hold.")
    eligibility: dict[str, Any] | None = Field(
        description="`outcome` (eligible, limited, open, not_eligible) and `reasons`; advice, an officer decides."
    )
    adjustments: list[dict[str, Any]] | None = Field(description="What caps and other programmes did.")
    unknown: list[str] | None = Field(description="Facts the rules ask for that nobody has recorded.")


def quote_out(_uow: Any, row: QuoteRow) -> QuoteOut:
    """A stored calculation as it is shown."""
    values = {name: getattr(row, name) for name in QuoteOut.model_fields if name != "total"}
    return QuoteOut(**values, total=Money(row.total_minor, row.currency))

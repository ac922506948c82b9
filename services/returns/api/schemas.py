"""What goes in and out of the case resources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from services.returns.api.awaiting_funds import AwaitingFunds, awaiting_funds
from services.returns.domain.partial_date import PATTERN, PartialDate
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.events.persons import Relation, Sex
from shared.money import Money

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,60}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
CaseKind = Literal["avrr", "avr_transport_only", "self_organised", "humanitarian_return"]
DestinationBasis = Literal["citizenship", "former_habitual_residence", "right_of_residence", "admitted_third_country"]
Born = Annotated[str, StringConstraints(pattern=PATTERN)]
Papers = Literal["not_stated", "held", "missing", "kept_by_authority"]
Group = Literal["applicant", "authority", "third_party", "circumstances"]


class Body(BaseModel):
    """Base of every request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Identity(Body):
    """Who somebody is; sealed at rest under the person's own key."""

    family_name: Short | None = Field(default=None, examples=["Beridze"])
    given_names: Short | None = Field(default=None, examples=["Nino"])
    single_name: Short | None = Field(
        default=None, description="For somebody with one name only; no other is invented."
    )
    name_in_original_script: Short | None = Field(default=None, examples=["ნინო ბერიძე"])
    transliteration: Short | None = Field(
        default=None, examples=["Nino Beridze"], description="The name in Latin letters; made by rule when left out."
    )
    transliteration_by: Literal["travel_document", "person"] | None = Field(
        default=None, description="Who spelt it so; `machine` in an answer when nobody did."
    )
    last_address_in_origin: Short | None = None
    phone: Short | None = None


class Citizenship(Body):
    """A citizenship and how it is known; the chosen one decides which consulate may be asked."""

    code: Country
    evidence: Literal["passport", "identity_card", "birth_certificate", "statement", "none"] = "statement"
    chosen: bool = False


def reporting_citizenship(citizenships: list[Citizenship], statelessness: str | None) -> str:
    """The chosen one, else the first; XXA stateless, XXX unknown."""
    chosen = next((entry.code for entry in citizenships if entry.chosen), None)
    first = citizenships[0].code if citizenships else ("XXA" if statelessness else "XXX")
    return chosen or first


class BirthDate(Body):
    """A birth date as far as it is known."""

    born_on: date | None = Field(default=None, description="Leave out when not known in full.")
    born: Born | None = Field(
        default=None, examples=["1990-05"], description="Year, or year and month, when the day is not known."
    )

    @field_validator("born")
    @classmethod
    def _exists(cls, value: str | None) -> str | None:
        if value is not None:
            PartialDate.parse(value)
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.born is not None and self.born_on is not None:
            raise ValueError("give born_on or born, not both")
        return self

    @property
    def known(self) -> PartialDate | None:
        """What is known of it."""
        if self.born is not None:
            return PartialDate.parse(self.born)
        return PartialDate.of(self.born_on) if self.born_on is not None else None


class PersonIn(BirthDate):
    """A person on a file; unknowns are left out, never invented."""

    relation: Relation
    sex: Sex = Field(description="ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable.")
    identity: Identity = Identity()
    adult: bool | None = Field(
        default=None, description="Only when the birth date leaves it open; unknown counts as minor."
    )
    citizenships: list[Citizenship] = Field(default_factory=list, max_length=5)
    statelessness: Literal["established", "claimed", "at_risk"] | None = None
    unaccompanied: bool = False
    needs_carer: bool = False
    medical_needed: bool = False
    provisional: bool = Field(default=False, description="Identity to be completed; cannot consent until then.")
    papers: Papers = Field(default="not_stated", description="Whether there is any document of who this is.")


class CaseIn(Body):
    """A new return file."""

    programme_id: UUID
    case_kind: CaseKind = "avrr"
    destination_basis: DestinationBasis = "citizenship"
    destination: Country = Field(examples=["GEO"])
    office_id: Short = Field(examples=["ZRH"])
    authority_id: Short = Field(examples=["SEM"])
    persons: list[PersonIn] = Field(min_length=1, max_length=30)
    opened_on: date | None = None
    follows: UUID | None = Field(default=None, description="The earlier case this one takes up again.")


class PersonPatch(BirthDate):
    """Completes or corrects a person; only what is given changes."""

    identity: Identity | None = None
    sex: Sex | None = Field(default=None, description="ISO/IEC 5218.")
    papers: Papers | None = Field(default=None, description="Whether there is any document of who this is.")
    guardians_agreed: bool | None = Field(
        default=None, description="`false` takes an earlier yes back; `true` is refused: holders answer one by one."
    )
    child_heard: bool | None = Field(
        default=None, description="`false` takes an earlier yes back; `true` is refused: record the talk."
    )
    needs_carer: bool | None = None
    medical_needed: bool | None = None
    medical_valid_until: date | None = None


class PersonOut(BaseModel):
    """A person as codes; names only where a route says so."""

    person_id: UUID
    person_ref: str
    relation: str
    sex: int
    adult: bool
    reporting_citizenship: str
    citizenships: list[dict[str, Any]]
    unaccompanied: bool
    needs_carer: bool
    provisional: bool
    provisional_since: date | None = Field(description="Since when it waits to be completed.")
    provisional_until: date | None = Field(description="Last day of an extension, if an officer gave one.")
    provisional_overdue_on: date | None = Field(description="Since when an officer's decision is due.")
    papers: str = Field(description="not_stated, held, missing or kept_by_authority.")
    travel_status: str
    not_travelling_reason: str | None
    declared_on: date | None
    reconfirmed_on: date | None
    consented: bool
    document_valid_until: date | None
    identity: dict[str, Any] | None = Field(default=None, description="Names; only on GET of one case.")


class CaseOut(BaseModel):
    """A return case."""

    id: UUID
    version: int
    file_reference: str
    case_kind: str
    destination_basis: str
    programme_id: UUID
    partnership_id: UUID | None
    office_id: str
    authority_id: str
    host: str
    destination: str
    state: str
    funding: str
    awaiting_funds: AwaitingFunds | None = Field(default=None, description="Null unless a grant waits for its money.")
    top_up: str | None = Field(default=None, description="Lines for who joined later: awaited, reserved or refused.")
    opened_on: date
    submitted_on: date | None
    decided_on: date | None
    quote_id: UUID | None
    granted: Money | None
    partner_id: UUID | None
    travel_on: date | None
    departed_on: date | None
    arrived_on: date | None
    plan_id: UUID | None
    split_from: UUID | None
    follows: UUID | None
    persons: list[PersonOut] = Field(default_factory=list)


class CaseSummary(BaseModel):
    """A case in a list: no names."""

    id: UUID
    file_reference: str
    state: str
    funding: str
    destination: str
    opened_on: date
    travel_on: date | None
    updated_at: datetime


def person_out(file: CaseFile, person: CasePersonRow, *, on: date, identity: dict[str, Any] | None = None) -> PersonOut:
    """One person as shown."""
    values = {name: getattr(person, name) for name in PersonOut.model_fields if hasattr(person, name)}
    values |= {
        "person_id": person.id,
        "consented": file.consented(person, on),
        "document_valid_until": file.document_valid_until(person),
        "identity": identity,
    }
    return PersonOut(**values)


def case_out(file: CaseFile, *, on: date, identities: dict[UUID, dict[str, Any]] | None = None) -> CaseOut:
    """One case as shown."""
    case = file.case
    values = {name: getattr(case, name) for name in CaseOut.model_fields if hasattr(case, name)}
    granted = Money(case.total_minor, case.currency) if case.total_minor is not None and case.currency else None
    known = identities or {}
    values["awaiting_funds"] = awaiting_funds(file)
    persons = [person_out(file, person, on=on, identity=known.get(person.id)) for person in file.persons]
    return CaseOut(**values, granted=granted, persons=persons)


def summary_out(case: ReturnCaseRow) -> CaseSummary:
    """One case in a list."""
    return CaseSummary.model_validate(case, from_attributes=True)

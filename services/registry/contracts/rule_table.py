"""The form of a rule table: the closed vocabulary in which a programme says whom it helps and with how much.

This is the `table` of `registry.programme.rules-published.v1` and the body of a rule version; its JSON Schema is
published in docs/contracts. Growth is additive only: a published table is never rewritten.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Amount: TypeAlias = Annotated[int, Field(ge=0, le=10**12, description="Minor units of the table's currency.")]
Percent: TypeAlias = Annotated[int, Field(ge=0, le=100, description="What remains, in whole percent.")]
Count: TypeAlias = Annotated[int, Field(ge=0, le=10_000)]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,60}$")]
Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Country: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Day: TypeAlias = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Reference: TypeAlias = Literal["application", "decision", "departure", "arrival"]
Phase: TypeAlias = Literal["pre_departure", "travel", "departure_cash", "post_arrival", "post_return", "community"]
REFERENCE: Any = Field(default="application", description="The day on which ages and numbers are looked at.")
SOURCE: Any = Field(default=None, description="Law, decree or page this entry comes from; else the version's.")


class Part(BaseModel):
    """Base of the parts of a table: closed and strict, so that a slip of the pen is an error and not an amount."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AssistedBefore(Part):
    """Helped earlier, within so many years before the reference day (left out: ever)."""

    within_years: int | None = Field(default=None, ge=1, le=50)
    as_minor: bool | None = Field(default=None, description="Count only help as a minor in a family, or only other.")


class Who(Part):
    """Which persons are meant; every word given must fit."""

    age: Literal["adult", "minor"] | None = None
    role: Literal["principal", "dependant"] | None = None
    below_age_years: int | None = Field(default=None, ge=1, le=130)
    from_age_years: int | None = Field(default=None, ge=1, le=130)
    group: Name | None = Field(default=None, description="Belongs to this entry of `groups`.")
    not_group: Name | None = Field(default=None, description="Does not belong to this entry of `groups`.")
    assisted: AssistedBefore | None = None
    added_after_decision: bool | None = None


class Condition(Part):
    """One question about the circumstances: exactly one of its kinds, with the limits of that kind."""

    all: list[Condition] | None = Field(default=None, min_length=1, max_length=20, description="All of these hold.")
    any: list[Condition] | None = Field(default=None, min_length=1, max_length=20, description="One of these holds.")
    not_: Condition | None = Field(default=None, alias="not", description="This does not hold.")
    need: Name | None = Field(default=None, description="This need is recorded.")
    fact: Name | None = Field(default=None, description="This number is at least `from` and below `below`.")
    choice: Name | None = Field(default=None, description="The recorded choice of this name is one of `in`.")
    programme: Name | None = Field(default=None, description="This other programme has granted help.")
    destination: list[Country] | None = Field(default=None, min_length=1, max_length=250)
    persons: Who | None = Field(default=None, description="So many such persons are in the file.")
    from_: Count | None = Field(default=None, alias="from", description="At least this.")
    below: Count | None = Field(default=None, description="Less than this.")
    in_: list[Name] | None = Field(default=None, alias="in", min_length=1, max_length=50)


class Clause(Part):
    """For whom and when a part of a rule holds; always, if it says neither."""

    who: Who | None = None
    when: Condition | None = None


class Tier(Clause):
    """Another base amount under a condition; the first that holds is taken."""

    amount_minor: Amount


class Reduction(Clause):
    """What lowers an amount: the percentage that remains, or an amount less. The short form names a fact directly."""

    fact: Name | None = None
    from_: Count | None = Field(default=None, alias="from")
    below: Count | None = None
    percent: Percent | None = None
    minus_minor: Amount | None = None


class Floor(Clause):
    """What an amount is raised to after all reductions, for example what things cost in the place of return."""

    amount_minor: Amount


class DueWindow(Part):
    """When an instalment is due: months after a day."""

    reference: Reference
    after_months: int = Field(ge=0, le=60)
    until_months: int | None = Field(default=None, ge=0, le=60)


class Instalment(Part):
    """A share of the amount and the phase in which it is paid."""

    phase: Phase
    percent: int = Field(ge=0, le=100)
    due: DueWindow | None = None


class Times(Part):
    """The amount counts as often as this number says, at most so often: supplements travel as counts."""

    fact: Name
    at_most: Count | None = None


class Rounding(Part):
    """To which whole unit, in minor units, and in which direction."""

    to_minor: int = Field(ge=1, le=10**9)
    direction: Literal["down", "nearest", "up"]


class Rule(Part):
    """An amount for each person meant, or one for the file."""

    id: Name
    code: Name = Field(description="Kind of assistance; caps and limits speak of codes. It travels: keep it neutral.")
    per: Literal["person", "file"]
    who: Who | None = None
    when: Condition | None = None
    amount_minor: Amount
    phase: Phase | None = None
    instalments: list[Instalment] | None = Field(default=None, min_length=1, max_length=12)
    tiers: list[Tier] = Field(default_factory=list, max_length=50)
    times: Times | None = None
    reductions: list[Reduction] = Field(default_factory=list, max_length=20)
    minimum_minor: Amount = Field(default=0, description="After reductions at least this.")
    floors: list[Floor] = Field(default_factory=list, max_length=100)
    rounding: Rounding | None = Field(default=None, description="Instead of the table's.")
    reference: Reference = REFERENCE
    valid_from: Day | None = Field(default=None, description="The reference day must not be earlier.")
    valid_to: Day | None = Field(default=None, description="The reference day must not be later.")
    source: Words | None = SOURCE


class Cap(Part):
    """The most that the codes may come to, for the file or for each person."""

    id: Name | None = None
    codes: list[Name] = Field(min_length=1, max_length=50)
    amount_minor: Amount
    per: Literal["file", "person"] = "file"
    when: Condition | None = None
    reference: Reference = REFERENCE
    source: Words | None = SOURCE


class Offset(Part):
    """Programmes that reduce each other: so many percent of what the other granted is taken off these codes."""

    id: Name | None = None
    programme: Name
    codes: list[Name] = Field(min_length=1, max_length=50)
    percent: int = Field(default=100, ge=0, le=100)
    source: Words | None = SOURCE


class EligibilityEntry(Part):
    """Who is not helped, or not with everything; with `who` it is about these persons, without about the file."""

    id: Name
    effect: Literal["exclude", "limit", "review"]
    text: Words = Field(description="The reason in words, as an officer would write it.")
    who: Who | None = None
    when: Condition | None = None
    unless: Condition | None = None
    codes: list[Name] | None = Field(default=None, max_length=50, description="With `limit`: all that remains.")
    reference: Reference = REFERENCE
    source: Words | None = SOURCE


class Group(Part):
    """A group of nationalities: by its countries, and for whomever the caseworker records as belonging to it."""

    countries: list[Country] = Field(default_factory=list, max_length=250)
    source: Words | None = SOURCE


class LatePersons(Part):
    """Persons added to the file after the decision: until when, with which share, and whether they count for caps."""

    allowed_until: Reference | None = None
    percent: Percent = 100
    cap: Literal["within", "outside"] = "within"
    source: Words | None = SOURCE


class RuleTable(Part):
    """A programme's eligibility and entitlements."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    quote_valid_days: int = Field(default=30, ge=1, le=730)
    rounding: Rounding | None = None
    groups: dict[Name, Group] = Field(default_factory=dict)
    eligibility: list[EligibilityEntry] = Field(default_factory=list, max_length=100)
    rules: list[Rule] = Field(min_length=1, max_length=200)
    offsets: list[Offset] = Field(default_factory=list, max_length=50)
    caps: list[Cap] = Field(default_factory=list, max_length=50)
    late_persons: LatePersons | None = None

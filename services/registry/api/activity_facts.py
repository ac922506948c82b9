"""The typed facts of an activity, one closed schema per kind. Shares and costs are basis points: 250 is 2.5 %."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from services.registry.api.partnership_schemas import Body, Code, Country, MoneyIn, Short, Words

Count = Annotated[int, Field(ge=0, le=10**9)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]
Quarter = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-Q[1-4]$")]
Safeguard = Literal[
    "access_to_asylum",
    "non_refoulement_training",
    "independent_monitoring",
    "complaint_mechanism",
    "child_protection",
    "referral_of_trafficked_persons",
    "search_and_rescue",
    "data_protection",
]


class CampaignFacts(Body):
    """An information campaign: what it said, through what, and whom it reached."""

    activity_type: Literal["information_campaign"]
    message: Literal["risks", "legal_ways", "risks_and_legal_ways"] = Field(description="What it told people about.")
    channels: list[
        Literal["television", "radio", "press", "social_media", "community_meeting", "school", "counselling_point"]
    ] = Field(default_factory=list, max_length=7, description="Through what it reached people; empty: not known.")
    people_reached: Count | None = Field(default=None, description="How many people it reached, where counted.")
    informed_before: BasisPoints | None = Field(default=None, description="Share of informed people before.")
    informed_after: BasisPoints | None = Field(default=None, description="Share of informed people after.")


class CapacityFacts(Body):
    """Capacity of an institution: people trained, a law, equipment, handed over."""

    activity_type: Literal["capacity_building"]
    institution: Short = Field(description="The institution that is strengthened.")
    people_trained: Count = Field(default=0, description="How many officials were trained.")
    law_adopted: Short | None = Field(default=None, description="Law or decree that came of it.")
    equipment: list[Short] = Field(default_factory=list, max_length=30, description="What was bought or built.")
    handed_over_on: date | None = Field(default=None, description="Day from which the institution carries it alone.")


class ScholarshipFacts(Body):
    """Access to education: scholarships and recognised diplomas."""

    activity_type: Literal["scholarships"]
    level: Literal["secondary", "vocational", "higher", "doctoral"] = Field(description="Level of education.")
    offered: Count = Field(description="Scholarships offered.")
    taken_up: Count = Field(default=0, description="Scholarships taken up.")
    completed: Count = Field(default=0, description="Scholarships completed.")
    diplomas_recognised: Count = Field(default=0, description="Diplomas recognised.")

    @model_validator(mode="after")
    def _in_order(self) -> ScholarshipFacts:
        if not self.completed <= self.taken_up <= self.offered:
            raise ValueError("more completed than taken up, or more taken up than offered")
        return self


class RemittanceFacts(Body):
    """What it costs to send money home in a quarter."""

    activity_type: Literal["remittance_cost"]
    from_country: Country = Field(description="Country from which money is sent.")
    to_country: Country = Field(description="Country to which money is sent.")
    quarter: Quarter = Field(description="The quarter.", examples=["2026-Q1"])
    cost_basis_points: BasisPoints = Field(description="Average total cost of sending, in basis points.")
    product: Short | None = Field(default=None, description="A product that was made possible.")
    users: Count = Field(default=0, description="How many people use it.")

    @model_validator(mode="after")
    def _crosses_a_border(self) -> RemittanceFacts:
        if self.from_country == self.to_country:
            raise ValueError("sent and received in one country")
        return self


class LegalChannelFacts(Body):
    """A legal way that is open to people: what, for whom, until when, by whom."""

    activity_type: Literal["legal_channel"]
    offer: Literal["trainee", "young_professional", "worker", "seasonal_worker", "student", "apprentice"] = Field(
        description="What is offered."
    )
    destination: Country
    for_nationals: list[Country] = Field(min_length=1, max_length=60, description="Nationals to whom it is open.")
    offered_by: Short = Field(description="Authority or organisation that offers it.")
    apply_at: Short = Field(description="Where people apply: an office or an address on the web.")
    open_from: date = Field(description="First day on which people can apply.")
    open_until: date | None = Field(default=None, description="Last day on which people can apply; open without end.")
    places: Count | None = Field(default=None, description="How many places there are; no limit when left out.")
    places_used: Count = Field(default=0, description="How many places are taken.")
    sectors: list[Code] = Field(default_factory=list, max_length=20, description="Branches of work or study.")
    conditions: Words | None = Field(default=None, description="What people need, in plain words.")
    days_to_visa: Count | None = Field(default=None, description="Median days from application to visa.")
    refusals: BasisPoints | None = Field(default=None, description="Share of applications refused.")

    @model_validator(mode="after")
    def _fits(self) -> LegalChannelFacts:
        if self.open_until is not None and self.open_until < self.open_from:
            raise ValueError("closes before it opens")
        if self.places is not None and self.places_used > self.places:
            raise ValueError("more places taken than there are")
        if self.destination in self.for_nationals:
            raise ValueError("nobody needs a way into the own country")
        return self


class VisaFacts(Body):
    """A change in the visa regime."""

    activity_type: Literal["visa_measure"]
    measure: Literal["liberalisation", "facilitation", "fee_reduction", "multiple_entry", "faster_procedure"] = Field(
        description="What changed."
    )
    applies_from: date | None = Field(default=None, description="First day on which it applies.")
    beneficiaries: Count = Field(default=0, description="How many people used it.")


class ConflictFacts(Body):
    """Prevention or transformation of a conflict."""

    activity_type: Literal["conflict_prevention"]
    form: Literal["dialogue", "mediation", "early_warning_note", "reconciliation"] = Field(description="What was done.")
    sessions: Count = Field(default=0, description="How often people met.")
    groups_involved: Count = Field(default=0, description="How many groups took part.")


class AsylumFacts(Body):
    """Improvement of an asylum system."""

    activity_type: Literal["asylum_system"]
    measure: Literal["reception", "procedure", "legal_aid", "country_information", "quality_review"] = Field(
        description="What was improved."
    )
    reception_places: Count = Field(default=0, description="Reception places created.")
    people_trained: Count = Field(default=0, description="How many officials were trained.")


class ResettlementFacts(Body):
    """A resettlement programme."""

    activity_type: Literal["resettlement"]
    places: Count = Field(description="Places promised.")
    arrivals: Count = Field(default=0, description="People who arrived.")


class BorderFacts(Body):
    """Border management, never without its human-rights safeguards."""

    activity_type: Literal["border_management"]
    measure: Literal["training", "equipment", "joint_procedure", "authority_set_up"] = Field(
        description="What was done."
    )
    safeguards: list[Safeguard] = Field(min_length=1, max_length=8, description="Human-rights safeguards attached.")
    people_trained: Count = Field(default=0, description="How many officials were trained.")


class TrancheFacts(Body):
    """One tranche of financial aid with its condition."""

    activity_type: Literal["financial_tranche"]
    tranche: Annotated[int, Field(ge=1, le=1000, description="Number of the tranche.")]
    amount: MoneyIn
    condition: Short = Field(description="On what it depends; never on any person's case.")
    condition_kept: bool | None = Field(
        default=None, description="Whether the condition was kept; empty: not yet known."
    )
    paid_on: date | None = Field(default=None, description="Day of payment.")

    @model_validator(mode="after")
    def _known_before_paid(self) -> TrancheFacts:
        if self.paid_on is not None and self.condition_kept is None:
            raise ValueError("paid before anybody said whether the condition was kept")
        return self


class GovernanceFacts(Body):
    """A reform of governance."""

    activity_type: Literal["governance_reform"]
    reform: Short = Field(description="What is reformed.")
    institution: Short = Field(description="The institution that carries it.")
    adopted_on: date | None = Field(default=None, description="Day of adoption.")


class DevelopmentFacts(Body):
    """A project against poverty and for growth."""

    activity_type: Literal["development_project"]
    sector: Code = Field(description="Sector of the project.")
    households_reached: Count = Field(default=0, description="Households reached.")
    jobs_created: Count = Field(default=0, description="Jobs created.")


class CommunityFacts(Body):
    """Support for communities to which people return or in which they live."""

    activity_type: Literal["community_support"]
    communities: Count = Field(description="Communities supported.")
    services_opened: Count = Field(default=0, description="Services opened to everybody there.")


class MeetingFacts(Body):
    """A joint committee or expert meeting outside the rounds of dialogue."""

    activity_type: Literal["joint_meeting"]
    meetings: Count = Field(description="How many meetings.")
    delegations: Count = Field(default=0, description="How many delegations took part.")


class FurtherFacts(Body):
    """Anything that a side finds important and the other kinds do not name."""

    activity_type: Literal["further"]
    subject: Short = Field(description="What it was about.")


Facts = Annotated[
    CampaignFacts
    | CapacityFacts
    | ScholarshipFacts
    | RemittanceFacts
    | LegalChannelFacts
    | VisaFacts
    | ConflictFacts
    | AsylumFacts
    | ResettlementFacts
    | BorderFacts
    | TrancheFacts
    | GovernanceFacts
    | DevelopmentFacts
    | CommunityFacts
    | MeetingFacts
    | FurtherFacts,
    Field(discriminator="activity_type", description="Facts of its kind; `activity_type` names the kind."),
]

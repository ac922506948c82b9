"""Who holds parental responsibility for a child and what each of them answered: closed lists and plain values.

Sources: Hague Convention of 25 October 1980 on child abduction, Art. 3 and 5 (removal against a right of custody);
Swiss Civil Code Art. 301a (a move abroad needs every holder, or a court or the child protection authority).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Relation = Literal[
    "mother", "father", "adoptive_parent", "legal_guardian", "appointed_guardian", "child_protection_authority"
]
EstablishedBy = Literal[
    "birth_certificate", "marriage_or_custody_register", "acknowledgement", "court_order", "appointment", "statement"
]
GUARDIANS = ("legal_guardian", "appointed_guardian", "child_protection_authority")
"""Who speaks for a child that is here alone."""
APPOINTED_BY = ("appointment", "court_order")
ORDERS = ("court_order", "child_protection_order")
"""What decides for a child in place of everybody."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One possible answer: which evidence it needs, whether it settles the holder's part, whether it allows."""

    told: str
    evidence: tuple[str, ...] = ()
    settles: bool = False
    allows: bool = False


STANDINGS: Mapping[str, Standing] = {
    "agrees": Standing(
        told="agrees",
        evidence=("signed_in_person", "signed_before_notary", "recorded_remote_talk"),
        settles=True,
        allows=True,
    ),
    "disagrees": Standing(told="disagrees"),
    "absent": Standing(told="is absent", evidence=("register_search", "statement")),
    "unreachable": Standing(told="could not be reached", evidence=("attempts_recorded",)),
    "deprived": Standing(
        told="no longer holds parental responsibility", evidence=("court_order", "custody_register"), settles=True
    ),
    "deceased": Standing(told="has died", evidence=("death_certificate", "court_declaration"), settles=True),
    "decided_instead": Standing(
        told="is replaced by a court's or an authority's decision",
        evidence=("court_order", "child_protection_order", "guardianship_order"),
        settles=True,
        allows=True,
    ),
    "not_a_holder": Standing(
        told="holds no parental responsibility after all",
        evidence=("court_order", "custody_register", "recorded_in_error"),
        settles=True,
    ),
}
"""Every answer. Who is absent or cannot be reached still holds the responsibility: a decision must stand in."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One holder of parental responsibility for one child."""

    relation: str
    established_by: str
    standing: str | None = None
    travels: bool = False

    @property
    def settled(self) -> bool:
        """Nothing more is needed from or about this holder."""
        return self.standing is not None and STANDINGS[self.standing].settles

    @property
    def allows(self) -> bool:
        """Agreed, or a decision stands in."""
        return self.standing is not None and STANDINGS[self.standing].allows

    @property
    def guardian(self) -> bool:
        """Appointed to speak for the child."""
        return self.relation in GUARDIANS


@dataclass(frozen=True, kw_only=True)
class Custody:
    """What is recorded about the parental responsibility for one child."""

    holders: tuple[Holder, ...] = ()
    all_named: bool = False
    ordered: bool = False
    recorded_before: bool = False

    @property
    def established(self) -> bool:
        """It is known who holds it: looked into, appointed, or ordered."""
        appointed = any(holder.guardian and holder.established_by in APPOINTED_BY for holder in self.holders)
        return self.all_named or appointed or self.ordered or self.recorded_before

    @property
    def agreed(self) -> bool:
        """Every holder is settled and at least one of them, or a decision, allows the return."""
        one_by_one = all(holder.settled for holder in self.holders) and any(holder.allows for holder in self.holders)
        return one_by_one or self.ordered or self.recorded_before

    @property
    def guarded(self) -> bool:
        """A guardian was appointed and agrees."""
        return self.recorded_before or any(holder.guardian and holder.allows for holder in self.holders)

    @property
    def separated(self) -> bool:
        """Holders are known and none of them travels: the child is here with others."""
        return bool(self.holders) and not any(holder.travels for holder in self.holders)

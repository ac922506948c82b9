"""What a visit to a service works with, what it counts, and everything that should not have been answered as it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from services.registry.commands.sender_access import CLAIM_OF_ROLE
from tests.hostile.ground import Ground, bearer
from tests.hostile.objects import Objects
from tests.hostile.probes import Route, Values
from tests.hostile.raw import Answer
from tests.hostile.scopes import Claims


@dataclass
class Matrix:
    """Counts of what was asked, and everything that should not have been answered as it was."""

    found: Ground
    objects: Objects
    counts: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    not_seeded: list[str] = field(default_factory=list)
    unbounded: list[str] = field(default_factory=list)
    unaddressed: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    choices: dict[str, list[Values]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    invalid: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def note(self, what: str, wrong: str | None, about: object) -> None:
        """One answer, and what is wrong with it."""
        self.counts[what] += 1
        if wrong is not None:
            self.leaks.append(f"{wrong} <- {about}"[:900])

    def values(self, route: Route, role: str = "") -> Values | None:
        """A choice of ids for this route: for an organisation's role one that is that organisation's, if there is any, so
        that a stranger of the same kind is tried on it. None when something in the path names nothing that is there."""
        choices = self.choices[route.label]
        mine = self.found.claims.get(CLAIM_OF_ROLE[role][0]) if role in CLAIM_OF_ROLE else None
        return next((chosen for chosen in choices if mine in chosen.values()), next(iter(choices), None))

    def token(self, role: str, claims: Claims, subject: str = "stranger-1") -> str:
        """A valid token; the same one for the same person, who is then verified once."""
        who = f"{role} {subject} {claims}"
        if who not in self.tokens:
            self.tokens[who] = bearer(self.found, [role], subject=subject, **claims)
        return self.tokens[who]

    def bodies(self, route: Route) -> set[int]:
        """The numbers of the bodies that may be valid; the last one, if all are known not to be."""
        every = set(range(max(1, len(route.bodies))))
        return (every - self.invalid[route.label]) or {max(every)}

    def not_valid(self, route: Route, number: int, answer: Answer) -> bool:
        """Whether another body has to be tried; whatever is not valid is so for everybody."""
        if answer.status != 422 or answer.slug != "invalid":
            return False
        self.invalid[route.label].add(number)
        return number + 1 < len(route.bodies)

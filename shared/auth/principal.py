"""Who acts: a person with roles and scope claims, or the system on behalf of an event or timer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

SYSTEM_PREFIX = "system:"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """The one who acts; `subject` is the token's `sub`, or `system:<event id or job>`."""

    subject: str
    roles: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    authority_id: str | None = None
    agency_id: str | None = None
    partner_id: str | None = None
    provider_id: str | None = None
    side: str | None = None
    partnership_id: str | None = None

    @classmethod
    def system(cls, name: str) -> Principal:
        """The system itself, acting for an event or a timer."""
        return cls(subject=f"{SYSTEM_PREFIX}{name}", roles=frozenset({"system"}))

    @cached_property
    def scope(self) -> str:
        """Everything but who it is, as a text that is the same for the same roles and claims."""
        values = (getattr(self, field.name) for field in fields(self)[1:])
        return repr([sorted(value) if isinstance(value, frozenset) else value for value in values])

    @property
    def is_system(self) -> bool:
        """Not a person."""
        return self.subject.startswith(SYSTEM_PREFIX) and "system" in self.roles

    def has(self, role: str) -> bool:
        """Whether this role was given."""
        return role in self.roles

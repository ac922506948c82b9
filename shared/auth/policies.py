"""Policies decide whether an actor may see or touch a thing; outside the scope it looks absent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared.auth.principal import Principal
from shared.errors import NotFound

Subject = TypeVar("Subject")


def require(actor: Principal, policy: Callable[[Principal, Subject], bool], subject: Subject) -> None:
    """Raise NotFound unless the policy allows it; the system itself always may."""
    if not actor.is_system and not policy(actor, subject):
        raise NotFound

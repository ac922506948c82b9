"""When the clocks about the money of a grant run: asked for, refused, told, and there with nobody beginning."""

from __future__ import annotations

from services.returns.domain.case_view import Funding, State
from services.returns.domain.clock_facts import PREPARED, ClockFacts
from services.returns.domain.clocks import Start


def funding_awaited(facts: ClockFacts) -> list[Start]:
    """The money was asked for."""
    asked = facts.case.funding is Funding.AWAITED and facts.state in PREPARED
    return [Start()] if asked else []


def funding_refused(facts: ClockFacts) -> list[Start]:
    """The money of a grant was refused: somebody names another budget, or says until when it is waited for."""
    refused = facts.case.funding is Funding.REFUSED and facts.state in PREPARED
    return [Start()] if refused else []


def funding_untold(facts: ClockFacts) -> list[Start]:
    """The people of that grant have not been told since."""
    return [] if facts.case.told_of_funding else funding_refused(facts)


def in_approved(facts: ClockFacts) -> list[Start]:
    """The money is there and nobody has begun."""
    begun = facts.case.funding is not Funding.RESERVED or facts.state is not State.APPROVED
    return [] if begun or facts.case.case_kind == "self_organised" else [Start()]

"""That a grant waits for its money: since when, which budget was named, and whether its people were told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.transition import AFTER_DECISION
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.fact_views import told_of_funding


class AwaitingFunds(BaseModel):
    """A grant whose money is not set aside; the case stays where it is."""

    since: date | None
    refused: bool = Field(description="False while the answer is still to come.")
    named_budget_id: UUID | None = Field(description="The budget an officer named after a refusal.")
    people_told_on: date | None = Field(description="Newest fact `told_of_funding` since then.")


def awaiting_funds(file: CaseFile) -> AwaitingFunds | None:
    """None unless the case was granted something that is not set aside."""
    case = file.case
    if case.state not in AFTER_DECISION or case.funding not in ("awaited", "refused"):
        return None
    return AwaitingFunds(
        since=case.funding_since,
        refused=case.funding == "refused",
        named_budget_id=case.named_budget_id,
        people_told_on=told_of_funding(file.facts, since=case.funding_since),
    )

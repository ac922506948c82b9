"""What people on a file received before, and what their family was granted in linked files: what a quote counts."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from services.returns.api.cases import Reader
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.eligibility_tables import rules_on
from services.returns.queries.earlier_assistance import EarlierHelp, earlier_help
from services.returns.queries.eligibility_rules import eligibility_rules
from services.returns.queries.linked_assistance import LinkedAssistance, linked_assistance
from shared.errors import NotFound
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["2 decision"])


@router.get(
    "/earlier-assistance",
    operation_id="listEarlierAssistance",
    summary="Help these people had before",
    responses=problems(NotFound),
)
async def earlier(call: Reader, case_id: UUID) -> list[EarlierHelp]:
    """What they received, as far as duplicates were decided to be the same; with the programme's rules that count it.
    A decision refuses a calculation that leaves out what a rule counts (409 `quote-without-earlier-help`)."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        rules = eligibility_rules(await rules_on(uow, file.case.programme_id, file.case.opened_on))
        return await earlier_help(uow, file, rules)


@router.get(
    "/linked-assistance",
    operation_id="listLinkedAssistance",
    summary="Grants of the same family in linked files",
    responses=problems(NotFound),
)
async def linked(call: Reader, case_id: UUID) -> list[LinkedAssistance]:
    """Of the same programme; pass them on to the quote as `granted`. A decision refuses a calculation that leaves out
    what a cap of the family counts (409 `quote-without-linked-files`). May be empty."""
    async with call.reading() as uow:
        return await linked_assistance(uow, await load_file(uow, case_id, may_read))

"""Versions of a programme's rules: draft, copy, compare, publish with four eyes, withdraw."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.programmes import Manager, Paging, Reader
from services.registry.api.schemas import Body, Short
from services.registry.commands import draft_rules, publish_rules
from services.registry.contracts.rule_table_reading import rule_table_schema
from services.registry.domain.rule_differences import differences
from services.registry.persistence.rows import get_row
from services.registry.persistence.rule_versions import version_of
from services.registry.persistence.tables import RuleVersionRow
from services.registry.queries.lists import page_of
from shared.errors import NotFound, PreconditionFailed
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["3 programmes"])
VERSIONS = "/programmes/{programme_id}/rule-versions"
ONE = f"{VERSIONS}/{{rule_version_id}}"


class RulesIn(Body):
    """A rule table: data with a source and a validity, never code."""

    valid_from: date
    valid_to: date | None = None
    source: Short
    content: dict[str, Any] = Field(
        description="The table: form at `/registry/v1/rule-table-schema`, explained in docs/programme-rules.md.",
        examples=[
            {
                "currency": "CHF",
                "rules": [
                    {"id": "a", "code": "travel", "per": "person", "amount_minor": 10000, "phase": "departure_cash"}
                ],
            }
        ],
    )


class RulesOut(RulesIn):
    """A version of a programme's rules."""

    id: UUID
    version: int
    programme_id: UUID
    number: int
    published_on: date | None
    withdrawn_on: date | None
    copied_from: int | None = Field(description="Number of the version it was copied from.")


class CopyIn(Body):
    """For which days the copy shall hold."""

    valid_from: date
    valid_to: date | None = None
    source: Short | None = Field(default=None, description="Where the change is written down; else as before.")


class PublicationIn(Body):
    """How to deal with a version that is in the way."""

    end_previous: bool = Field(
        default=False, description="End a version that began earlier on the day before this one begins."
    )
    leave_gap: bool = Field(default=False, description="Days between two versions on which nobody is helped are meant.")


class DifferenceOut(BaseModel):
    """One field that is not the same; an entry that is new or gone comes as a whole."""

    part: str
    entry: str | None
    change: str
    field: str | None
    before: Any
    after: Any


class ComparisonOut(BaseModel):
    """Two versions side by side."""

    version_from: int
    version_to: int
    differences: list[DifferenceOut]


def _rules(_uow: Any, row: RuleVersionRow) -> RulesOut:
    return RulesOut(**{name: getattr(row, name) for name in RulesOut.model_fields})


@router.get("/rule-table-schema", operation_id="getRuleTableSchema", summary="The form of a rule table")
async def schema(call: Reader) -> dict[str, Any]:
    """JSON Schema, draft 2020-12; the words are explained in docs/programme-rules.md."""
    return rule_table_schema()


@router.post(
    VERSIONS,
    operation_id="draftRules",
    summary="Draft a rule table",
    status_code=201,
    response_model=RulesOut,
    responses=problems(NotFound, draft_rules.RulesNotReadable),
)
async def draft(call: Manager, programme_id: UUID, body: RulesIn) -> Response:
    """The table is checked at once; somebody else publishes it."""
    command = draft_rules.DraftRules(programme_id=programme_id, **body.model_dump())
    return await call.command(
        lambda uow: draft_rules.draft(command, uow=uow),
        _rules,
        status=201,
        reload=lambda uow, row_id: get_row(uow, RuleVersionRow, row_id),
    )


@router.get(VERSIONS, operation_id="listRules", summary="Versions of the rules")
async def versions(call: Reader, programme_id: UUID, page: Paging) -> Page[RulesOut]:
    """Drafts, withdrawn and published ones, in the order of entry."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, RuleVersionRow, page, col(RuleVersionRow.programme_id) == programme_id)
    return Page(items=[_rules(None, row) for row in rows], next_cursor=cursor)


@router.get(ONE, operation_id="getRules", summary="One version of the rules", responses=problems(NotFound))
async def get(call: Reader, programme_id: UUID, rule_version_id: UUID, response: Response) -> RulesOut:
    """With its table."""
    async with call.reading() as uow:
        row = await version_of(uow, programme_id, rule_version_id)
    call.etag(response, row.version)
    return _rules(None, row)


@router.get(
    f"{ONE}/differences", operation_id="compareRules", summary="Compare two versions", responses=problems(NotFound)
)
async def compare(
    call: Reader,
    programme_id: UUID,
    rule_version_id: UUID,
    other: Annotated[UUID, Query(alias="with", description="The version to compare with.")],
) -> ComparisonOut:
    """From the version in the path to the one in `with`, entry by entry and field by field."""
    async with call.reading() as uow:
        before = await version_of(uow, programme_id, rule_version_id)
        after = await version_of(uow, programme_id, other)
    found = differences(before.content, after.content)
    shown = [DifferenceOut(**asdict(difference)) for difference in found]
    return ComparisonOut(version_from=before.number, version_to=after.number, differences=shown)


@router.post(
    f"{ONE}/copies",
    operation_id="copyRules",
    summary="Copy a version as a draft",
    status_code=201,
    response_model=RulesOut,
    responses=problems(NotFound, draft_rules.RulesNotReadable),
)
async def copy(call: Manager, programme_id: UUID, rule_version_id: UUID, body: CopyIn) -> Response:
    """Also of a withdrawn draft: that undoes the withdrawal."""
    command = draft_rules.CopyRules(programme_id=programme_id, rule_version_id=rule_version_id, **body.model_dump())
    return await call.command(
        lambda uow: draft_rules.copy(command, uow=uow),
        _rules,
        status=201,
        reload=lambda uow, row_id: get_row(uow, RuleVersionRow, row_id),
    )


@router.post(
    f"{ONE}/withdrawal",
    operation_id="withdrawRules",
    summary="Withdraw a draft",
    response_model=RulesOut,
    responses=problems(NotFound, draft_rules.AlreadyPublished, draft_rules.DraftWithdrawn, PreconditionFailed),
)
async def withdraw(call: Manager, programme_id: UUID, rule_version_id: UUID) -> Response:
    """It stays on record and can be copied; it is never published."""
    return await call.command(
        lambda uow: draft_rules.withdraw(programme_id, rule_version_id, uow=uow),
        _rules,
        reload=lambda uow, row_id: get_row(uow, RuleVersionRow, row_id),
    )


@router.post(
    f"{ONE}/publication",
    operation_id="publishRules",
    summary="Publish a rule table",
    response_model=RulesOut,
    responses=problems(
        NotFound,
        publish_rules.PublicationNeedsAnother,
        draft_rules.AlreadyPublished,
        draft_rules.DraftWithdrawn,
        publish_rules.ValidityOverlaps,
        PreconditionFailed,
        publish_rules.RulesRetroactive,
        publish_rules.ValidityGap,
    ),
)
async def publish(
    call: Manager, programme_id: UUID, rule_version_id: UUID, body: PublicationIn | None = None
) -> Response:
    """By somebody else than its author, for days on which no other version holds, and none that is past is replaced."""
    chosen = (body or PublicationIn()).model_dump()
    return await call.command(
        lambda uow: publish_rules.publish(programme_id, rule_version_id, **chosen, uow=uow),
        _rules,
        reload=lambda uow, row_id: get_row(uow, RuleVersionRow, row_id),
    )

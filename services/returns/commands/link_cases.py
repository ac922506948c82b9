"""Link files that belong together and stay files of their own: a spouse who follows, relatives on the same flight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.family_tables import CaseLinkRow
from services.returns.persistence.links import find_link, live_link
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, NotFound


class LinkedWithItself(Invalid):
    """A link is between two files."""

    slug = "linked-with-itself"
    title = "A file cannot be linked with itself"


@dataclass(frozen=True, kw_only=True)
class LinkCases:
    """Which files, and what joins them."""

    case_id: UUID
    other_case_id: UUID
    kind: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class EndLink:
    """A link that does not hold, or no longer."""

    case_id: UUID
    link_id: UUID
    on: date | None = None


async def handle(command: LinkCases, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Both files must be in the actor's scope; a second link of the kind changes nothing. Raises NotFound,
    LinkedWithItself."""
    if command.case_id == command.other_case_id:
        raise LinkedWithItself
    files = {}
    for case_id in sorted((command.case_id, command.other_case_id)):
        files[case_id] = await load_file(uow, case_id, may_work, lock=True)
    case, other = files[command.case_id].case, files[command.other_case_id].case
    uow.match(case.version)
    on = fact_day(uow, command.on)
    if await live_link(uow, case.id, other.id, command.kind) is not None:
        return case
    uow.session.add(
        CaseLinkRow(
            case_id=case.id,
            other_case_id=other.id,
            kind=command.kind,
            since=on,
            linked_by=uow.actor.subject,
            created_at=uow.now,
            updated_at=uow.now,
        )
    )
    for each in (case, other):
        touch(each, now=uow.now)
        remember(uow, each, "linked", before=each.state, on=on, about=command.kind)
    return case


async def end(command: EndLink, *, uow: UnitOfWork) -> ReturnCaseRow:
    """The link stays readable in the history of both files. Raises NotFound."""
    case = (await load_file(uow, command.case_id, may_work, lock=True)).case
    uow.match(case.version)
    on = fact_day(uow, command.on)
    link = await find_link(uow, command.link_id)
    if link is None or case.id not in (link.case_id, link.other_case_id):
        raise NotFound
    if link.ended_on is None:
        link.ended_on, link.ended_by = on, uow.actor.subject
        touch(link, now=uow.now)
        touch(case, now=uow.now)
        remember(uow, case, "link-ended", before=case.state, on=on, about=link.kind)
    return case

"""How every command moves a case: the role may, the table allows, history remembers."""

from __future__ import annotations

from datetime import date

from services.returns.domain.case_view import CaseView, State
from services.returns.domain.transitions import BY_NAME, move
from services.returns.persistence.case_views import view_of
from services.returns.persistence.cases import CaseFile, remember
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden, Invalid

__all__ = ["advance", "fact_day", "view_of"]


class DateInTheFuture(Invalid):
    """A fact cannot have happened tomorrow."""

    slug = "date-in-the-future"
    title = "The day must not lie in the future"


def fact_day(uow: UnitOfWork, on: date | None) -> date:
    """The day of a fact; today unless given, never in the future."""
    today = uow.now.date()
    if on is not None and on > today:
        raise DateInTheFuture
    return on or today


def advance(
    uow: UnitOfWork,
    file: CaseFile,
    name: str,
    *,
    on: date,
    reason: str | None = None,
    view: CaseView | None = None,
) -> State:
    """Move the case along the table; returns the state before. Raises Forbidden for the wrong role,
    TransitionRefused."""
    transition = BY_NAME[name]
    if not uow.actor.is_system and uow.acting_role not in transition.roles:
        raise Forbidden
    before = State(file.case.state)
    target = move(view or view_of(file, on=on), name)
    file.case.state = target.value
    touch(file.case, now=uow.now)
    remember(uow, file.case, name, before=before.value, on=on, reason=reason)
    return before

"""Who may read figures, and which period they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Query, Request

from shared.errors import Invalid
from shared.http_api import Call, caller
from shared.service import Runtime

READERS = ("statistician", "programme_manager", "finance_officer", "auditor")
Reader = Annotated[Call, caller(*READERS)]


class PeriodNotValid(Invalid):
    """The period ends before it begins."""

    slug = "period-not-valid"
    title = "The period must begin before it ends"


@dataclass(frozen=True)
class Period:
    """Both days included."""

    start: date
    end: date


def period(
    request: Request,
    start: Annotated[date | None, Query(alias="from", description="First day; default: a year ago.")] = None,
    end: Annotated[date | None, Query(alias="to", description="Last day; default: today.")] = None,
) -> Period:
    """The period asked for; raises PeriodNotValid."""
    runtime: Runtime = request.app.state.runtime
    last = end or runtime.clock.now().date()
    first = start or last - min(timedelta(days=365), last - date.min)
    if first > last:
        raise PeriodNotValid
    return Period(start=first, end=last)


InPeriod = Annotated[Period, Depends(period)]

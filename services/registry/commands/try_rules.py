"""Try a rule version over the quotes of the last months before it is published: who would get more, less or nothing.

Registry holds no cases: what it re-runs are the compositions and circumstances it kept with each quote, the newest
quote of each case. A fact that only the tried version asks for was not kept; such quotes are counted and named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert
from sqlmodel import col, select

from services.registry.commands.draft_rules import DraftWithdrawn
from services.registry.domain.line_arithmetic import months_later
from services.registry.domain.trial import Outcome, tried
from services.registry.persistence.programme_tables import RuleTrialRow, TrialDifferenceRow
from services.registry.persistence.programmes import programme_to_change
from services.registry.persistence.rule_versions import version_of
from services.registry.persistence.tables import QuoteRow, RuleVersionRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.ids import new_id

AT_MOST = 100_000
"""More quotes than this are not tried in one go; the trial then says that it was cut off."""
BATCH = 250
KEPT = ("quote_id", "case_id", "rule_version_before")
DONE, QUEUED = "done", "queued"


async def handle(
    programme_id: UUID, rule_version_id: UUID, months: int, *, at_once: int, uow: UnitOfWork
) -> RuleTrialRow:
    """Up to `at_once` quotes now; with more the trial is queued, and a worker goes on with it. Raises NotFound,
    DraftWithdrawn."""
    programme = await programme_to_change(uow, programme_id)
    rules = await version_of(uow, programme_id, rule_version_id)
    if rules.withdrawn_on is not None:
        raise DraftWithdrawn
    trial = RuleTrialRow(
        programme_id=programme.id,
        rule_version_id=rules.id,
        number=rules.number,
        since=months_later(uow.now.date(), -months),
        months=months,
        author=uow.actor.subject,
        currency=programme.currency,
        status=QUEUED,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(trial)
    await uow.session.flush()
    found = len(await _quotes_of(trial, AT_MOST + 1, uow=uow))
    trial.to_try, trial.cut_off = min(found, AT_MOST), found > AT_MOST
    uow.record("rules.tried", subject=rules.id, quotes=trial.to_try)
    while trial.status != DONE and trial.to_try <= at_once:
        await advance(trial, rules, BATCH, uow=uow)
    return trial


async def advance(trial: RuleTrialRow, rules: RuleVersionRow, most: int, *, uow: UnitOfWork) -> None:
    """Try the next quotes; where it stands is kept with the figures, so that nothing is counted twice."""
    ids = await _quotes_of(trial, min(most, trial.to_try - trial.quotes), uow=uow)
    if ids:
        await _batch(trial, rules, ids, uow=uow)
        trial.last_quote_id = ids[-1]
    if not ids or trial.quotes >= trial.to_try:
        trial.status, trial.finished_at = DONE, uow.now
    touch(trial, now=uow.now)


async def _quotes_of(trial: RuleTrialRow, most: int, *, uow: UnitOfWork) -> list[UUID]:
    """The next of the newest quotes of each case, and of every quote that belongs to none; newest first. What was
    quoted after the trial had begun is not part of it."""
    whose: ColumnElement[Any] = func.coalesce(col(QuoteRow.case_id), col(QuoteRow.id))
    age = func.row_number().over(
        partition_by=whose, order_by=(col(QuoteRow.created_at).desc(), col(QuoteRow.id).desc())
    )
    made = col(QuoteRow.created_at)
    quotes = (
        select(col(QuoteRow.id), age.label("age"))
        .where(col(QuoteRow.programme_id) == trial.programme_id, made >= trial.since, made <= trial.created_at)
        .subquery()
    )
    newest = select(quotes.c.id).where(quotes.c.age == 1).order_by(quotes.c.id.desc()).limit(most)
    if trial.last_quote_id is not None:
        newest = newest.where(quotes.c.id < trial.last_quote_id)
    return list((await uow.session.execute(newest)).scalars())


async def _batch(trial: RuleTrialRow, rules: RuleVersionRow, ids: Sequence[UUID], *, uow: UnitOfWork) -> None:
    columns: Any = (
        col(QuoteRow.id),
        col(QuoteRow.case_id),
        col(QuoteRow.rule_version),
        col(QuoteRow.composition),
        col(QuoteRow.circumstances),
        col(QuoteRow.lines),
        col(QuoteRow.eligibility),
    )
    found = await uow.session.execute(select(*columns).where(col(QuoteRow.id).in_(ids)).order_by(col(QuoteRow.id)))
    differences = []
    for quote_id, case_id, version, composition, circumstances, lines, eligibility in found.all():
        outcome = tried(
            rules.content,
            composition=composition,
            circumstances=circumstances,
            lines=lines,
            eligibility=eligibility,
        )
        _count(trial, outcome)
        if outcome.differs:
            kept = dict(zip(KEPT, (quote_id, case_id, version), strict=True))
            differences.append({"id": new_id(), "trial_id": trial.id, **kept, **_values(outcome)})
        await asyncio.sleep(0)  # others are served between two quotes, however much the table asks
    if differences:
        await uow.session.execute(insert(TrialDifferenceRow), differences)


def _values(outcome: Outcome) -> dict[str, Any]:
    values = asdict(outcome)
    codes, unknown = list(values.pop("codes")), list(values.pop("unknown"))
    return {**values, "codes": codes, "unknown": unknown, "newly_ineligible": outcome.newly_ineligible}


def _count(trial: RuleTrialRow, outcome: Outcome) -> None:
    trial.quotes += 1
    trial.unchanged += not outcome.differs
    trial.higher += outcome.after_minor > outcome.before_minor
    trial.lower += outcome.after_minor < outcome.before_minor
    trial.newly_ineligible += outcome.newly_ineligible
    trial.newly_eligible += outcome.newly_eligible
    trial.with_unknown_facts += bool(outcome.unknown)
    trial.total_before_minor += outcome.before_minor
    trial.total_after_minor += outcome.after_minor

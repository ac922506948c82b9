"""How one amount is worked out: base or tier, reductions, floors, rounding, instalments; in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registry.domain.conditions import Scene, Verdict, added_late, concerns, holds
from services.registry.domain.entitlement_facts import QuotedPerson, in_words

PHASES = ("pre_departure", "travel", "departure_cash", "post_arrival", "post_return", "community")


@dataclass(frozen=True)
class Step:
    """One step of the arithmetic: what was done and what came out, in minor units."""

    text: str
    amount_minor: int


@dataclass(frozen=True)
class Due:
    """When an instalment is due: so many months after a day, and the days themselves when that day is known."""

    reference: str
    after_months: int
    until_months: int
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class QuoteLine:
    """One amount, why it is due and how it was worked out; `late` marks a person added after the decision."""

    rule: str
    code: str
    phase: str
    amount_minor: int
    currency: str
    person_ref: str | None
    steps: tuple[Step, ...]
    source: str | None = None
    reference: str = "application"
    reference_on: date | None = None
    due: Due | None = None
    late: bool = False


class Working:
    """An amount on its way, with the steps it has taken."""

    def __init__(self, scene: Scene, currency: str) -> None:
        self.scene, self.currency = scene, currency
        self.amount = 0
        self.steps: list[Step] = []

    def now(self, amount: int, text: str) -> None:
        """Take a step."""
        self.amount = max(amount, 0)
        self.steps.append(Step(text, self.amount))

    def say(self, amount: int) -> str:
        """An amount in words of the table's currency."""
        return in_words(amount, self.currency)

    def applies(self, clause: Mapping[str, Any], person: QuotedPerson | None) -> Verdict:
        """Whether a tier, reduction or floor applies here; what is not recorded is noted."""
        found = holds(clause.get("when"), self.scene)
        if person is not None and found.holds is not False:
            whose = concerns(clause.get("who"), person, self.scene)
            both = None if None in (found.holds, whose.holds) else found.holds and whose.holds
            both = False if whose.holds is False else both
            found = Verdict(both, (*found.because, *whose.because), (*found.unknown, *whose.unknown))
        if found.holds is None:
            self.scene.unknown.update(found.unknown)
        return found


def lines_of(rule: Mapping[str, Any], person: QuotedPerson | None, scene: Scene) -> list[QuoteLine]:
    """The lines of one rule for one person, or for the file; several when it is paid in instalments."""
    work = Working(scene, scene.table["currency"])
    _begin(work, rule, person)
    for reduction in rule.get("reductions", ()):
        _reduce(work, reduction, person)
    late = person is not None and added_late(person, scene)
    if late:
        _late_share(work)
    _raise_to_floors(work, rule, person)
    _round(work, rule)
    return _instalments(work, rule, person, late=late)


def _begin(work: Working, rule: Mapping[str, Any], person: QuotedPerson | None) -> None:
    amount, words = rule["amount_minor"], f"base amount {work.say(rule['amount_minor'])}"
    for tier in rule.get("tiers", ()):
        found = work.applies(tier, person)
        if found.holds:
            amount = tier["amount_minor"]
            words = f"amount {work.say(amount)} ({', '.join(found.because) or 'always'})"
            break
    work.now(amount, f"{rule['code']}: {words}")
    if "times" in rule:
        _multiply(work, rule["times"])


def _multiply(work: Working, times: Mapping[str, Any]) -> None:
    recorded = work.scene.circumstances.number(times["fact"], work.scene.reference)
    if recorded is None:
        work.scene.unknown.add(times["fact"])
    count = min(recorded or 0, times.get("at_most", recorded or 0))
    why = "is not recorded" if recorded is None else f"is {recorded}, at most {count} count"
    words = f"{count} x {work.say(work.amount)} = {work.say(work.amount * count)}"
    work.now(work.amount * count, words if count == recorded else f"{words}: {times['fact']} {why}")


def _reduce(work: Working, reduction: Mapping[str, Any], person: QuotedPerson | None) -> None:
    clause = reduction
    if "fact" in reduction:
        clause = {"when": {name: reduction[name] for name in ("fact", "from", "below") if name in reduction}}
    found = work.applies(clause, person)
    if not found.holds:
        return
    why = ", ".join(found.because)
    if "minus_minor" in reduction:
        less = reduction["minus_minor"]
        left = max(work.amount - less, 0)
        least = ", not below nothing" if less > work.amount else ""
        work.now(left, f"{work.say(work.amount)} - {work.say(less)}{least} = {work.say(left)}: {why}")
    else:
        _percent(work, reduction["percent"], why)


def _percent(work: Working, percent: int, why: str) -> None:
    left, words = share_of(work.amount, percent, work.currency)
    work.now(left, f"{words}: {why}")


def share_of(amount: int, percent: int, currency: str) -> tuple[int, str]:
    """So many percent of an amount, down to the whole minor unit, and the same as a sum that can be done again."""
    part, rest = divmod(amount * percent, 100)
    rounded = ", rounded down" if rest else ""
    return part, f"{percent} % of {in_words(amount, currency)}{rounded} = {in_words(part, currency)}"


def _late_share(work: Working) -> None:
    percent = work.scene.table.get("late_persons", {}).get("percent", 100)
    if percent != 100:
        _percent(work, percent, "the person was added after the decision")


def _raise_to_floors(work: Working, rule: Mapping[str, Any], person: QuotedPerson | None) -> None:
    least = rule.get("minimum_minor", 0)
    if work.amount < least:
        work.now(least, f"raised to the minimum of {work.say(least)}")
    for floor in rule.get("floors", ()):
        found = work.applies(floor, person)
        if found.holds and work.amount < floor["amount_minor"]:
            why = f"what things cost there ({', '.join(found.because)})"
            work.now(floor["amount_minor"], f"raised to {work.say(floor['amount_minor'])}: {why}")


def _round(work: Working, rule: Mapping[str, Any]) -> None:
    rounding = rule.get("rounding") or work.scene.table.get("rounding")
    if not rounding:
        return
    unit = rounding["to_minor"]
    add = {"down": 0, "nearest": unit // 2, "up": unit - 1}[rounding["direction"]]
    rounded = (work.amount + add) // unit * unit
    if rounded != work.amount:
        how = {"down": "down", "nearest": "to the nearest", "up": "up"}[rounding["direction"]]
        work.now(rounded, f"rounded {how} to whole {work.say(unit)}: {work.say(rounded)}")


def _instalments(work: Working, rule: Mapping[str, Any], person: QuotedPerson | None, *, late: bool) -> list[QuoteLine]:
    shares = rule.get("instalments") or [{"phase": rule["phase"], "percent": 100}]
    made: list[QuoteLine] = []
    left = work.amount
    for number, share in enumerate(shares):
        part, words = share_of(work.amount, share["percent"], work.currency)
        if number == len(shares) - 1 and part != left:
            gone = work.amount - left
            part, words = left, f"{work.say(work.amount)} - {work.say(gone)} = {work.say(left)}, all that is left"
        left -= part
        text = f"instalment {number + 1} of {len(shares)}: {words}"
        steps = [*work.steps, *([] if len(shares) == 1 else [Step(text, part)])]
        made.append(
            QuoteLine(
                rule=rule["id"],
                code=rule["code"],
                phase=share["phase"],
                amount_minor=part,
                currency=work.currency,
                person_ref=person.person_ref if person else None,
                steps=tuple(steps),
                source=rule.get("source"),
                reference=work.scene.reference,
                reference_on=work.scene.on,
                due=_due(share, work.scene),
                late=late,
            )
        )
    return made


def _due(share: Mapping[str, Any], scene: Scene) -> Due | None:
    due = share.get("due")
    if due is None:
        return None
    start = scene.circumstances.dates.get(due["reference"])
    first, last = due["after_months"], due.get("until_months", due["after_months"])
    days = (None, None) if start is None else (months_later(start, first), months_later(start, last))
    return Due(due["reference"], first, last, *days)


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month. The calendar ends with the year 9999."""
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > date.max.year:
        return date.max
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")

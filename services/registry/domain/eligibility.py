"""Whether a programme helps these persons at all: exclusions, limits, reasons. It advises; an officer decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.registry.domain.conditions import Scene, Verdict, added_late, concerns, holds
from services.registry.domain.entitlement_facts import Circumstances, QuotedPerson

ELIGIBLE, LIMITED, OPEN, NOT_ELIGIBLE = "eligible", "limited", "open", "not_eligible"
OUTCOMES = (ELIGIBLE, LIMITED, OPEN, NOT_ELIGIBLE)


@dataclass(frozen=True)
class Reason:
    """Why the answer is not a plain yes: the entry of the table, whom it concerns, and the facts behind it."""

    rule: str
    effect: str
    person_ref: str | None
    text: str
    because: str
    source: str | None
    reference: str
    reference_on: date | None
    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Eligibility:
    """The outcome with its reasons; `open` while a fact is missing or an officer has to look."""

    outcome: str
    reasons: tuple[Reason, ...] = ()

    @property
    def excluded(self) -> frozenset[str | None]:
        """Who gets nothing; None stands for the whole file."""
        return frozenset(reason.person_ref for reason in self.reasons if reason.effect == "exclude")

    @property
    def missing(self) -> frozenset[str]:
        """Facts that nobody has recorded and on which the answer hangs."""
        return frozenset(fact for reason in self.reasons for fact in reason.unknown)

    def admits(self, person_ref: str | None, code: str) -> bool:
        """Whether a line of this code may be granted to this person (None: to the file)."""
        for reason in self.reasons:
            if reason.person_ref in (None, person_ref) and (
                reason.effect == "exclude" or (reason.effect == "limit" and code not in reason.codes)
            ):
                return False
        return True


def judge(table: Mapping[str, Any], persons: Sequence[QuotedPerson], circumstances: Circumstances) -> Eligibility:
    """Every entry of the table's `eligibility` asked in turn."""
    reasons: list[Reason] = []
    for entry in table.get("eligibility", ()):
        scene = Scene(table, persons, circumstances, entry.get("reference", "application"))
        reasons += _asked(entry, scene)
    reasons += _too_late(Scene(table, persons, circumstances))
    out = Eligibility(NOT_ELIGIBLE, tuple(reasons))
    if None in out.excluded or all(person.person_ref in out.excluded for person in persons):
        return out
    effects = {reason.effect for reason in reasons}
    if effects & {"review", "unknown"}:
        return Eligibility(OPEN, tuple(reasons))
    return Eligibility(LIMITED if effects else ELIGIBLE, tuple(reasons))


def _asked(entry: Mapping[str, Any], scene: Scene) -> list[Reason]:
    around = _unless(entry, scene)
    if "who" not in entry:
        reason = _reason(entry, scene, None, around)
        return [reason] if reason else []
    found = []
    for person in scene.persons:
        reason = _reason(entry, scene, person.person_ref, _both(concerns(entry["who"], person, scene), around))
        found += [reason] if reason else []
    return found


def _too_late(scene: Scene) -> list[Reason]:
    """Persons added after the decision, and after the day until which the table admits additions."""
    policy = scene.table.get("late_persons", {})
    until = policy.get("allowed_until", "application")
    last = scene.circumstances.dates.get(until) if "allowed_until" in policy else None
    return [
        Reason(
            rule="late_persons",
            effect="exclude",
            person_ref=person.person_ref,
            text="Added to the file after the last day for additions.",
            because=f"added on {person.added_on}, {until} on {last}",
            source=policy.get("source"),
            reference=until,
            reference_on=last,
        )
        for person in scene.persons
        if "allowed_until" in policy
        and last
        and person.added_on
        and added_late(person, scene)
        and person.added_on > last
    ]


def _unless(entry: Mapping[str, Any], scene: Scene) -> Verdict:
    """`when` holds and `unless` does not."""
    when = holds(entry.get("when"), scene)
    if not entry.get("unless"):
        return when
    unless = holds(entry["unless"], scene)
    return _both(when, replace(unless, holds=None if unless.holds is None else not unless.holds))


def _both(first: Verdict, second: Verdict) -> Verdict:
    if first.holds is False or second.holds is False:
        return Verdict(False)
    unknown = (*first.unknown, *second.unknown)
    open_ = first.holds is None or second.holds is None
    return Verdict(None if open_ else True, (*first.because, *second.because), unknown)


def _reason(entry: Mapping[str, Any], scene: Scene, person_ref: str | None, verdict: Verdict) -> Reason | None:
    if verdict.holds is False:
        return None
    missing = tuple(dict.fromkeys(verdict.unknown)) if verdict.holds is None else ()
    return Reason(
        rule=entry["id"],
        effect=entry["effect"] if verdict.holds else "unknown",
        person_ref=person_ref,
        text=entry["text"],
        because=f"not recorded: {', '.join(missing)}" if missing else "; ".join(verdict.because),
        source=entry.get("source"),
        reference=scene.reference,
        reference_on=scene.on,
        codes=tuple(entry.get("codes", ())) if verdict.holds else (),
        unknown=missing,
    )

"""Life cycles of partnerships and components, as tables with guards; each component is optional and stands on its own.

No case, consent or granted amount of a person depends on them: suspending a component stops new cases in its corridor,
and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.errors import Missing, TransitionRefused

Table = Mapping[str, tuple[str, ...]]
PARTNERSHIP: Table = {
    "exploratory": ("negotiating", "ended"),
    "negotiating": ("signed", "ended"),
    "signed": ("in_force", "ended"),
    "in_force": ("suspended", "ended"),
    "suspended": ("in_force", "ended"),
    "ended": (),
}
COMPONENT: Table = {
    "proposed": ("agreed", "declined"),
    "agreed": ("in_force", "declined"),
    "in_force": ("suspended", "ended"),
    "suspended": ("in_force", "ended"),
    "declined": ("proposed",),
    "ended": (),
}
NOT_SIGNED = frozenset({"dialogue", "framework", "project"})
"""Legal forms that are nothing to sign: talks, a policy framework, a project."""


@dataclass(frozen=True, kw_only=True)
class PartnershipFacts:
    """What the guards of a partnership ask about."""

    legal_form: str
    sides_without_party: Sequence[str]
    source: str | None
    signed_on: date | None
    components_running: int
    on: date
    today: date


@dataclass(frozen=True, kw_only=True)
class ComponentFacts:
    """What the guards of a component ask about; no `mover`: the administration of a side records what both agreed."""

    component_type: str
    proposed_by: str
    mover: str | None
    side: str
    same_person: bool
    source: str | None
    suspended_by: str | None
    safeguards: Sequence[str]
    partnership_ended: bool
    on: date
    today: date


def _not_in_the_future(facts: PartnershipFacts | ComponentFacts) -> Missing | None:
    return Missing("day", "The day is still to come.") if facts.on > facts.today else None


def _parties(facts: PartnershipFacts) -> Missing | None:
    if not facts.sides_without_party:
        return None
    return Missing("parties", f"A country or group of countries is missing on: {', '.join(facts.sides_without_party)}.")


def _something_to_sign(facts: PartnershipFacts) -> Missing | None:
    if facts.legal_form not in NOT_SIGNED:
        return None
    return Missing("legal_form", "A dialogue, framework or project is not signed; change the legal form first.")


def _signed_paper(facts: PartnershipFacts) -> Missing | None:
    return None if facts.source else Missing("source", "The paper that both sides signed is not named.")


def _after_signature(facts: PartnershipFacts) -> Missing | None:
    if facts.signed_on is None or facts.on >= facts.signed_on:
        return None
    return Missing("day", "The day is before the signature.")


def _components_at_rest(facts: PartnershipFacts) -> Missing | None:
    if not facts.components_running:
        return None
    return Missing("components", f"{facts.components_running} components are in force or suspended; end them first.")


def _the_other_side(facts: ComponentFacts) -> Missing | None:
    if facts.mover is None or facts.mover != facts.proposed_by:
        return None
    return Missing("side", "The side that proposed it cannot agree to it for the other side.")


def _another_person(facts: ComponentFacts) -> Missing | None:
    if facts.mover is None or not facts.same_person:
        return None
    return Missing("another-person", "Whoever proposed it for one side does not agree to it for the other.")


def _paper_of_both(facts: ComponentFacts) -> Missing | None:
    if facts.mover is not None or facts.proposed_by != facts.side or facts.source:
        return None
    return Missing("source", "The other side has not agreed here: name the paper in which both did.")


def _whoever_suspended_it(facts: ComponentFacts) -> Missing | None:
    if facts.suspended_by is None or facts.suspended_by == facts.side:
        return None
    return Missing("side", "The side that suspended it lets it go on.")


def _safeguards(facts: ComponentFacts) -> Missing | None:
    if facts.component_type != "border_management" or facts.safeguards:
        return None
    return Missing("safeguards", "Border management needs its human-rights safeguards named.")


def _partnership_goes_on(facts: ComponentFacts) -> Missing | None:
    return Missing("partnership", "The partnership has ended.") if facts.partnership_ended else None


PARTNERSHIP_GUARDS: Mapping[str, tuple[Callable[[PartnershipFacts], Missing | None], ...]] = {
    "negotiating": (_not_in_the_future, _parties),
    "signed": (_not_in_the_future, _parties, _something_to_sign, _signed_paper),
    "in_force": (_not_in_the_future, _after_signature),
    "suspended": (_not_in_the_future, _after_signature),
    "ended": (_not_in_the_future, _components_at_rest),
}
COMPONENT_GUARDS: Mapping[str, tuple[Callable[[ComponentFacts], Missing | None], ...]] = {
    "proposed": (_not_in_the_future, _partnership_goes_on),
    "agreed": (_not_in_the_future, _the_other_side, _another_person, _paper_of_both, _partnership_goes_on),
    "in_force": (_not_in_the_future, _whoever_suspended_it, _safeguards, _partnership_goes_on),
    "suspended": (_not_in_the_future,),
    "ended": (_not_in_the_future,),
    "declined": (_not_in_the_future,),
}


def missing_for_signature(facts: PartnershipFacts) -> list[Missing]:
    """What a partnership lacks that has been signed; `on` is today, whatever the day of the signature was."""
    lacks = missing_for_partnership("signed", facts)
    future = facts.signed_on is not None and facts.signed_on > facts.today
    return [*lacks, Missing("day", "The day is still to come.")] if future else lacks


def missing_for_partnership(after: str, facts: PartnershipFacts) -> list[Missing]:
    """What a partnership lacks for a status."""
    return [lack for guard in PARTNERSHIP_GUARDS.get(after, ()) if (lack := guard(facts)) is not None]


def missing_for_component(after: str, facts: ComponentFacts) -> list[Missing]:
    """What a component lacks for a status."""
    return [lack for guard in COMPONENT_GUARDS.get(after, ()) if (lack := guard(facts)) is not None]


def check_move(table: Table, before: str, after: str, missing: Sequence[Missing] = ()) -> None:
    """Raise TransitionRefused unless the table allows the step and nothing is missing for it."""
    open_now = table[before]
    lacks = list(missing)
    if after not in open_now:
        names = ", ".join(open_now) or "nothing"
        lacks = [Missing("status", f"From {before} only {names} is possible.")]
    if lacks:
        raise TransitionRefused(
            transition=f"to {after if after in table else 'an unknown status'}",
            state=before,
            missing=lacks,
            open_transitions=open_now,
        )

"""Facts of different keys and topics may arrive in any order, and twice: the read models come out the same."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid5

import pytest

from services.reporting.commands import rebuild_projections
from shared.auth.principal import Principal
from shared.inbox.processor import Outcome
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.reporting.test_figures import figures, person
from tests.reporting.test_rebuild import contents

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEASONS = int(os.environ.get("WAYHOME_TEST_SEASONS", "4"))
SPACE = UUID("0199c0de-0000-7000-8000-0000000000ff")
DAYS = [f"2026-01-{day:02d}" for day in range(1, 29)]
CODES = {"case_kind": "avrr", "programme_id": str(uuid5(SPACE, "programme")), "host": "CHE", "destination": "GEO"}


@dataclass(frozen=True)
class Told:
    """One event: its place in a stream, and its data; `event_id` is known again when it comes twice."""

    event_type: str
    key: str
    data: dict[str, Any]
    event_id: str


@dataclass
class Case:
    """What the season knows of one case while it invents what happens to it."""

    case_id: str
    people: list[str]
    stage: str = "open"
    payments: list[str] = field(default_factory=list)


class Season:
    """A random but possible course of some cases: who joins, parts, travels, is brought back, dies, is linked."""

    def __init__(self, seed: int) -> None:
        self.chance, self.told, self.cases = Random(seed), [], []
        self._made = 0
        self.told: list[Told] = []
        self.cases: list[Case] = []
        for _ in range(3):
            self._open()
        for _ in range(40):
            going = [case for case in self.cases if case.stage != "ended"]
            self._something(self.chance.choice(going)) if going else self._open()

    def _id(self) -> str:
        self._made += 1
        return str(uuid5(SPACE, str(self._made)))

    def _day(self) -> str:
        return DAYS[min(len(DAYS) - 1, len(self.told) // 2)]

    def tell(self, case: Case, fact: str, /, *, key: str | None = None, **data: Any) -> None:
        service = "reintegration" if fact.startswith(("payment", "funds", "plan")) else "returns"
        when = {"occurred_at": f"2026-01-01T00:00:00.{len(self.told):06d}Z", "case_id": case.case_id}
        self.told.append(Told(f"{service}.{fact}.v1", key or case.case_id, {**when, **data}, self._id()))

    def _persons(self, refs: list[str], **more: Any) -> list[dict[str, Any]]:
        return [person(ref, band=self.chance.choice(["16-17", "18-24"]), **more) for ref in refs]

    def _open(self) -> None:
        case = Case(self._id(), [self._id() for _ in range(3)])
        self.cases.append(case)
        self.tell(case, "case.opened", **CODES, opened_on=self._day(), persons=self._persons(case.people))

    def _something(self, case: Case) -> None:
        possible = {
            "open": ("_approve", "_approve", "_approve", "_split", "_merge", "_remove", "_die", "_link", "_add"),
            "approved": ("_depart", "_depart", "_depart", "_split", "_die", "_end", "_link"),
            "departed": ("_arrive", "_fail", "_correct", "_pay"),
            "arrived": ("_correct", "_pay", "_pay", "_link"),
            "failed": ("_resume", "_resume", "_end"),
        }
        getattr(self, self.chance.choice(possible[case.stage]))(case)

    def _stage(self, case: Case, fact: str, stage: str, /, **more: Any) -> None:
        case.stage = stage
        self.tell(case, f"case.{fact}", on=self._day(), **more)

    def _approve(self, case: Case) -> None:
        self._stage(case, "approved", "approved")
        self.tell(case, "funds.reserved")

    def _resume(self, case: Case) -> None:
        self._stage(case, "resumed", "approved")

    def _end(self, case: Case) -> None:
        outcome = self.chance.choice(["cancelled", "departed_unassisted"])
        self._stage(case, "cancelled", "ended", outcome=outcome)

    def _depart(self, case: Case) -> None:
        persons = self._persons(case.people, travelled=True)
        self._stage(case, "departed", "departed", destination="GEO", persons=persons)

    def _arrive(self, case: Case) -> None:
        persons = self._persons(case.people, travelled=True)
        self._stage(case, "arrived", "arrived", destination="GEO", persons=persons)
        self.tell(case, "plan.activated", on=self._day())

    def _fail(self, case: Case) -> None:
        self._stage(case, "return-failed", "failed", reason_group="circumstances")

    def _correct(self, case: Case) -> None:
        wrong = "arrival" if case.stage == "arrived" else "departure"
        before = {"arrival": "departed", "departure": "approved"}[wrong]
        self._stage(case, "fact-corrected", before, fact=wrong, original_on=None, persons=[])

    def _both(self, case: Case, other: Case, fact: str, **data: Any) -> None:
        for key in self.chance.sample([case.case_id, other.case_id], 2):
            self.tell(case, fact, key=key, on=self._day(), published_under=key, **data)

    def _split(self, case: Case) -> None:
        if len(case.people) < 2:
            return
        new = Case(self._id(), [case.people.pop()])
        self.cases.append(new)
        self._both(case, new, "case.split", new_case_id=new.case_id, persons=self._persons(new.people), **CODES)

    def _merge(self, case: Case) -> None:
        other = next((other for other in self.cases if other.stage == "open" and other is not case), None)
        if other is None:
            return
        moved, other.people, other.stage = other.people, [], "ended"
        case.people += moved
        self._both(case, other, "case.merged", merged_case_id=other.case_id, persons=self._persons(moved))

    def _add(self, case: Case) -> None:
        case.people.append(self._id())
        self.tell(case, "person.added", person=self._persons(case.people[-1:])[0])

    def _remove(self, case: Case) -> None:
        if len(case.people) > 1:
            self.tell(case, "person.removed", person_ref=case.people.pop())

    def _die(self, case: Case) -> None:
        self.tell(case, "person.deceased", person_ref=case.people.pop(), on=self._day())
        if not case.people:
            self._stage(case, "cancelled", "ended", outcome="cancelled")

    def _pay(self, case: Case) -> None:
        if case.payments and self.chance.random() < 0.5:
            self.tell(case, "payment.reversed", payment_id=case.payments.pop())
            return
        case.payments.append(self._id())
        paid = {"line_id": self._id(), "phase": "post_arrival", "amount_minor": 1_000, "currency": "CHF"}
        self.tell(case, "payment.settled", payment_id=case.payments[-1], on=self._day(), **paid)

    def _link(self, case: Case) -> None:
        known = [ref for other in self.cases for ref in other.people][:4]  # so that a pair is decided about again
        if len(known) > 1:
            one, other = self.chance.sample(known, 2)
            same = self.chance.random() < 0.7
            self.tell(case, "person.linked", person_ref=one, other_person_ref=other, on=self._day(), same=same)


def another_order(told: list[Told], chance: Random) -> Iterator[Told]:
    """Each key of each topic in its own order, the streams mixed anew, and some events once more later on."""
    streams: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for event in told:
        streams[event.event_type.split(".")[0], event.key].append(event)
    seen: list[Told] = []
    while streams:
        stream = chance.choice(sorted(streams))
        seen.append(streams[stream].pop(0))
        yield seen[-1]
        if not streams[stream]:
            del streams[stream]
        if chance.random() < 0.2:
            yield chance.choice(seen)


async def tell(service: RunningService, events: Iterator[Told]) -> dict[str, Any]:
    """Read models and figures after these events, from nothing."""
    async with service.units.begin(actor=Principal.system("test")) as uow:
        await rebuild_projections.handle(uow=uow)
    numbers: dict[str, int] = {}
    for event in events:
        again = event.event_id in numbers
        outcome = await service.receive(event.event_type, event.data, key=event.key, event_id=event.event_id)
        assert outcome is (Outcome.DUPLICATE if again else Outcome.DONE)
        numbers[event.event_id] = 1
    service._sequences.clear()
    paths = ("returns?by=sex", "returns?by=age_band", "funnel", "timeliness", "finance")
    return {"rows": await contents(service), "figures": [await figures(service, path) for path in paths]}


async def test_the_seasons_tell_whatever_restates_a_figure() -> None:
    told = {event.event_type for seed in range(4) for event in Season(seed).told}
    names = ("split", "merged", "departed", "arrived", "return-failed", "fact-corrected", "resumed", "cancelled")
    people = {f"returns.person.{name}.v1" for name in ("added", "removed", "deceased", "linked")}
    money = {f"reintegration.payment.{name}.v1" for name in ("settled", "reversed")}
    assert told >= {f"returns.case.{name}.v1" for name in names} | people | money


@pytest.mark.parametrize("seed", range(SEASONS))
async def test_order_between_keys_and_topics_does_not_matter(running: Run, seed: int) -> None:
    service, season, chance = await running("reporting"), Season(seed), Random(seed)
    as_it_was = await tell(service, iter(season.told))
    for _ in range(2):
        assert await tell(service, another_order(season.told, chance)) == as_it_was

"""Whatever happened before, and however a case ends: what nobody is owed is given back, what third parties are owed
stays payable, grants stop, and hearing of it again changes nothing. Source: domain-rules.md 15, 20, 35.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.database.engine import driver_dsn
from shared.events.envelope import Envelope
from shared.testing.plugin import Run
from shared.testing.running import RunningService
from tests.reintegration.story import ROOT, Story, accounts, act, open_budget

service_test = pytest.mark.asyncio(loop_scope="session")
PLENTY = 10_000_000
EXAMPLES = settings(
    max_examples=int(os.environ.get("WAYHOME_EXAMPLES", "15")),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking on a real database outlasts the time limit
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ENDINGS = ("withdrawn", "cancelled", "lapsed", "refused", "revoked", "return-failed")
MONEY = ("grant", "invoice", "advance", "advance", "fail", "reverse")
COURSE = (
    "arrived",
    "arrival_corrected",
    "did_not_board",
    "plan_approved",
    "plan_discontinued",
    "end",
    "resumed",
    "extended",
    "named",
    "budget",
)
STEPS = MONEY * 6 + ("advance",) * 12 + COURSE
BEGINNINGS = ("funded", "funded", "funded", "without funds", "ended before the approval")
OPEN = ("REQUESTED", "CERTIFIED", "AUTHORISED", "INSTRUCTED")
ROUTES = {
    "certify": ("certification", "fo-1"),
    "authorise": ("authorisation", "fo-2"),
    "instruct": ("instruction", "fo-1"),
    "settle": ("settlement", "fo-1"),
    "fail": ("failure", "fo-1"),
    "reverse": ("reversal", "fo-1"),
}
AFTER = dict(zip(OPEN, (*OPEN[1:], "SETTLED"), strict=True))
NEXT = {"REQUESTED": "certify", "CERTIFIED": "authorise", "AUTHORISED": "instruct", "INSTRUCTED": "settle"}


class Walk:
    """One case under random steps, with what must be so of its money after each."""

    def __init__(self, svc: RunningService, database: asyncpg.Connection) -> None:
        self.database = database
        self.svc, self.story = svc, Story(svc, programme=str(uuid4()))
        self.budgets: list[str] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.lines: list[dict[str, Any]] = []

    async def begin(self, beginning: str) -> None:
        if beginning != "without funds":
            await self.budget(0, 1)
        await self.story.opened()
        if beginning == "ended before the approval":
            await self.end(0, 1)
        await self.grant_decided()

    async def take(self, name: str, which: int, quarter: int) -> None:
        if name in ROUTES:
            await self.handle(name, which)
        else:
            await getattr(self, name)(which, quarter)
        await self.holds()

    # ---------------------------------------------------------------- facts

    async def tell(self, name: str, /, **data: Any) -> None:
        self.told.append((name, data))
        await self.story.tell(name, **data)

    async def grant_decided(self) -> None:
        self.lines += self.story.lines
        await self.story.approved()

    async def end(self, which: int, _quarter: int) -> None:
        fact = f"case.{ENDINGS[which % len(ENDINGS)]}"
        await self.tell(fact, on="2026-02-25", stage_before="READY", persons=[], reason_group="applicant")

    async def extended(self, _which: int, _quarter: int) -> None:
        """Lines on top of the grant, for who joined."""
        line = self.story.line("departure_cash", 40_000)
        self.lines.append(line)
        total = {"amount_minor": 40_000, "currency": "CHF"}
        more = {"programme_id": self.story.programme, "quote_id": str(uuid4()), "rule_version": 3, "total": total}
        await self.tell("case.grant-extended", on="2026-02-12", lines=[line], persons=[], **more)

    async def named(self, which: int, _quarter: int) -> None:
        if self.budgets:
            await self.tell("case.budget-named", on="2026-02-14", budget_id=self.budgets[which % len(self.budgets)])

    async def resumed(self, _which: int, _quarter: int) -> None:
        await self.story.tell("case.resumed", on="2026-02-26")
        self.told.clear()
        self.story.lines = [{**line, "line_id": str(uuid4())} for line in self.story.lines]
        await self.grant_decided()

    async def arrived(self, _which: int, _quarter: int) -> None:
        facts = [{**each, "travelled": True} for each in self.story.persons]
        for fact, day in (("case.departed", "2026-02-19"), ("case.arrived", "2026-02-20")):
            await self.tell(fact, on=day, destination="GEO", persons=facts, evidence="partner_met")

    async def arrival_corrected(self, _which: int, _quarter: int) -> None:
        await self.tell("case.fact-corrected", on="2026-02-21", fact="arrival")

    async def did_not_board(self, _which: int, _quarter: int) -> None:
        await self.tell("case.did-not-board", on="2026-02-19", person_refs=[self.story.brother])

    async def budget(self, which: int, _quarter: int) -> None:
        if len(self.budgets) < 3:
            code = f"G-{uuid4().hex[:8]}"
            made = await open_budget(self.svc, PLENTY, programme=self.story.programme, grant_code=code)
            self.budgets.append(made["id"])

    async def plan_approved(self, _which: int, _quarter: int) -> None:
        if await self.rows("SELECT id FROM plan WHERE case_id = $1"):
            plan = await self.story.plan_id()
            steps = (("submission", self.story.caseworker()), ("validation", self.story.partner()))
            await self.story.assigned_if_possible()
            for step, by in (*steps, ("approval", self.story.manager())):
                answer = await act(by, f"plans/{plan}", step)
                assert answer.status_code in (200, 404, 409), answer.text

    async def plan_discontinued(self, which: int, _quarter: int) -> None:
        if which % 4 == 0 and await self.rows("SELECT id FROM plan WHERE case_id = $1"):
            plan = await self.story.plan_id()
            answer = await act(self.story.caseworker(), f"plans/{plan}", "discontinuation", reason_group="applicant")
            assert answer.status_code in (200, 409), answer.text

    # ---------------------------------------------------------------- payments

    async def ask(self, line: dict[str, Any], minor: int, payee_kind: str) -> Any:
        amount = {"amount_minor": minor, "currency": "CHF"}
        body = {"line_id": line["line_id"], "amount": amount, "payee_kind": payee_kind}
        body["evidence_ref"] = f"EV-{uuid4().hex[:10]}"
        answer = await self.story.caseworker().post(f"{ROOT}/payments", json=body)
        assert answer.status_code in (201, 404, 409), answer.text
        return answer

    async def grant(self, which: int, quarter: int) -> None:
        line = self.lines[which % len(self.lines)]
        await self.ask(line, line["amount_minor"] * quarter // 4, "beneficiary")

    async def invoice(self, which: int, quarter: int) -> None:
        line = self.lines[which % len(self.lines)]
        await self.ask(line, line["amount_minor"] * quarter // 4, "third_party")

    async def handle(self, name: str, which: int) -> None:
        """One of the payments that the step fits, so that most steps do something."""
        wanted = {"fail": OPEN, "reverse": ("SETTLED",)}.get(name) or tuple(
            s for s, step in NEXT.items() if step == name
        )
        fitting = [row for row in await self.payments() if row["state"] in wanted]
        if fitting:
            answer = await self.step(fitting[which % len(fitting)]["id"], name)
            assert answer.status_code in (200, 409), answer.text

    async def advance(self, which: int, steps: int) -> None:
        """A payment goes so many hands further, so that short walks reach the bank and beyond."""
        for row in (await self.payments())[which % 2 :: 2]:
            state = row["state"]
            for _ in range(steps):
                if state in NEXT and (await self.step(row["id"], NEXT[state])).status_code == 200:
                    state = AFTER[state]

    async def step(self, payment: Any, name: str) -> Any:
        route, officer = ROUTES[name]
        body = {"reason_group": "third_party"} if name in ("fail", "reverse") else {}
        return await self.story.step(str(payment), route, self.story.officer(officer), **body)

    async def paid_out(self, payment: Any) -> None:
        while (row := next(row for row in await self.payments() if row["id"] == payment))["state"] in NEXT:
            answer = await self.step(payment, NEXT[row["state"]])
            assert answer.status_code == 200, (row["state"], answer.text)

    # ---------------------------------------------------------------- what must be so

    async def rows(self, statement: str) -> list[Any]:
        return list(await self.database.fetch(statement, UUID(self.story.case_id)))

    async def payments(self) -> list[Any]:
        return await self.rows("SELECT * FROM payment WHERE case_id = $1 ORDER BY id")

    async def line_rows(self) -> list[Any]:
        return await self.rows("SELECT * FROM assistance_line WHERE case_id = $1 ORDER BY id")

    async def picture(self) -> Any:
        """All there is of money; who heard of it again must find it unchanged."""
        lines = [tuple(row[name] for name in MINOR) for row in await self.line_rows()]
        moves = await self.rows("SELECT count(*) AS n FROM ledger_transfer WHERE case_id = $1")
        notices = await self.database.fetch("SELECT count(*) AS n FROM notification WHERE kind = 'payment.return-due'")
        payments = [(row["id"], row["state"], row["return_due_since"]) for row in await self.payments()]
        return lines, payments, moves[0]["n"], notices[0]["n"], len(await self.facts("funds.released"))

    async def facts(self, name: str) -> list[dict[str, Any]]:
        rows = await self.database.fetch("SELECT envelope FROM outbox WHERE key = $1", self.story.case_id)
        told = [Envelope.parse(bytes(row["envelope"])) for row in rows]
        return [event.data for event in told if event.type == f"reintegration.{name}.v1"]

    async def holds(self) -> None:
        """Lines say what payments say, budgets are the sum of their lines, and the facts add up to the ledger."""
        payments, lines = await self.payments(), await self.line_rows()
        for line in lines:
            own = [row for row in payments if row["line_id"] == line["id"]]
            assert line["pending_minor"] == sum(row["amount_minor"] for row in own if row["state"] in OPEN)
            assert line["committed_minor"] >= sum(row["amount_minor"] for row in own if row["state"] in OPEN[2:])
            assert line["paid_minor"] == sum(row["amount_minor"] for row in own if row["state"] == "SETTLED")
        for budget in self.budgets:
            kept = await accounts(self.svc, budget, programme=self.story.programme)
            for account in ("reserved", "committed", "paid"):
                own_lines = [line for line in lines if str(line["budget_id"]) == budget]
                assert kept[account] == sum(line[f"{account}_minor"] for line in own_lines)
        for move, fact in (("release", "funds.released"), ("reserve", "funds.reserved")):
            booked = await self.rows(f"SELECT * FROM ledger_transfer WHERE case_id = $1 AND move = '{move}'")
            told = await self.facts(fact)
            for budget in self.budgets:
                moved = sum(row["amount_minor"] for row in booked if str(row["budget_id"]) == budget)
                assert moved == sum(each["total"]["amount_minor"] for each in told if each["budget_id"] == budget)
        paid = [
            sum(each["amount_minor"] for each in await self.facts(f"payment.{how}")) for how in ("settled", "reversed")
        ]
        assert paid[0] - paid[1] == sum(line["paid_minor"] for line in lines)

    async def nothing_is_kept_but_what_is_owed(self) -> None:
        payments = await self.payments()
        for line in await self.line_rows():
            assert line["reserved_minor"] + line["committed_minor"] == line["pending_minor"]
        for row in payments:
            with_bank = row["state"] == "INSTRUCTED"
            assert row["state"] not in OPEN or with_bank or row["payee_kind"] == "third_party"
            assert row["return_due_since"] or not (with_bank and row["payee_kind"] == "beneficiary")


MINOR = ("id", "available_minor", "reserved_minor", "committed_minor", "paid_minor", "pending_minor")


async def heard_again(walk: Walk, order: int) -> None:
    """The same facts under new ids, and another ending too; an approval heard again is only new after a refusal."""
    before = await walk.picture()
    facts = [entry for entry in walk.told if entry[0] not in ("case.fact-corrected", "case.arrived")]
    for number in range(len(facts)):
        fact, data = facts[(number * 7 + order) % len(facts)]
        await walk.story.tell(fact, **data)
    await walk.story.tell("case.return-failed", on="2026-02-27", reason_group="authority")
    if ("case.refused") not in [fact for fact, _ in walk.told]:
        await walk.story.approved()
    assert await walk.picture() == before
    await walk.nothing_is_kept_but_what_is_owed()


async def everything_is_settled(walk: Walk, order: int) -> None:
    """Invoices are paid, also one that comes late; grants are not; what is with the bank comes back."""
    for line in walk.lines:
        assert (await walk.ask(line, 1, "beneficiary")).status_code in (404, 409)
    for row in await walk.payments():
        if row["state"] in OPEN and row["payee_kind"] == "third_party":
            await walk.paid_out(row["id"])
        elif row["state"] == "INSTRUCTED":
            name = ("settle", "fail")[order % 2]
            assert (await walk.step(row["id"], name)).status_code == 200
            if name == "settle":
                assert (await walk.step(row["id"], "reverse")).status_code == 200
    await walk.holds()
    travel = [row for row in await walk.line_rows() if row["phase"] == "travel" and row["budget_id"]]
    for row in travel:
        if row["available_minor"]:
            late = await walk.ask({"line_id": str(row["id"])}, row["available_minor"], "third_party")
            assert late.status_code == 201, late.text
            await walk.paid_out(next(p["id"] for p in await walk.payments() if str(p["id"]) == late.json()["id"]))
    await walk.holds()
    for budget in walk.budgets:
        kept = await accounts(walk.svc, budget, programme=walk.story.programme)
        assert kept == {"available": PLENTY - kept["paid"], "reserved": 0, "committed": 0, "paid": kept["paid"]}


@EXAMPLES
@given(st.integers(0, 2**32))
@service_test
async def test_however_a_case_ends_only_what_third_parties_are_owed_is_kept(running: Run, seed: int) -> None:
    """Drawn evenly from a seed: the usual strategies prefer short and simple walks, which never reach the bank."""
    drawn = Random(seed)
    steps = [(drawn.choice(STEPS), drawn.randrange(100), drawn.randint(1, 4)) for _ in range(drawn.randint(10, 30))]
    svc = await running("reintegration")
    database = await asyncpg.connect(driver_dsn(svc.runtime.dsn))
    try:
        walk = Walk(svc, database)
        await walked(walk, drawn.choice(BEGINNINGS), steps, drawn.randrange(len(ENDINGS)), drawn.randrange(100))
    finally:
        await database.close()


async def walked(walk: Walk, beginning: str, steps: list[tuple[str, int, int]], ending: int, order: int) -> None:
    await walk.begin(beginning)
    for name, which, quarter in steps:
        await walk.take(name, which, quarter)
    owed = {row["id"] for row in await walk.payments() if row["state"] in OPEN and row["payee_kind"] == "third_party"}
    await walk.end(ending, 1)
    await walk.holds()
    await walk.nothing_is_kept_but_what_is_owed()
    assert owed <= {row["id"] for row in await walk.payments() if row["state"] in OPEN}
    await heard_again(walk, order)
    await everything_is_settled(walk, order)

"""Money, plan, measure and survey of one case, by requests to reintegration."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deploy.local.cast import Cast

ROOT = "/reintegration/v1"
PAYMENT_STEPS = (
    ("certification", "finance_officer"),
    ("authorisation", "second_finance_officer"),
    ("instruction", "finance_officer"),
    ("settlement", "finance_officer"),
)
QUALITY = ("very_good", "good", "fair", "poor", "very_poor")
SATISFACTION = ("very_satisfied", "satisfied", "ok", "dissatisfied", "very_dissatisfied")
RARE_IS_GOOD = ("never", "rarely", "sometimes", "often", "very_often")
YES_IS_GOOD = ("yes", "yes", "yes", "no", "no")
ITEMS: dict[str, tuple[str, ...]] = {
    "E1": SATISFACTION,
    **dict.fromkeys(("E2", "E4", "P5", "P6", "P7"), RARE_IS_GOOD),
    **dict.fromkeys(("E3", "E7", "E8", "S4", "S6", "P9"), YES_IS_GOOD),
    "E5": ("none", "none", "smaller", "larger", "larger"),
    **dict.fromkeys(("E6", "S1", "S2", "S3", "S5", "S7", "S8", "S9", "S10", "S11", "P2", "P3", "P4"), QUALITY),
    "P1": tuple(reversed(RARE_IS_GOOD)),
    "P8": ("no", "no", "no", "yes", "yes"),
}
"""Answers of every scored item, from the best to the worst."""


class SupportWork:
    """What reintegration does for one case."""

    def __init__(self, cast: Cast, case_id: str) -> None:
        self.cast = cast
        self.case_id = case_id
        self.plan: dict[str, Any] = {}
        self.measure: dict[str, Any] = {}

    @property
    def _plan_path(self) -> str:
        return f"{ROOT}/plans/{self.plan['id']}"

    async def assistance_lines(self) -> list[dict[str, Any]]:
        """The frozen lines, as the caseworker sees them."""
        found = await self.cast.desks["caseworker"].read(f"{ROOT}/assistance-lines", case_id=self.case_id)
        lines: list[dict[str, Any]] = found["items"]
        return lines

    async def request(self, line: dict[str, Any], *, desk: str, evidence: str, on: date) -> dict[str, Any]:
        """Somebody who works with the family asks for the payment of a line."""
        body = {
            "line_id": line["line_id"],
            "amount": line["amount"],
            "payee_kind": "beneficiary",
            "evidence_ref": evidence,
            "on": on.isoformat(),
        }
        waits_for = ("plan-active", "arrived")
        payment: dict[str, Any] = await self.cast.desks[desk].do(f"{ROOT}/payments", body, waits_for=waits_for)
        self.cast.lines.know(f"{ROOT}/payments/{payment['id']}", payment["version"])
        return payment

    async def take(self, payment: dict[str, Any], step: str, *, desk: str, on: date) -> dict[str, Any]:
        """One step of a payment."""
        path = f"{ROOT}/payments/{payment['id']}"
        taken: dict[str, Any] = await self.cast.desks[desk].do(f"{path}/{step}", {"on": on.isoformat()}, of=path)
        return taken

    async def pay(self, line: dict[str, Any], *, desk: str, evidence: str, on: date) -> dict[str, Any]:
        """Request, certify, authorise, instruct and settle: three different people."""
        payment = await self.request(line, desk=desk, evidence=evidence, on=on)
        for step, officer in PAYMENT_STEPS:
            payment = await self.take(payment, step, desk=officer, on=on)
        return payment

    async def find_plan(self) -> dict[str, Any]:
        """The reintegration file that the approval opened."""
        found = await self.cast.desks["caseworker"].read(f"{ROOT}/plans", case_id=self.case_id)
        self.plan = found["items"][0]
        self.cast.lines.know(self._plan_path, self.plan["version"])
        return self.plan

    async def _plan_step(self, desk: str, step: str, body: dict[str, Any]) -> None:
        path = self._plan_path
        self.plan = await self.cast.desks[desk].do(f"{path}/{step}", body, of=path)

    async def assign(self, *, on: date) -> None:
        """The partner on the spot gets the file."""
        await self._plan_step("caseworker", "assignment", {"partner_id": self.cast.partner_id, "on": on.isoformat()})

    async def draw_up(self, line: dict[str, Any], *, category: str, summary: str, on: date) -> None:
        """One measure and the plan around it."""
        body = {"category": category, "level": "individual", "line_id": line["line_id"]}
        self.measure = await self.cast.desks["caseworker"].do(f"{self._plan_path}/measures", body)
        await self._plan_step("caseworker", "submission", {"summary": summary, "on": on.isoformat()})

    async def validate(self, *, on: date) -> None:
        """The partner says that it can be done."""
        await self._plan_step("reintegration_partner", "validation", {"on": on.isoformat()})

    async def approve(self, *, on: date) -> None:
        """The programme approves it."""
        await self._plan_step("programme_manager", "approval", {"on": on.isoformat()})

    async def first_contact(self, *, on: date) -> None:
        """The partner meets the family."""
        await self._plan_step("reintegration_partner", "first-contact", {"on": on.isoformat()})

    async def carry_out(self, *, evidence: str, started: date, delivered: date) -> None:
        """Starts once the plan is active; delivered by the partner, verified by the office."""
        path = f"{self._plan_path}/measures/{self.measure['id']}"
        partner, caseworker = self.cast.desks["reintegration_partner"], self.cast.desks["caseworker"]
        await partner.do(f"{path}/start", {"on": started.isoformat()}, waits_for=("plan-active",))
        await partner.do(f"{path}/delivery", {"evidence_ref": evidence, "on": delivered.isoformat()})
        self.measure = await caseworker.do(f"{path}/verification", {"on": delivered.isoformat()})

    async def survey(self, person_ref: str, *, chance: random.Random, on: date) -> dict[str, Any]:
        """The baseline questions, answered somewhere between well and badly."""
        mood = chance.choices(range(5), weights=(20, 35, 25, 13, 7))[0]
        answers = {code: options[_near(mood, chance)] for code, options in ITEMS.items()}
        body = {
            "plan_id": self.plan["id"],
            "person_ref": person_ref,
            "wave": "baseline",
            "answers": answers,
            "on": on.isoformat(),
        }
        done: dict[str, Any] = await self.cast.desks["reintegration_partner"].do(
            f"{ROOT}/surveys", body, waits_for=("arrived",)
        )
        return done


def _near(mood: int, chance: random.Random) -> int:
    return min(4, max(0, mood + chance.choice((-1, 0, 0, 1))))

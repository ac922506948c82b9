"""Tells reintegration the story of a return case, and acts as the people who handle its money."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from shared.http.in_process import InProcessClient
from shared.testing.running import RunningService

PROGRAMME = "0199c0de-0000-7000-8000-0000000000aa"
PARTNER = "0199c0de-0000-7000-8000-0000000000bb"
PROVIDER = "0199c0de-0000-7000-8000-0000000000cc"
ROOT = "/reintegration/v1"
PHASES = {"travel": 90_000, "departure_cash": 100_000, "post_arrival": 30_000, "post_return": 300_000}


def person(ref: str, relation: str = "main_applicant", **more: Any) -> dict[str, Any]:
    fact = {"relation": relation, "sex": 1, "age_band": "25-34", "citizenship": "GEO", "unaccompanied": False}
    return {"person_ref": ref, **fact, **more}


class Story:
    """One case, told event by event."""

    def __init__(self, svc: RunningService, *, programme: str = PROGRAMME, office: str = "ZRH") -> None:
        self.svc, self.programme, self.office = svc, programme, office
        self.case_id = str(uuid4())
        tag = self.case_id[:8]
        self.persons = [person(f"pr_father_{tag}"), person(f"pr_brother_{tag}", "sibling")]
        self.lines = [self.line(phase, amount) for phase, amount in PHASES.items()]
        self.lines.append(self.line("departure_cash", 50_000, self.brother))
        self.lines.append(self.line("post_arrival", 20_000, self.brother))

    @property
    def father(self) -> str:
        return str(self.persons[0]["person_ref"])

    @property
    def brother(self) -> str:
        return str(self.persons[1]["person_ref"])

    @property
    def total(self) -> int:
        return sum(int(line["amount_minor"]) for line in self.lines)

    def line(self, phase: str, amount: int, person_ref: str | None = None) -> dict[str, Any]:
        return {
            "line_id": str(uuid4()),
            "phase": phase,
            "code": f"{phase}_code",
            "amount_minor": amount,
            "currency": "CHF",
            "rule": f"{phase}-rule",
            "person_ref": person_ref,
        }

    async def tell(self, name: str, /, *, event_id: str | None = None, **data: Any) -> Any:
        return await self.svc.receive(
            f"returns.{name}.v1", {"case_id": self.case_id, **data}, key=self.case_id, event_id=event_id
        )

    async def opened(self) -> None:
        await self.tell(
            "case.opened",
            case_kind="avrr",
            destination_basis="citizenship",
            programme_id=self.programme,
            partnership_id=None,
            office_id=self.office,
            host="CHE",
            destination="GEO",
            opened_on="2026-01-10",
            persons=self.persons,
        )

    async def approved(self, *, event_id: str | None = None, on: str = "2026-02-01") -> Any:
        return await self.tell(
            "case.approved",
            event_id=event_id,
            on=on,
            programme_id=self.programme,
            quote_id=str(uuid4()),
            rule_version=3,
            lines=self.lines,
            total={"amount_minor": self.total, "currency": "CHF"},
            persons=self.persons,
        )

    async def arrived(self, on: str = "2026-02-20") -> None:
        facts = [{**each, "travelled": True} for each in self.persons]
        await self.tell("case.departed", on="2026-02-19", destination="GEO", persons=facts)
        await self.tell("case.arrived", on=on, destination="GEO", persons=facts, evidence="partner_met")

    async def withdrawn(self) -> None:
        await self.tell(
            "case.withdrawn",
            on="2026-02-10",
            stage_before="READY",
            persons=self.persons,
            reason_group="applicant",
        )

    async def funded(self, appropriation: int = 10_000_000) -> dict[str, Any]:
        """A budget, then opened and approved."""
        budget = await open_budget(self.svc, appropriation, programme=self.programme)
        await self.opened()
        await self.approved()
        return budget

    # ---------------------------------------------------------------- people

    def caseworker(self, subject: str = "cw-1") -> InProcessClient:
        return self.svc.client("caseworker", subject=subject, offices=[self.office])

    def officer(self, subject: str = "fo-1") -> InProcessClient:
        return self.svc.client("finance_officer", subject=subject, programmes=[self.programme])

    def manager(self, subject: str = "pm-1") -> InProcessClient:
        return self.svc.client("programme_manager", subject=subject, programmes=[self.programme])

    def partner(self, subject: str = "rp-1", partner: str = PARTNER) -> InProcessClient:
        return self.svc.client("reintegration_partner", subject=subject, partner_id=partner)

    # ---------------------------------------------------------------- payments

    def line_of(self, phase: str, person_ref: str | None = None) -> dict[str, Any]:
        return next(line for line in self.lines if line["phase"] == phase and line["person_ref"] == person_ref)

    async def request(
        self, phase: str, minor: int | None = None, *, by: InProcessClient | None = None, **more: Any
    ) -> Any:
        line = self.line_of(phase, more.pop("person_ref", None))
        body = {
            "line_id": line["line_id"],
            "amount": {"amount_minor": minor or line["amount_minor"], "currency": "CHF"},
            "payee_kind": "beneficiary",
            "evidence_ref": f"EV-{uuid4().hex[:10]}",
            **more,
        }
        return await (by or self.caseworker()).post(f"{ROOT}/payments", json=body)

    async def requested(self, phase: str, amount: int | None = None, **more: Any) -> str:
        answer = await self.request(phase, amount, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def step(self, payment: str, step: str, by: InProcessClient, **body: Any) -> Any:
        return await act(by, f"payments/{payment}", step, **body)

    async def pay(self, phase: str, amount: int | None = None, **more: Any) -> str:
        """All the way."""
        payment = await self.requested(phase, amount, **more)
        for step, by in (
            ("certification", self.officer("fo-1")),
            ("authorisation", self.manager("pm-1")),
            ("instruction", self.officer("fo-1")),
            ("settlement", self.officer("fo-1")),
        ):
            answer = await self.step(payment, step, by)
            assert answer.status_code == 200, answer.text
        return payment

    # ---------------------------------------------------------------- plan

    async def plan_id(self) -> str:
        answer = await self.caseworker().get(f"{ROOT}/plans", params={"case_id": self.case_id})
        return str(answer.json()["items"][0]["id"])

    async def assigned(self) -> str:
        answer = await self.assigned_if_possible()
        assert answer.status_code == 200, answer.text
        for each in self.persons:
            await self.consented(each["person_ref"], PARTNER)
        return await self.plan_id()

    async def assigned_if_possible(self) -> Any:
        await self.svc.receive(
            "registry.partner.enrolled.v1",
            {"partner_id": PARTNER, "kind": "contracted_partner", "countries": ["GEO"]},
            key=PARTNER,
        )
        await self.based(PARTNER)
        plan = await self.plan_id()
        return await act(self.caseworker(), f"plans/{plan}", "assignment", partner_id=PARTNER)

    async def consented(self, ref: str, partner: str, *, consent_id: str | None = None, **more: Any) -> str:
        """This person allows the partner to be told for the help after the arrival; the id of the consent."""
        found = consent_id or str(uuid4())
        fact = {"consent_id": found, "person_ref": ref, "recipients": [partner], "purposes": ["reintegration"], **more}
        await self.tell("consent.given", **fact)
        return found

    async def enrolled(self, partner: str, countries: list[str] | None = None) -> str:
        """Another partner that registry knows."""
        fact = {"partner_id": partner, "kind": "ngo", "countries": countries or ["GEO"]}
        await self.svc.receive("registry.partner.enrolled.v1", fact, key=partner)
        await self.based(partner)
        return partner

    async def based(self, partner: str, *, ended: bool = False, **more: Any) -> str:
        """A legal basis for telling this partner about cases of the programme, or its end; the id of the basis."""
        found = str(more.pop("basis_id", f"00000000-0000-4000-8000-{partner[-12:]}"))
        fact = {"basis_id": found, "programme_id": self.programme, "recipient_id": partner, "purpose": "reintegration"}
        days = {"on": "2026-03-02"} if ended else {"valid_from": "2026-01-01", "valid_to": None, "only_case_id": None}
        kind = "ended" if ended else "approved"
        await self.svc.receive(f"returns.disclosure-basis.{kind}.v1", {**fact, **days, **more}, key=found)
        return found

    async def plan_approved(self) -> str:
        plan = await self.assigned()
        for step, by in (
            ("submission", self.caseworker()),
            ("validation", self.partner()),
            ("approval", self.manager()),
        ):
            answer = await act(by, f"plans/{plan}", step)
            assert answer.status_code == 200, answer.text
        return plan


async def act(by: InProcessClient, resource: str, step: str, **body: Any) -> Any:
    """Read the resource, then act on the version that was read."""
    shown = await by.get(f"{ROOT}/{resource}")
    etag = shown.headers.get("etag", '"1"')
    return await by.post(f"{ROOT}/{resource}/{step}", json=body, headers={"If-Match": etag})


async def open_budget(svc: RunningService, amount: int, *, programme: str = PROGRAMME, **more: Any) -> dict[str, Any]:
    manager = svc.client("programme_manager", subject="pm-0", programmes=[programme])
    body = {
        "grant_code": "SEM-2026",
        "component": "voluntary_return_assistance",
        "year": 2026,
        "appropriation": {"amount_minor": amount, "currency": "CHF"},
        "programme_ids": [programme],
        **more,
    }
    answer = await manager.post(f"{ROOT}/budgets", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def accounts(svc: RunningService, budget_id: str, *, programme: str = PROGRAMME) -> dict[str, int]:
    """The balances of a budget, after proving that its ledger tells the same and sums to zero."""
    officer = svc.client("finance_officer", subject="fo-9", programmes=[programme])
    proof = (await officer.get(f"{ROOT}/ledger/trial-balance")).json()
    assert proof["sums_to_zero"], proof
    assert proof["agrees_with_budgets"], proof
    shown = (await officer.get(f"{ROOT}/budgets/{budget_id}")).json()
    return {name: shown[name]["amount_minor"] for name in ("available", "reserved", "committed", "paid")}

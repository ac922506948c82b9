"""Tells the story of a case to a running returns service, step by step, as the people concerned would."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from shared.testing.running import RunningService

PROGRAMME = "0199c0de-0000-7000-8000-0000000000a1"
COMPONENT = "0199c0de-0000-7000-8000-0000000000c1"
PARTNER = "0199c0de-0000-7000-8000-0000000000b1"
CONSULATE = "0199c0de-0000-7000-8000-0000000000b2"
CLAUSE = str(uuid4())
HASH = "0" * 64
NAME = "Zebulonia"


def person(relation: str, **more: Any) -> dict[str, Any]:
    adult = relation not in ("child", "ward")
    return {
        "relation": relation,
        "sex": 2,
        "identity": {"family_name": NAME, "given_names": relation},
        "born_on": "1990-05-01" if adult else "2018-05-01",
        "citizenships": [{"code": "GEO", "evidence": "passport", "chosen": True}],
        **more,
    }


FAMILY = [
    person("main_applicant"),
    person("partner", sex=1),
    person("child"),
    person("child"),
    person("sibling", sex=1),
]


class CaseStory:
    """One case and everybody around it."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.caseworker = service.client("caseworker", offices=["ZRH"], subject="cw-1")
        self.officer = service.client("case_officer", authority_id="SEM", subject="co-1")
        self.partner = service.client("reintegration_partner", partner_id=PARTNER, subject="rp-1")
        self.case: dict[str, Any] = {}
        self.quote_id = ""
        self.holder = ""

    @property
    def id(self) -> str:
        return str(self.case["id"])

    @property
    def today(self) -> date:
        return self.service.clock.now().date()

    async def world(self) -> None:
        """What registry would have told."""
        await self.service.receive(
            "registry.component.status-changed.v1",
            {
                "component_id": COMPONENT,
                "partnership_id": str(uuid4()),
                "component_type": "voluntary_return",
                "status": "in_force",
            },
            key=COMPONENT,
        )
        rules = {"programme_id": PROGRAMME, "partnership_id": None, "component_id": COMPONENT, "host": "CHE"}
        rules |= {"destinations": ["GEO"], "case_kinds": ["avrr", "avr_transport_only"], "version": 1}
        await self.service.receive("registry.programme.rules-published.v1", rules, key=PROGRAMME)
        partner = {"partner_id": PARTNER, "kind": "contracted_partner", "countries": ["GEO"]}
        await self.service.receive("registry.partner.enrolled.v1", partner, key=PARTNER)
        agency = {
            "agency_id": CONSULATE,
            "kind": "consulate",
            "country": "GEO",
            "roles": ["identity_verification"],
        }
        await self.service.receive("registry.agency.enrolled.v1", agency, key=CONSULATE)

    async def warned(self, effect: str, **more: Any) -> str:
        """A safety advisory that registry published; its id."""
        advisory = {"advisory_id": str(uuid4()), "country": "GEO", "region": None, "route": None, "groups": []}
        advisory |= {"effect": effect, "source_kind": "unhcr", "source": "Position, March 2026", "valid_to": None}
        advisory |= {"valid_from": self.today.isoformat(), **more}
        await self.service.receive("registry.advisory.published.v1", advisory, key=advisory["advisory_id"])
        return str(advisory["advisory_id"])

    async def post(self, step: str, body: dict[str, Any], *, client: Any = None, expect: int = 200) -> dict[str, Any]:
        """One step; the answer becomes the case when it succeeds."""
        sender = client or self.caseworker
        headers = {"If-Match": f'"{self.case["version"]}"'} if self.case and expect < 400 else {}
        answer = await sender.post(f"/returns/v1/cases/{self.id}/{step}", json=body, headers=headers)
        assert answer.status_code == expect, (step, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        if answer.status_code < 300 and found.get("id") == self.id:
            self.case = found
        return found

    async def open(self, persons: list[dict[str, Any]] | None = None, **more: Any) -> None:
        body = {
            "programme_id": PROGRAMME,
            "destination": "GEO",
            "office_id": "ZRH",
            "authority_id": "SEM",
            "persons": persons or [person("main_applicant")],
            **more,
        }
        answer = await self.caseworker.post("/returns/v1/cases", json=body)
        assert answer.status_code == 201, answer.text
        self.case = answer.json()

    def refs(self, *, adults: bool | None = None, relation: str | None = None) -> list[str]:
        return [
            entry["person_ref"]
            for entry in self.case["persons"]
            if (adults is None or entry["adult"] == adults) and (relation is None or entry["relation"] == relation)
        ]

    async def consent(self) -> None:
        for ref in self.refs(adults=True):
            await self.post(
                "consents",
                {
                    "person_ref": ref,
                    "recipients": [PARTNER, CONSULATE],
                    "purposes": ["reintegration", "identity_verification"],
                    "data_classes": ["identity", "itinerary"],
                    "language": "ka",
                    "text_version": "2026-01",
                    "text_hash": HASH,
                },
                expect=201,
            )

    async def fact(self, kind: str, value: str | None = None, ref: str | None = None, **more: Any) -> dict[str, Any]:
        client = more.pop("client", None)
        expect = more.pop("expect", 201)
        body = {"kind": kind, "value": value, "person_ref": ref, **more}
        return await self.post("facts", body, client=client, expect=expect)

    async def agreement(self, *, bases: bool = True) -> None:
        """The clause that a package for the consulate rests on, and the legal bases recorded under it."""
        await self.clause()
        if bases:
            await self.bases()

    async def clause(self, *, valid_to: str | None = None, **changes: Any) -> None:
        """That clause, as it is now."""
        clause = {"clause_id": CLAUSE, "code": "identity", "data_clause": True, "recipient_kinds": ["consulate"]}
        data = {"agreement_id": str(uuid4()), "partnership_id": str(uuid4()), "valid_from": "2026-01-01"}
        body = {**data, "valid_to": valid_to, "clauses": [{**clause, **changes}]}
        await self.service.receive("registry.agreement.published.v1", body, key=data["agreement_id"])

    async def bases(self) -> None:
        """What packages for the consulate rest on, beside the clause."""
        for purpose in ("identity_verification", "travel_document"):
            await self.basis(purpose=purpose)

    async def basis(self, *, approved: bool = True, expect: int = 201, **changes: Any) -> dict[str, Any]:
        """The legal basis on which the consulate may be told; recorded by one manager, approved by another."""
        body = {
            "recipient_id": CONSULATE,
            "purpose": "identity_verification",
            "basis_type": "binding_instrument",
            "instrument": "Agreement",
            "article": "Art. 6",
            "clause_id": CLAUSE,
            "source": "Treaty series",
            "valid_from": "2026-01-01",
            **changes,
        }
        answer = await self.manager(1).post(self.bases_path, json=body)
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        if approved and expect == 201:
            answer = await self.manager(2).post(f"{self.bases_path}/{found['id']}/approval")
            assert answer.status_code == 200, answer.text
            found = answer.json()
        return found

    @property
    def bases_path(self) -> str:
        return f"/returns/v1/programmes/{PROGRAMME}/disclosure-bases"

    def manager(self, number: int) -> Any:
        return self.service.client("programme_manager", programmes=[PROGRAMME], subject=f"pm-{number}")

    async def package(self, **changes: Any) -> dict[str, Any]:
        """A package for the consulate, prepared."""
        body = {
            "recipient_id": CONSULATE,
            "purpose": "identity_verification",
            "basis_type": "binding_instrument",
            "basis_instrument": "Agreement",
            "clause_id": CLAUSE,
            "fields": ["family_name", "born_on", "citizenships"],
            "person_refs": self.refs(),
            "answer_by": (self.today + timedelta(days=20)).isoformat(),
            "destroy_by": (self.today + timedelta(days=60)).isoformat(),
            **changes,
        }
        answer = await self.caseworker.post(f"/returns/v1/cases/{self.id}/disclosures", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def approve(self, package: dict[str, Any], *, client: Any = None, checked: bool = True) -> Any:
        path = f"/returns/v1/cases/{self.id}/disclosures/{package['id']}/approval"
        return await (client or self.officer).post(path, json={"no_endangerment": checked})

    async def said(self, message_type: str, sender: str, refs: list[str] | None = None, **facts: str) -> str:
        """A message of an agency arrives; returns its id."""
        message = {"message_id": str(uuid4()), "sender_id": sender, "sender_kind": "consulate", "facts": facts}
        message |= {"message_type": message_type, "case_id": self.id, "person_refs": refs or []}
        await self.service.receive("registry.agency-message.received.v1", message, key=self.id)
        await self.refresh()
        return str(message["message_id"])

    async def counsel(self) -> None:
        for ref in self.refs(adults=True):
            await self.fact("independent_counselling", "no_interpreter", ref)

    async def declare(self, kind: str = "voluntary_return") -> None:
        for ref in self.refs(adults=True):
            body = {
                "person_ref": ref,
                "kind": kind,
                "language": "ka",
                "text_version": "2026-01",
                "seen_alone": True,
            }
            await self.post("declarations", body, expect=201)

    async def protect_children(self) -> None:
        """Every holder agrees, every child is heard, and what is best for it was weighed."""
        for child in self.case["persons"]:
            if not child["adult"]:
                await self.holders_agree(child["person_ref"], alone=child["unaccompanied"])
                await self.hear(child["person_ref"])

    async def holders_agree(self, ref: str, *, alone: bool = False) -> None:
        """The parents on the file, or an appointed guardian, and nobody else holds the responsibility."""
        if alone:
            await self.name_holder(ref, "appointed_guardian", established_by="appointment")
            await self.answer(ref)
            await self.fact("carer_confirmed", "family_member", ref)
            return
        parents = [*self.refs(relation="main_applicant"), *self.refs(relation="partner")]
        for parent, relation in zip(parents, ("mother", "father"), strict=False):
            await self.name_holder(ref, relation, holder_ref=parent)
            await self.answer(ref)
        await self.fact("custody_established", "civil_register", ref)
        await self.fact("best_interests_assessment", "return_with_family", ref)

    async def name_holder(self, ref: str, relation: str, **more: Any) -> str:
        """One holder of parental responsibility; the newest id of the child's."""
        expect = more.pop("expect", 201)
        body = {"relation": relation, "established_by": "birth_certificate", **more}
        await self.post(f"persons/{ref}/parental-holders", body, expect=expect)
        shown = await self.caseworker.get(f"/returns/v1/cases/{self.id}/persons/{ref}/child-protection")
        self.holder = str(shown.json()["holders"][-1]["parental_holder_id"])
        return self.holder

    async def answer(
        self, ref: str, standing: str = "agrees", evidence: str | None = "signed_in_person", **more: Any
    ) -> dict[str, Any]:
        """Where the holder named last stands."""
        expect, holder = more.pop("expect", 201), more.pop("holder", self.holder)
        body = {"standing": standing, "evidence": evidence, **more}
        return await self.post(f"persons/{ref}/parental-holders/{holder}/answers", body, expect=expect)

    async def hear(self, ref: str, view: str = "agrees", **more: Any) -> dict[str, Any]:
        body = {"view": view, "heard_by": "caseworker", "setting": "office", "alone": True, "language": "ka", **more}
        return await self.post(f"persons/{ref}/hearings", body, expect=201)

    async def approved_kind(self, case_kind: str) -> None:
        """A case of another kind, granted."""
        await self.eligible(case_kind=case_kind)
        await self.quoted()
        await self.post("decision", {"outcome": "approved", "quote_id": self.quote_id}, client=self.officer)

    async def submitted(self, persons: list[dict[str, Any]] | None = None, **more: Any) -> None:
        await self.open(persons, **more)
        await self.consent()
        await self.counsel()
        await self.declare()
        await self.protect_children()
        await self.post("submission", {})

    async def eligible(self, persons: list[dict[str, Any]] | None = None, **more: Any) -> None:
        await self.submitted(persons, **more)
        found = [{"person_ref": ref} for ref in self.refs()]
        await self.post("screening", {"persons": found, "security_checked": True})
        await self.settle_duplicates()
        await self.post("eligibility", {"outcome": "eligible"})

    async def duplicates(self, client: Any = None) -> list[dict[str, Any]]:
        answer = await (client or self.caseworker).get(f"/returns/v1/duplicates?case_id={self.id}")
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    async def settle_duplicates(self, outcome: str = "different") -> None:
        """The invented people of a test look alike: each pair is looked at and decided."""
        for pair in await self.duplicates():
            if pair["outcome"] is None:
                body = {"outcome": outcome, "reason_code": "papers_compared"}
                headers = {"If-Match": f'"{pair["version"]}"'}
                answer = await self.caseworker.post(
                    f"/returns/v1/duplicates/{pair['id']}/decision", json=body, headers=headers
                )
                assert answer.status_code == 200, answer.text
        await self.refresh()

    async def quoted(self, refs: list[str] | None = None, **more: Any) -> None:
        self.quote_id = str(uuid4())
        lines = [
            {"line_id": f"{self.quote_id}-{number}", "phase": "departure_cash", "code": "travel_money",
             "amount_minor": 10_000, "currency": "CHF", "rule": "r1", "person_ref": ref}
            for number, ref in enumerate(refs or self.refs())
        ]  # fmt: skip
        quote = {
            "quote_id": self.quote_id,
            "case_id": self.id,
            "programme_id": PROGRAMME,
            "rule_version": 1,
            "composition": [{"person_ref": ref, "relation": "x", "minor": False} for ref in refs or self.refs()],
            "lines": lines,
            "total": {"amount_minor": 10_000 * len(lines), "currency": "CHF"},
            "valid_until": (self.today + timedelta(days=90)).isoformat(),
            **more,
        }
        await self.service.receive("registry.programme.quoted.v1", quote, key=self.id)

    async def approved(self, persons: list[dict[str, Any]] | None = None) -> None:
        await self.eligible(persons)
        await self.quoted()
        await self.post("decision", {"outcome": "approved", "quote_id": self.quote_id}, client=self.officer)

    async def funded(self) -> None:
        answer = {"case_id": self.id, "reservation_id": str(uuid4()), "budget_id": str(uuid4()), "lines": []}
        await self.service.receive("reintegration.funds.reserved.v1", answer, key=self.id)
        await self.refresh()

    async def paid(self, amount_minor: int = 10_000, line: int = 0, **more: Any) -> str:
        """A payment of a granted line reached its payee; its id."""
        payment = {"payment_id": str(uuid4()), "case_id": self.id, "line_id": f"{self.quote_id}-{line}"}
        payment |= {"amount_minor": amount_minor, "currency": "CHF", "on": self.today.isoformat(), **more}
        await self.service.receive("reintegration.payment.settled.v1", payment, key=self.id)
        return str(payment["payment_id"])

    async def sheltered(self, value: str = "provided") -> None:
        """Where everybody stays after a failed journey."""
        for ref in self.refs():
            await self.fact("shelter_in_transit", value, ref)

    async def refresh(self) -> None:
        self.case = (await self.caseworker.get(f"/returns/v1/cases/{self.id}")).json()

    async def prepared(self, persons: list[dict[str, Any]] | None = None) -> None:
        await self.approved(persons)
        await self.funded()
        await self.post("pre-departure", {"partner_id": PARTNER})

    async def papers(self) -> None:
        await self.post("itinerary", {"travel_on": (self.today + timedelta(days=7)).isoformat(), "transit": ["TUR"]})
        for ref in self.refs():
            document = {"person_ref": ref, "kind": "passport", "issuer": "GEO", "number": "X123"}
            document["valid_until"] = (self.today + timedelta(days=400)).isoformat()
            await self.post("travel-documents", document, expect=201)
        await self.declare("reconfirmation")

    async def ready(self, persons: list[dict[str, Any]] | None = None) -> None:
        await self.prepared(persons)
        await self.papers()
        await self.post("readiness", {})

    async def departed(self, persons: list[dict[str, Any]] | None = None) -> None:
        await self.ready(persons)
        self.service.clock.advance(days=7)
        await self.post("departure", {"boarded": self.refs()})

    async def arrived(self, persons: list[dict[str, Any]] | None = None) -> None:
        await self.departed(persons)
        await self.post("arrival", {"evidence": "partner_met"}, client=self.partner)

"""One case as the people around it work on it: every method is one request, or a few alike, to returns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from deploy.local.people import Traveller

if TYPE_CHECKING:
    from deploy.local.cast import Cast

CONSENT_TEXT = "I agree that the named offices may be told the named data for my return and my new start."
TEXT_HASH = hashlib.sha256(CONSENT_TEXT.encode()).hexdigest()
TEXT_VERSION = "2026-1"


class CaseWork:
    """One file and what is done on it."""

    def __init__(self, cast: Cast, *, language: str = "en") -> None:
        self.cast = cast
        self.language = language
        self.path = ""
        self.case: dict[str, Any] = {}

    @property
    def case_id(self) -> str:
        """The case's id."""
        return str(self.case["id"])

    @property
    def travelling(self) -> list[dict[str, Any]]:
        """Persons who are still part of the journey."""
        return [person for person in self.case["persons"] if person["travel_status"] != "NOT_TRAVELLING"]

    @property
    def adults(self) -> list[dict[str, Any]]:
        """Adults among them."""
        return [person for person in self.travelling if person["adult"]]

    async def _step(self, desk: str, room: str, body: dict[str, Any]) -> None:
        done = await self.cast.desks[desk].do(f"{self.path}/{room}", body, of=self.path)
        self.case = done

    async def open(self, family: Sequence[Traveller], *, destination: str, on: date) -> None:
        """A caseworker opens the file."""
        body = {
            "programme_id": self.cast.programme_id,
            "case_kind": "avrr",
            "destination_basis": "citizenship",
            "destination": destination,
            "office_id": self.cast.office,
            "authority_id": self.cast.authority,
            "opened_on": on.isoformat(),
            "persons": [_person(traveller) for traveller in family],
        }
        self.case = await self.cast.desks["caseworker"].do("/returns/v1/cases", body)
        self.path = f"/returns/v1/cases/{self.case['id']}"

    async def protect_children(self) -> None:
        """Every holder of parental responsibility agrees, and each child is heard for itself."""
        for person in self.travelling:
            if not person["adult"]:
                await self._protect(person["person_ref"])

    async def _protect(self, child: str) -> None:
        named = zip(self.adults[:2], ("mother", "father"), strict=False)
        for parent, relation in named:
            holder = {"relation": relation, "holder_ref": parent["person_ref"], "established_by": "birth_certificate"}
            await self._step("caseworker", f"persons/{child}/parental-holders", holder)
        known = await self.cast.desks["caseworker"].read(f"{self.path}/persons/{child}/child-protection")
        for holder in known["holders"]:
            answers = f"persons/{child}/parental-holders/{holder['parental_holder_id']}/answers"
            await self._step("caseworker", answers, {"standing": "agrees", "evidence": "signed_in_person"})
        for kind, value in (
            ("custody_established", "civil_register"),
            ("best_interests_assessment", "return_with_family"),
        ):
            await self._step("caseworker", "facts", {"kind": kind, "value": value, "person_ref": child})
        talk = {"view": "agrees", "heard_by": "caseworker", "setting": "office", "alone": True}
        await self._step("caseworker", f"persons/{child}/hearings", {**talk, "language": self.language})

    async def consent(self, person: dict[str, Any], *, recipients: Iterable[str], on: date) -> None:
        """One adult allows named recipients to be told."""
        body = {
            "person_ref": person["person_ref"],
            "recipients": list(recipients),
            "purposes": ["travel_document", "reintegration"],
            "data_classes": ["identity", "contact", "itinerary", "plan"],
            "language": self.language,
            "interpreter": "professional",
            "text_version": TEXT_VERSION,
            "text_hash": TEXT_HASH,
            "given_on": on.isoformat(),
        }
        await self._step("caseworker", "consents", body)

    async def declare(self, person: dict[str, Any], *, on: date, kind: str = "voluntary_return") -> None:
        """One adult, seen alone, says that they want to return; they were counselled before."""
        if kind == "voluntary_return":
            counselled = {
                "kind": "independent_counselling",
                "value": "professional_interpreter",
                "person_ref": person["person_ref"],
                "on": on.isoformat(),
            }
            await self._step("caseworker", "facts", counselled)
        body = {
            "person_ref": person["person_ref"],
            "kind": kind,
            "language": self.language,
            "interpreter": "professional",
            "text_version": TEXT_VERSION,
            "seen_alone": True,
            "declared_on": on.isoformat(),
        }
        await self._step("caseworker", "declarations", body)

    async def submit(self, *, on: date) -> None:
        """The application goes to the authority."""
        await self._step("caseworker", "submission", {"on": on.isoformat()})

    async def screen(self, *, on: date, safeguards: dict[str, list[str]] | None = None) -> None:
        """Everybody is asked about needs of protection."""
        found = safeguards or {}
        persons = [
            {
                "person_ref": person["person_ref"],
                "indicators": found.get(person["person_ref"], [])[:1],
                "safeguards": found.get(person["person_ref"], [])[1:],
            }
            for person in self.travelling
        ]
        body = {
            "persons": persons,
            "security_checked": True,
            "on": on.isoformat(),
        }
        await self._step("caseworker", "screening", body)
        await self._look_at_duplicates()

    async def _look_at_duplicates(self) -> None:
        """Invented people may look alike; a caseworker compares their papers and finds them to be different."""
        desk = self.cast.desks["caseworker"]
        found = await desk.read("/returns/v1/duplicates", case_id=self.case["id"])
        for pair in (entry for entry in found if entry["outcome"] is None):
            of = f"/returns/v1/duplicates/{pair['id']}"
            await desk.do(f"{of}/decision", {"outcome": "different", "reason_code": "papers_compared"}, of=of)
        if found:
            self.case = await desk.read(self.path)

    async def find(self, outcome: str, *, on: date) -> None:
        """Eligible or not."""
        body: dict[str, Any] = {"outcome": outcome, "on": on.isoformat()}
        if outcome == "ineligible":
            body |= {"reason_code": "not_in_target_group", "reason_group": "authority"}
        await self._step("caseworker", "eligibility", body)

    async def decide(self, *, on: date, quote_id: str | None) -> None:
        """A case officer, who did not prepare the file, grants on a calculation or refuses."""
        body: dict[str, Any] = {
            "outcome": "approved" if quote_id else "refused",
            "decided_on": on.isoformat(),
        }
        body |= {"quote_id": quote_id} if quote_id else {"reason_code": "other_help", "reason_group": "authority"}
        await self._step("case_officer", "decision", body)

    async def prepare(self, *, on: date) -> None:
        """Preparations start as soon as reintegration has answered that the money is reserved."""
        body = {"partner_id": self.cast.partner_id, "on": on.isoformat()}
        self.case = await self.cast.desks["caseworker"].do(
            f"{self.path}/pre-departure", body, of=self.path, waits_for=("funding",)
        )

    async def book(self, *, travel_on: date, transit: Sequence[str] = ()) -> None:
        """The journey is booked."""
        await self._step("caseworker", "itinerary", {"travel_on": travel_on.isoformat(), "transit": list(transit)})

    async def papers(self, *, travel_on: date, kind: str = "passport") -> None:
        """Everybody has a paper to travel with."""
        for person in self.travelling:
            body = {
                "person_ref": person["person_ref"],
                "kind": kind,
                "issuer": person["reporting_citizenship"],
                "valid_until": (travel_on + timedelta(days=700)).isoformat(),
            }
            await self._step("caseworker", "travel-documents", body)

    async def make_ready(self, *, on: date) -> None:
        """Every gate is checked once more."""
        await self._step("caseworker", "readiness", {"on": on.isoformat()})

    async def depart(self, *, on: date, without: Sequence[dict[str, Any]] = ()) -> None:
        """The list at the gate; whoever stays behind gets a file of their own."""
        behind = [person["person_ref"] for person in without]
        boarded = [person["person_ref"] for person in self.travelling if person["person_ref"] not in behind]
        body = {
            "boarded": boarded,
            "not_boarded": [{"person_ref": reference} for reference in behind],
            "on": on.isoformat(),
        }
        await self._step("travel_officer", "departure", body)

    async def arrive(self, *, on: date, evidence: str = "partner_met") -> None:
        """The partner confirms the arrival by hand."""
        await self._step("reintegration_partner", "arrival", {"arrived_on": on.isoformat(), "evidence": evidence})

    async def hand_over(self, *, on: date) -> None:
        """Reception, or that none was needed."""
        await self._step("caseworker", "handover", {"received": True, "on": on.isoformat()})

    async def close(self, *, on: date) -> None:
        """The file is done."""
        await self._step("caseworker", "closure", {"on": on.isoformat()})

    async def withdraw(self, *, on: date) -> None:
        """They changed their mind; nobody asks why."""
        await self._step("caseworker", "withdrawal", {"declared_on": on.isoformat()})

    async def nobody_boarded(self, *, on: date) -> None:
        """Nobody came to the gate."""
        await self._step("travel_officer", "did-not-board", {"on": on.isoformat()})

    async def refresh(self) -> dict[str, Any]:
        """The case as it is now, as the caseworker sees it."""
        self.case = await self.cast.desks["caseworker"].read(self.path)
        return self.case


def _person(traveller: Traveller) -> dict[str, Any]:
    return {
        "relation": traveller.relation,
        "sex": traveller.sex,
        "identity": {"family_name": traveller.family_name, "given_names": traveller.given_names},
        "born_on": traveller.born_on.isoformat(),
        "citizenships": [{"code": traveller.citizenship, "evidence": "passport", "chosen": True}],
    }

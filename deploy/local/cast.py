"""Who takes part in the demo: every role with its own token, and the ids everybody refers to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deploy.local.client import Desk, Lines
from deploy.local.stand_in_agency import StandIn
from shared.auth.local_issuer import LocalIssuer

OFFICE, AUTHORITY = "ZRH", "SEM"


@dataclass
class Cast:
    """The people at their desks and the organisations they work with."""

    lines: Lines
    issuer: LocalIssuer
    partnership_id: str = ""
    component_id: str = ""
    clause_id: str = ""
    programme_id: str = ""
    consulate_id: str = ""
    partner_id: str = ""
    case_id: str = ""
    office: str = OFFICE
    authority: str = AUTHORITY
    desks: dict[str, Desk] = field(default_factory=dict)
    consulate: StandIn | None = None
    partner: StandIn | None = None

    def seat(self, name: str, *roles: str, subject: str, **scope: Any) -> Desk:
        """Somebody takes their desk."""
        self.desks[name] = Desk(self.lines, self.issuer, *roles, subject=subject, **scope)
        return self.desks[name]

    def seat_administration(self) -> None:
        """Those who set up the programme before anybody applies."""
        self.seat("administrator", "administrator", subject="r.frei")

    def seat_everybody(self) -> None:
        """Those who work on cases; their scopes name the programme and the partner, which must exist."""
        programme = [self.programme_id]
        self.seat("caseworker", "caseworker", subject="a.keller", offices=[OFFICE])
        self.seat("office_lead", "office_lead", subject="b.huber", offices=[OFFICE])
        self.seat("case_officer", "case_officer", subject="c.meier", authority_id=AUTHORITY)
        self.seat("second_case_officer", "case_officer", subject="d.favre", authority_id=AUTHORITY)
        self.seat("travel_officer", "travel_officer", subject="e.baumann", offices=[OFFICE], authority_id=AUTHORITY)
        self.seat("finance_officer", "finance_officer", subject="f.weber", programmes=programme)
        self.seat("second_finance_officer", "finance_officer", subject="g.bianchi", programmes=programme)
        self.seat("programme_manager", "programme_manager", subject="h.schmid", programmes=programme)
        self.seat("second_programme_manager", "programme_manager", subject="i.rochat", programmes=programme)
        self.seat("reintegration_partner", "reintegration_partner", subject="k.lomidze", partner_id=self.partner_id)
        self.seat("partner_agency", "partner_agency", subject="consulate-clerk", agency_id=self.consulate_id)
        self.seat("auditor", "auditor", subject="l.moser")
        self.seat_delegates()

    def seat_delegates(self) -> None:
        """One delegate for each side of the partnership; neither speaks for the other."""
        where = self.partnership_id
        self.seat("partnership_delegate", "partnership_delegate", subject="m.rossi", side="host", partnership_id=where)
        self.seat("partner_delegate", "partnership_delegate", subject="t.beridze", side="partner", partnership_id=where)

    def playing(self, name: str) -> StandIn:
        """The stand-in consulate or partner."""
        member = self.consulate if name == "consulate" else self.partner
        if member is None:
            raise RuntimeError("the stand-in agencies are not open")
        return member

    def everybody(self) -> dict[str, Desk]:
        """One desk per role, for whoever wants to try."""
        roles = dict.fromkeys(desk.roles[0] for desk in self.desks.values())
        first = {desk.roles[0]: desk for desk in reversed(self.desks.values())}
        return {role: self.desks.get(role, first[role]) for role in roles}

    def using(self, lines: Lines) -> Cast:
        """The same people with other connections."""
        other = Cast(**{**self.__dict__, "lines": lines, "desks": {}})
        other.seat_administration()
        other.seat_everybody()
        return other

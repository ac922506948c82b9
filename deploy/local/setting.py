"""What must be there before a family can apply: partnership, rules, recipients, endpoints, budget."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.local import programmes
from deploy.local.cast import AUTHORITY, OFFICE, Cast
from deploy.local.certifying import certify
from deploy.local.disclosing import answer_package, record_bases
from deploy.local.narration import Narrator
from deploy.local.partnerships import ROOT, make_partnerships, sample
from deploy.local.stand_in_agency import StandIn, StandInAgencies
from deploy.local.state import LocalState
from deploy.local.stories import SEASON_DAYS

OWN_PROGRAMME = "che-return-assistance"
REMEMBERED = "setting"
KEPT = ("partnership_id", "component_id", "clause_id", "programme_id", "consulate_id", "partner_id")
PARTNER_EVENTS = ["itinerary.confirmed", "itinerary.changed", "departed", "payment.settled", "request.ended"]
PARTNER_EVENTS += ["measure.ordered", "plan.deadline-near"]
CONSULATE_EVENTS = ["request.package-ready", "request.ended"]


async def make_setting(cast: Cast, agencies: StandInAgencies, state: LocalState, narrator: Narrator) -> None:
    """Set everything up on the first start; later starts find it and only open the endpoints' doors again."""
    cast.seat_administration()
    known = state.remembered(REMEMBERED)
    if not known:
        narrator.act("1. A partnership, its rules and those who take part")
        await make_partnerships(cast, narrator)
        await _recipients(cast, agencies, narrator)
        await _programme(cast, narrator)
        known = {name: getattr(cast, name) for name in KEPT}
    for name in KEPT:
        setattr(cast, name, known[name])
    cast.seat_everybody()
    if "bases" not in known:
        await record_bases(cast, narrator)
        known["bases"] = "recorded"
        state.remember(REMEMBERED, known)
    if "endpoints" in known:
        narrator.act("1. The partnership and the programme of the earlier start are still there")
        _open_doors(cast, agencies, known["endpoints"])
        return
    endpoints = await _endpoints(cast, agencies, narrator)
    known["endpoints"] = {name: endpoint["public_key"] for name, endpoint in endpoints.items()}
    members = _open_doors(cast, agencies, known["endpoints"])
    receivers = {endpoints[name]["id"]: member for name, member in members.items()}
    await certify(cast.desks["administrator"], receivers, narrator)
    await _budgets(cast, narrator)
    state.remember(REMEMBERED, known)


def _open_doors(cast: Cast, agencies: StandInAgencies, public_keys: dict[str, str]) -> dict[str, StandIn]:
    cast.consulate = open_consulate(cast, agencies, public_keys["consulate"])
    cast.partner = open_partner(cast, agencies, public_keys["partner"])
    return {"consulate": cast.consulate, "partner": cast.partner}


async def _recipients(cast: Cast, agencies: StandInAgencies, narrator: Narrator) -> None:
    desk = cast.desks["administrator"]
    with narrator.step("administrator", "enters the counselling office and the deciding authority"):
        office = {"kind": "counselling", "name": "Return counselling Zurich", "outward_name": "Advice office"}
        authority = {
            "kind": "authority",
            "name": "State Secretariat for Migration",
            "outward_name": "Programme office",
        }
        for code, body in ((OFFICE, office), (AUTHORITY, authority)):
            await desk.do(f"{ROOT}/offices", {"code": code, "country": "CHE", **body})
    with narrator.step("administrator", "enrols a consulate and a reintegration partner with their keys"):
        consulate = {
            "kind": "consulate",
            "name": "Stand-in consulate",
            "country": "GEO",
            "roles": ["identity_verification", "travel_documents"],
            "message_keys": [str(agencies.key("consulate").public)],
            "answers_by_form": True,
        }
        cast.consulate_id = (await desk.do(f"{ROOT}/agencies", consulate))["id"]
        key = {"use": "encryption", "algorithm": "X25519", "public_key": agencies.encryption_key("consulate")["x"]}
        await desk.do(f"{ROOT}/recipients/{cast.consulate_id}/keys", key)
        partner = {
            "kind": "contracted_partner",
            "name": "Stand-in reintegration partner",
            "country": "GEO",
            "countries": [entry["country"] for entry in sample("partnerships")["partnerships"]],
            "roles": ["reintegration_coordination"],
            "message_keys": [str(agencies.key("partner").public)],
        }
        cast.partner_id = (await desk.do(f"{ROOT}/partners", partner))["id"]


async def _programme(cast: Cast, narrator: Narrator) -> None:
    destinations = [entry["country"] for entry in sample("partnerships")["partnerships"]]
    author = cast.seat("author_of_rules", "programme_manager", subject="n.egli")
    second = cast.seat("publisher_of_rules", "programme_manager", subject="o.dubois")
    source = programmes.shipped(OWN_PROGRAMME)["source_short"]
    with narrator.step("programme manager", f"sets up the programme and drafts its rule table after {source}"):
        belongs = {"partnership_id": cast.partnership_id, "component_id": cast.component_id}
        kinds = ["avrr", "avr_transport_only", "humanitarian_return"]
        drafted = await programmes.draft(
            author.do, OWN_PROGRAMME, destinations=destinations, case_kinds=kinds, **belongs
        )
        cast.programme_id = drafted.programme_id
    with narrator.step("a second programme manager", "publishes it: nobody publishes their own rules"):
        await second.do(drafted.publication)
    others = [name for name in programmes.names() if name != OWN_PROGRAMME]
    with narrator.step("two programme managers", f"draft and publish {len(others)} tables of other host countries"):
        for name in others:
            first = programmes.shipped(name)["valid_from"] or season_begins()
            drafted = await programmes.draft(author.do, name, destinations=destinations, valid_from=first)
            await second.do(drafted.publication)


def season_begins() -> str:
    """The first day of the demo, from which tables hold whose source gives no day."""
    return date.fromordinal(date.today().toordinal() - SEASON_DAYS).isoformat()  # noqa: DTZ011 - see _budgets


async def _endpoints(cast: Cast, agencies: StandInAgencies, narrator: Narrator) -> dict[str, Any]:
    desk = cast.desks["administrator"]
    owners = {
        "consulate": (cast.consulate_id, CONSULATE_EVENTS),
        "partner": (cast.partner_id, PARTNER_EVENTS),
    }
    made = {}
    with narrator.step("administrator", "registers their webhook endpoints; types by the disclosure matrix only"):
        for name, (owner, types) in owners.items():
            body = {"owner_id": owner, "url": agencies.address(name), "event_types": types}
            made[name] = await desk.do(f"{ROOT}/webhook-endpoints", body)
    return made


async def _budgets(cast: Cast, narrator: Narrator) -> None:
    today = date.today()  # noqa: DTZ011 - the years of the season that ends today
    years = range(date.fromordinal(today.toordinal() - SEASON_DAYS).year, today.year + 1)
    desk = cast.desks["programme_manager"]
    for year in years:
        with narrator.step("programme manager", f"opens the budget of {year}: 20 million francs"):
            body = {
                "grant_code": f"CHE-{year}",
                "component": "voluntary_return",
                "year": year,
                "appropriation": {"amount_minor": 2_000_000_000, "currency": "CHF"},
                "programme_ids": [cast.programme_id],
                "on": f"{year}-01-01",
            }
            await desk.do("/reintegration/v1/budgets", body)


def open_consulate(cast: Cast, agencies: StandInAgencies, public_key: str) -> StandIn:
    """The consulate takes webhooks from now on."""
    keys = [public_key]
    member = agencies.open("consulate", role="partner_agency", public_keys=keys, agency_id=cast.consulate_id)
    member.on("request.package-ready", answer_package)
    return member


def open_partner(cast: Cast, agencies: StandInAgencies, public_key: str) -> StandIn:
    """The reintegration partner takes webhooks from now on."""
    keys = [public_key]
    return agencies.open("partner", role="reintegration_partner", public_keys=keys, partner_id=cast.partner_id)

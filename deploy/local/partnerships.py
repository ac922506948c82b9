"""The partnerships of the demo: those that Switzerland has concluded, and a first exchange between two delegates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from deploy.local.cast import Cast
from deploy.local.client import Desk
from deploy.local.narration import Narrator

SAMPLE = Path(__file__).parent / "sample"
ROOT = "/registry/v1"
LADDER = ("negotiating", "signed", "in_force")
HOME = "GEO"
PAPER = "The source of the partnership's entry"
"""Where the agreement of both sides to a component of the sample is read."""


def sample(name: str) -> Any:
    """A file of public facts."""
    return json.loads((SAMPLE / f"{name}.json").read_text(encoding="utf-8"))


async def make_partnerships(cast: Cast, narrator: Narrator) -> None:
    """Enter the partnerships, propose every component to one country, and let its clauses and delegates in."""
    desk = cast.desks["administrator"]
    facts = sample("partnerships")
    with narrator.step("administrator", f"enters {len(facts['partnerships'])} migration partnerships"):
        for entry in facts["partnerships"]:
            made = await enter_swiss(desk, facts, entry)
            if entry["country"] == HOME:
                cast.partnership_id = made
            else:
                await enter_components(desk, made, facts["usual_components"], on=entry["signed_on"])
    components = sample("components")["components"]
    with narrator.step("administrator", f"enters {len(components)} components with Georgia, each by itself"):
        codes = [component["code"] for component in components]
        parts = await enter_components(desk, cast.partnership_id, codes)
    cast.component_id = parts["voluntary_return"]
    await _move(desk, f"{ROOT}/components/{cast.component_id}", ("agreed", "in_force"), on="2022-06-01")
    with narrator.step("two people", "draft and publish the clauses that let the consulate be asked and start clocks"):
        await _agreement(cast, desk)
    entries = sample("european-partnerships")["entries"]
    with narrator.step("administrator", f"enters {len(entries)} frameworks, projects and partnerships of Europe"):
        for entry in entries:
            await enter_european(desk, entry)
    cast.seat_delegates()
    await _exchange(cast, narrator)
    await _legal_way(cast, narrator, parts["legal_channels"])


class Enters(Protocol):
    """Somebody who sends commands; `of` is the resource that they change."""

    async def do(self, path: str, body: Mapping[str, Any] | None = None, *, of: str | None = None) -> Any:
        """A command and its answer."""
        ...


async def enter_swiss(desk: Enters, facts: dict[str, Any], entry: dict[str, Any]) -> str:
    """One of the Swiss partnerships, in force since its signature; its id."""
    body = {
        "title": f"Switzerland and {entry['country']}",
        "legal_form": facts["legal_form"],
        "parties": [
            {"code": facts["host"], "kind": "country", "roles": ["destination"]},
            {"code": entry["country"], "kind": "country", "roles": ["origin", "transit"]},
        ],
        "source": facts["sources"][entry.get("source", 0)],
    }
    made = await desk.do(f"{ROOT}/partnerships", body)
    path = f"{ROOT}/partnerships/{made['id']}"
    for status in LADDER:
        move = {"status": status, "on": entry["signed_on"], "precision": entry["precision"]}
        await desk.do(f"{path}/transitions", move, of=path)
    return str(made["id"])


async def enter_components(
    desk: Enters, partnership_id: str, codes: list[str], *, on: str | None = None
) -> dict[str, str]:
    """Components of a partnership, agreed on a day or only proposed; their ids by code."""
    found = {}
    for code in codes:
        made = await desk.do(f"{ROOT}/partnerships/{partnership_id}/components", {"component_type": code})
        found[code] = str(made["id"])
        if on is not None:
            await _move(desk, f"{ROOT}/components/{made['id']}", ("agreed",), on=on)
    return found


async def enter_european(desk: Enters, entry: dict[str, Any]) -> str:
    """One of the European entries with its components and what was done under them; its id."""
    wanted = {name: entry[name] for name in ("title", "legal_form", "parties", "source")}
    made = await desk.do(f"{ROOT}/partnerships", wanted)
    path, day = f"{ROOT}/partnerships/{made['id']}", f"{entry['year']}-01-01"
    for status in entry["steps"]:
        await desk.do(f"{path}/transitions", {"status": status, "on": day, "precision": "year"}, of=path)
    for component in entry["components"]:
        body = {"component_type": component["code"], "title": component["named"]}
        part = await desk.do(f"{path}/components", body)
        if entry.get("agreed", True):
            await _move(desk, f"{ROOT}/components/{part['id']}", ("agreed",), on=day)
        for activity in component.get("activities", ()):
            await desk.do(f"{ROOT}/components/{part['id']}/activities", activity)
    return str(made["id"])


async def _move(desk: Enters, path: str, ladder: tuple[str, ...], *, on: str) -> None:
    for status in ladder:
        paper = {"source": PAPER} if status == "agreed" else {}
        await desk.do(f"{path}/transitions", {"status": status, "on": on, **paper}, of=path)


async def _agreement(cast: Cast, desk: Desk) -> None:
    clause = {
        "code": "identity_verification",
        "reply_days": 25,
        "document_types": ["laissez_passer"],
        "data_clause": True,
        "recipient_kinds": ["consulate"],
    }
    body = {
        "partnership_id": cast.partnership_id,
        "valid_from": "2022-06-01",
        "source": "Invented for the demo, after the usual form of readmission clauses",
        "clauses": [clause, {"code": "dialogue_question", "reply_days": 30}],
    }
    made = await desk.do(f"{ROOT}/agreements", body)
    second = cast.seat("publisher_of_agreements", "administrator", subject="p.amsler")
    await second.do(f"{ROOT}/agreements/{made['id']}/publication")
    cast.clause_id = str(made["clauses"][0]["clause_id"])


async def _legal_way(cast: Cast, narrator: Narrator, component_id: str) -> None:
    desk, host = cast.desks["administrator"], cast.desks["partnership_delegate"]
    with narrator.step("Switzerland's delegate", "reports a legal way that counsellors can show (invented)"):
        await _move(desk, f"{ROOT}/components/{component_id}", ("agreed", "in_force"), on="2022-06-01")
        facts = {
            "activity_type": "legal_channel",
            "offer": "young_professional",
            "destination": "CHE",
            "for_nationals": [HOME],
            "offered_by": "State Secretariat for Migration",
            "apply_at": "The office for exchanges in the country of origin",
            "open_from": "2022-06-01",
            "open_until": "2030-12-31",
            "places": 150,
            "conditions": "Finished training and a contract for at most 18 months.",
        }
        report = {"title": "Exchange of young professionals", "lead": "State Secretariat for Migration", "facts": facts}
        await host.do(f"{ROOT}/components/{component_id}/activities", {**report, "source": "Invented for the demo"})


async def _exchange(cast: Cast, narrator: Narrator) -> None:
    host, partner = cast.desks["partnership_delegate"], cast.desks["partner_delegate"]
    here = f"{ROOT}/partnerships/{cast.partnership_id}"
    with narrator.step("Georgia's delegate", "states an interest and releases it to the Swiss side (invented)"):
        words = "Families live on remittances: transfer costs come before readmission."
        body = {"statement": words, "priority": "high", "component_type": "remittances"}
        interest = await partner.do(f"{here}/interests", body)
        await partner.do(f"{ROOT}/interests/{interest['id']}/release")
    with narrator.step("both delegates", "agree on a commitment of Switzerland and a counter-commitment (invented)"):
        body = {"indicator": "average cost of sending 200 francs", "owner_side": "host", "due_on": "2030-12-31"}
        first = await partner.do(f"{here}/commitments", {"title": "Transfers cost less than 5 per cent", **body})
        body = {"indicator": "replies within the agreed days", "owner_side": "partner", "due_on": "2030-12-31"}
        answer = {"title": "Identity requests answered in time", "counter_to": first["id"], **body}
        second = await host.do(f"{here}/commitments", answer)
        await host.do(f"{ROOT}/commitments/{first['id']}/agreement")
        await partner.do(f"{ROOT}/commitments/{second['id']}/agreement")

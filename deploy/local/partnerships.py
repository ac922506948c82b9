"""The partnerships of the demo: those that Switzerland has concluded, and a first exchange between two delegates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from deploy.local.cast import Cast
from deploy.local.client import Desk
from deploy.local.narration import Narrator

SAMPLE = Path(__file__).parent / "sample"
ROOT = "/registry/v1"
LADDER = ("negotiating", "signed", "in_force")
HOME = "GEO"


def sample(name: str) -> Any:
    """A file of public facts."""
    return json.loads((SAMPLE / f"{name}.json").read_text(encoding="utf-8"))


async def make_partnerships(cast: Cast, narrator: Narrator) -> None:
    """Enter the partnerships, propose every component to one country, and let its clauses and delegates in."""
    desk = cast.desks["administrator"]
    facts = sample("partnerships")
    with narrator.step("administrator", f"enters {len(facts['partnerships'])} migration partnerships"):
        for entry in facts["partnerships"]:
            made = await _partnership(desk, facts, entry)
            if entry["country"] == HOME:
                cast.partnership_id = made
    components = sample("components")["components"]
    with narrator.step("administrator", f"enters {len(components)} components with Georgia, each by itself"):
        for component in components:
            path = f"{ROOT}/partnerships/{cast.partnership_id}/components"
            made = await desk.do(path, {"component_type": component["code"]})
            if component["code"] == "voluntary_return":
                cast.component_id = made["id"]
    await _move(desk, f"{ROOT}/components/{cast.component_id}", ("agreed", "in_force"), on="2022-06-01")
    with narrator.step("administrator", "publishes the clauses that let the consulate be asked and start clocks"):
        await _agreement(cast, desk)
    cast.seat_delegates()
    await _exchange(cast, narrator)


async def _partnership(desk: Desk, facts: dict[str, Any], entry: dict[str, Any]) -> str:
    body = {
        "title": f"Switzerland and {entry['country']}",
        "legal_form": facts["legal_form"],
        "parties": [
            {"code": facts["host"], "kind": "country", "roles": ["destination"]},
            {"code": entry["country"], "kind": "country", "roles": ["origin", "transit"]},
        ],
        "source": facts["sources"][0],
    }
    made = await desk.do(f"{ROOT}/partnerships", body)
    path = f"{ROOT}/partnerships/{made['id']}"
    for status in LADDER:
        move = {"status": status, "on": entry["signed_on"], "precision": entry["precision"]}
        await desk.do(f"{path}/transitions", move, of=path)
    return str(made["id"])


async def _move(desk: Desk, path: str, ladder: tuple[str, ...], *, on: str) -> None:
    for status in ladder:
        await desk.do(f"{path}/transitions", {"status": status, "on": on}, of=path)


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
    cast.clause_id = str(made["clauses"][0]["clause_id"])


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

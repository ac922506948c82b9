"""Every real partnership and every component loads through the API and comes back as it was written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from deploy.local.partnerships import HOME, ROOT, enter_components, enter_european, enter_swiss, sample
from services.registry.domain.code_lists import COMPONENT_TYPES
from shared.testing.plugin import Run

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Clerk:
    """Sends commands to a service in process."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def do(self, path: str, body: Mapping[str, Any] | None = None, *, of: str | None = None) -> Any:
        answer = await self.client.post(path, json=dict(body or {}))
        assert answer.status_code in (200, 201), (path, body, answer.text)
        return answer.json()

    async def read(self, path: str) -> Any:
        answer = await self.client.get(f"{ROOT}/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def test_the_eight_swiss_partnerships(running: Run) -> None:
    clerk, facts = Clerk((await running("registry")).client("administrator")), sample("partnerships")
    assert len(facts["partnerships"]) == 8
    everything = [component["code"] for component in sample("components")["components"]]
    assert len(everything) == len(set(everything)) >= 22
    for entry in facts["partnerships"]:
        made = await enter_swiss(clerk, facts, entry)
        codes = everything if entry["country"] == HOME else facts["usual_components"]
        await enter_components(clerk, made, codes, on=entry["signed_on"])
        shown = await clerk.read(f"partnerships/{made}")
        assert (shown["signed_on"], shown["signed_precision"]) == (entry["signed_on"], entry["precision"])
        assert (shown["status"], shown["legal_form"]) == ("in_force", "memorandum")
        assert shown["source"] == facts["sources"][entry.get("source", 0)]
        sides = {party["code"]: (party["side"], party["roles"]) for party in shown["parties"]}
        assert sides == {"CHE": ("host", ["destination"]), entry["country"]: ("partner", ["origin", "transit"])}
        parts = (await clerk.read(f"partnerships/{made}/components?limit=200"))["items"]
        assert [part["component_type"] for part in parts] == codes
        assert {part["status"] for part in parts} == {"agreed"}
    listed = await clerk.read("partnerships?party=TUN&status=in_force")
    assert [entry["title"] for entry in listed["items"]] == ["Switzerland and TUN"]


async def test_tampere_hague_projects_and_mobility_partnerships(running: Run) -> None:
    clerk, entries = (
        Clerk((await running("registry")).client("administrator")),
        sample("european-partnerships")["entries"],
    )
    for entry in entries:
        made = await enter_european(clerk, entry)
        shown = await clerk.read(f"partnerships/{made}")
        assert {name: shown[name] for name in ("title", "legal_form", "source")} == {
            name: entry[name] for name in ("title", "legal_form", "source")
        }
        stated = [{name: party[name] for name in ("code", "kind", "roles")} for party in shown["parties"]]
        assert stated == entry["parties"]
        signed = entry["legal_form"] == "joint_declaration"
        day, precision = (f"{entry['year']}-01-01", "year") if signed else (None, None)
        assert (shown["status"], shown["signed_on"], shown["signed_precision"]) == (
            "signed" if signed else "exploratory", day, precision,
        )  # fmt: skip
        parts = (await clerk.read(f"partnerships/{made}/components?limit=200"))["items"]
        assert [(part["component_type"], part["title"]) for part in parts] == [
            (component["code"], component["named"]) for component in entry["components"]
        ]
        assert {part["status"] for part in parts} == {"agreed" if entry.get("agreed", True) else "proposed"}
        done = (await clerk.read(f"partnerships/{made}/activities"))["items"]
        wanted = [activity for component in entry["components"] for activity in component.get("activities", ())]
        assert len(done) == len(wanted)
        for activity, written in zip(done, wanted, strict=True):
            kept = {name: activity[name] for name in written if name != "facts"}
            assert kept == {name: value for name, value in written.items() if name != "facts"}
            assert {name: activity["facts"][name] for name in written["facts"]} == written["facts"]
    years = {(entry["parties"][1]["code"], entry["year"]) for entry in entries}
    assert {("MDA", 2008), ("CPV", 2008), ("GEO", 2009), ("ARM", 2011), ("MAR", 2013), ("AZE", 2013)} <= years
    assert {("TUN", 2014), ("JOR", 2014), ("BLR", 2016), ("KAZ", 2007), ("MAR", 2007)} <= years
    assert {("SOUTH_EASTERN_EUROPE", 2007), ("WESTERN_BALKANS", 2007)} <= years


async def test_the_sample_names_every_component_there_is() -> None:
    paper = {component["code"] for component in sample("components")["components"]}
    europe = {part["code"] for entry in sample("european-partnerships")["entries"] for part in entry["components"]}
    assert paper | europe | set(sample("partnerships")["usual_components"]) == set(COMPONENT_TYPES)

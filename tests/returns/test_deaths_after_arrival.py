"""Somebody dies after the arrival: what speaks of them or to them ends, what the others rely on stays."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.plugin import Run
from tests.returns.story import PARTNER, person
from tests.returns.test_card import issued, looked
from tests.returns.test_disclosures import Packages

pytestmark = pytest.mark.asyncio(loop_scope="session")
COUPLE = [person("main_applicant"), person("partner", sex=1), person("child")]

RUNNING = "SELECT clock, subject FROM case_deadline WHERE ended_on IS NULL ORDER BY id"


async def there(running: Run) -> tuple[Packages, dict[str, Any]]:
    """A couple with a child that has arrived; a package about all three was approved for their partner."""
    told = Packages(await running("returns"))
    await told.world()
    await told.arrived(COUPLE)
    about = {"recipient_id": PARTNER, "purpose": "reintegration", "clause_id": None, "source": "Contract"}
    await told.basis(**about, basis_type="processing_contract", instrument="Contract", article="2")
    grounds = {"basis_type": "processing_contract", "basis_instrument": "Contract", "fields": ["family_name"]}
    package = await told.package(recipient_id=PARTNER, purpose="reintegration", clause_id=None, **grounds)
    answer = await told.approve(package)
    assert answer.status_code == 200, answer.text
    return told, package


async def died(told: Packages, ref: str) -> None:
    fact = {"case_id": told.id, "person_ref": ref, "on": told.today.isoformat()}
    for _ in range(2):
        await told.service.receive("reintegration.person.deceased.v1", fact, key=told.id)
    await told.refresh()


async def named_in(told: Packages, package: dict[str, Any]) -> list[str] | int:
    """Whom the partner reads of, or what it hears instead."""
    client = told.service.client("reintegration_partner", partner_id=PARTNER)
    answer = await client.get(f"/returns/v1/agency-disclosures/{package['id']}")
    return [entry["person_ref"] for entry in answer.json()["persons"]] if answer.is_success else answer.status_code


async def kinds(told: Packages, role: str) -> list[str]:
    rows = await told.service.fetch("SELECT kind FROM notification WHERE role = $1 ORDER BY id", role)
    return [row["kind"] for row in rows]


async def test_of_who_died_nothing_leaves_any_more_and_the_others_speak_for_the_child(running: Run) -> None:
    told, package = await there(running)
    first, second, child = told.refs()
    card = await issued(told, first)
    clocks = await told.service.fetch(RUNNING)
    assert await named_in(told, package) == [first, second, child]
    await died(told, first)
    assert await named_in(told, package) == [second, child]
    (recalled,) = await told.service.published("returns.disclosure.recalled.v1")
    assert recalled.data["person_refs"] == [first]
    assert (await looked(told, card["code"])).status_code == 404
    states = [entry["travel_status"] for entry in told.case["persons"]]
    assert (told.case["state"], states) == ("ARRIVED", ["ARRIVED"] * 3), "the return has happened"
    assert clocks == await told.service.fetch(RUNNING), "the family is still waited for"
    assert await told.service.published("returns.person.deceased.v1") == []
    lines = await told.service.fetch("SELECT 1 FROM case_history WHERE action = 'person-deceased'")
    assert (len(lines), (await kinds(told, "caseworker")).count("person.deceased")) == (1, 1)


async def test_a_child_whose_last_adult_died_is_brought_before_those_who_protect_it(running: Run) -> None:
    told, package = await there(running)
    first, second, _child = told.refs()
    await died(told, first)
    assert "child.without-adult" not in await kinds(told, "protection_officer")
    await died(told, second)
    assert (await kinds(told, "protection_officer")).count("child.without-adult") == 2
    assert await named_in(told, package) == 410


async def test_it_finds_the_person_on_whichever_file_and_nobody_unknown(running: Run) -> None:
    told = Packages(await running("returns"))
    await told.world()
    await told.ready(COUPLE)
    first, _second, _child = told.refs()
    await died(told, "person_of_nobody")
    await died(told, first)
    (fact,) = await told.service.published("returns.person.deceased.v1")
    assert (fact.data["person_ref"], told.case["state"]) == (first, "PRE_DEPARTURE"), "nobody has left yet"


async def test_who_was_taken_for_dead_is_there_again_and_is_asked_anew(running: Run) -> None:
    told, package = await there(running)
    first, second, _child = told.refs()
    await died(told, first)
    fact = {"case_id": told.id, "person_ref": first, "on": told.today.isoformat()}
    for _ in range(2):
        await told.service.receive("reintegration.person.death-corrected.v1", fact, key=told.id)
    await told.service.receive("reintegration.person.death-corrected.v1", {**fact, "person_ref": second}, key=told.id)
    assert (await kinds(told, "caseworker")).count("person.death-corrected") == 1
    assert await named_in(told, package) == [second], "the child has two adults again, and one has not agreed"
    ended = await told.service.published("returns.consent.withdrawn.v1")
    assert {event.data["person_ref"] for event in ended} == {first}
    assert (await issued(told, first))["code"]

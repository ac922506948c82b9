"""After an erasure nothing of the person is left in any of the four databases, neither in the open nor under any key."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.reintegration.persistence.payments import INVOICE_PAYEE
from shared.protection.vault import SealBroken, Sealed
from shared.testing.running import RunningService
from shared.testing.world import World
from tests.journeys.test_family import FamilyStory, House, budget
from tests.registry.receiver import receiver
from tests.returns.story import FAMILY

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
HERS = (
    "Ulyssandra",
    "Ypsilonova",
    "1991-11-23",
    "+995555777888",
    "Rosengasse",
    "QCANARY91",
    "Schreckmoment",
    "XK99IBAN",
    "XK88FORMER",
)
HIS = "Bartholomeus"
COLUMNS = (
    "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
    " JOIN information_schema.tables t USING (table_schema, table_name) WHERE c.table_schema = 'public'"
    " AND t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'date', 'bytea')"
)


async def held(service: RunningService) -> AsyncIterator[tuple[str, str]]:
    """All that can be read in a database by whoever has it and every key of the service: place and text."""
    vault, seals = service.runtime.vault, service.runtime.service.service_seals
    rows = await service.fetch("SELECT person_id, wrapped_key FROM person_key WHERE wrapped_key IS NOT NULL")
    keys = [(row["person_id"], vault.unwrap(row["person_id"], bytes(row["wrapped_key"]))) for row in rows]
    for column in await service.fetch(COLUMNS):
        table, name = column["table_name"], column["column_name"]
        plain = column["data_type"] != "bytea"
        values = await service.fetch(f'SELECT DISTINCT "{name}"{"::text" if plain else ""} AS value FROM "{table}"')
        for value in (row["value"] for row in values if row["value"] is not None):
            place = f"{service.runtime.service.name}.{table}.{name}"
            if plain:
                yield place, value
                continue
            yield place, bytes(value).decode("utf-8", "ignore")
            if (text := _under_a_key(vault, keys, table, name, bytes(value))) is not None:
                yield f"{place} under a person's key", text
            for seal in seals:
                if (
                    text := _opened(lambda seal=seal, value=value: vault.open_service(seal.purpose, bytes(value)))
                ) is not None:
                    yield f"{place} under the service's key", text


def _under_a_key(vault: Any, keys: list[Any], table: str, name: str, value: bytes) -> str | None:
    """A value is under one key, in a column that may be named with a mark or without."""
    for column_name in {name, name.removeprefix("sealed_"), name.removesuffix("_sealed")}:
        for person_id, key in keys:
            sealed = Sealed(person_id, table, column_name, value)
            text = _opened(lambda sealed=sealed, key=key: vault.open_with(key, sealed))
            if text is not None:
                return text
    return None


def _opened(do: Any) -> str | None:
    try:
        return bytes(do()).decode("utf-8", "ignore")
    except SealBroken:
        return None


async def heard(world: World, markers: tuple[str, ...], *only: RunningService) -> set[tuple[str, str]]:
    """Which of these are held where, in all four databases or these only."""
    services = only or (world.registry, world.returns, world.reintegration, world.reporting)
    return {
        (marker, place)
        for service in services
        async for place, text in held(service)
        for marker in markers
        if marker.lower() in text.lower()
    }


async def planted(world: World, house: House) -> FamilyStory:
    """A couple, granted help; what is said of her goes everywhere something can be said of a person."""
    story = FamilyStory(house)
    FAMILY[0]["identity"].update(
        family_name=HERS[1], given_names=HERS[0], phone=HERS[3], last_address_in_origin=HERS[4]
    )
    FAMILY[0]["born_on"] = HERS[2]
    FAMILY[1]["identity"].update(given_names=HIS)
    await story.open_for_real()
    await story.granted()
    ref = story.refs()[0]
    paper = {"person_ref": ref, "kind": "passport", "issuer": "GEO", "number": HERS[5], "valid_until": "2031-01-01"}
    await story.post("travel-documents", paper, expect=201)
    told = {"person_ref": ref, "kind": "extortion", "heard_from": "person", "account": f"Ein {HERS[6]} am Tor"}
    await story.post("incidents", told, expect=201)
    desk = world.reintegration.client("caseworker", offices=["ZRH"])
    lines = (await desk.get(f"/reintegration/v1/assistance-lines?case_id={story.id}")).json()["items"]
    line = next(one for one in lines if one["person_ref"] == ref)
    payee = {"name": f"{HERS[0]} {HERS[1]}", "method": "bank_transfer", "account": HERS[7]}
    body = {"line_id": line["line_id"], "amount": line["amount"], "payee_kind": "beneficiary", "evidence_ref": "C-1"}
    await house.made(desk, "/reintegration/v1/payments", {**body, "payee": payee})
    await of_earlier(world.reintegration, {**payee, "account": HERS[8]})
    return story


async def of_earlier(service: RunningService, payee: dict[str, str]) -> None:
    """A second grant as releases before kept it when nobody was known yet: under the service's own key."""
    sealed = service.runtime.vault.seal_service(INVOICE_PAYEE, json.dumps(payee).encode())
    columns = [
        row["column_name"]
        for row in await service.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'payment'"
        )
    ]
    other = {"id": "gen_random_uuid()", "payee_sealed": "$1", "payee_person_id": "NULL", "evidence_ref": "'C-2'"}
    other["state"] = "'CANCELLED'"  # it holds nothing of its line
    values = ", ".join(other.get(name, name) for name in columns)
    await service.fetch(
        f"INSERT INTO payment ({', '.join(columns)}) SELECT {values} FROM payment WHERE evidence_ref = 'C-1'", sealed
    )


async def test_nothing_is_left_of_somebody_who_was_erased_and_everything_of_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for entry in FAMILY[:2]:
        monkeypatch.setitem(entry, "identity", dict(entry["identity"]))
    monkeypatch.setitem(FAMILY[0], "born_on", FAMILY[0]["born_on"])
    async with receiver() as hook:
        house = House(world)
        await house.set_up(hook.url)
        await budget(world, house)
        await world.settle()
        story = await planted(world, house)
        await story.refresh()
        await story.post("withdrawal", {})
        await world.settle()
    before = await heard(world, (*HERS, HIS))
    assert {marker for marker, _ in before} == {*HERS, HIS}
    assert {place.rsplit(" ", 2)[0] for _, place in before} == {
        place.rsplit(" ", 2)[0] for _, place in before if "key" in place
    }
    protection = world.returns.client("protection_officer", offices=["ZRH"])
    ordered = await protection.post(f"/returns/v1/cases/{story.id}/persons/{story.refs()[0]}/erasure")
    assert ordered.json()["status"] == "done", ordered.text
    await world.settle()
    after = await heard(world, (*HERS, HIS))
    assert {marker for marker, _ in after} == {HIS}
    await world.returns.fetch("UPDATE return_case SET reason_code = 'ulyssandra' RETURNING id")
    assert (HERS[0], "returns.return_case.reason_code") in await heard(world, HERS, world.returns)

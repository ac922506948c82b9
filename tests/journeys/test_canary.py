"""A planted name, birth date, number and text go through the whole house; none of them lies about anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from deploy.local import queues
from deploy.local.casework import CaseWork
from deploy.local.client import Refused
from deploy.local.people import Traveller
from deploy.local.quoting import quote
from deploy.local.supportwork import SupportWork
from shared.http.trusted import trusted_client
from tests.deploy.house import House
from tests.deploy.house import house as house

pytestmark = pytest.mark.timeout(300)
in_the_house = pytest.mark.asyncio(loop_scope="session")

TODAY = date.today()  # noqa: DTZ011 - the services run on the real clock here
BORN = date(1979, 3, 17)
CANARIES = ("Quetzalnik", "Zephyrosa", "1979-03-17", "17.03.1979", "XCANARY77", "Kanarienweg", "+995555010203")
SUMMARY = "A workshop in the Kanarienweg with Zephyrosa"
COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'date')"
)

Place = tuple[str, str]


def seen(places: Iterable[Place]) -> list[str]:
    """Where a canary sings: the place and the canary, not what stands around it."""
    return [f"{where}: {canary}" for where, text in places for canary in CANARIES if canary.lower() in text.lower()]


async def everything(house: House) -> list[Place]:
    """All that lies in the open: the log, every readable column of every database, log lines, metrics, webhooks."""
    places: list[Place] = []
    for row in await house.rows("log", "SELECT topic, convert_from(value, 'UTF8') AS value FROM log_record"):
        places.append((f"topic {row['topic']}", row["value"]))
    for service in house.supervisor.services:
        places += await _columns(house, service)
        places.append((f"log lines of {service}", (house.supervisor.state.logs / f"{service}.log").read_text()))
        async with trusted_client(house.supervisor.addresses[service]) as client:
            places.append((f"metrics of {service}", (await client.get(f"/{service}/metrics")).text))
    for name in ("consulate", "partner"):
        places += [(f"webhook to {name}", json.dumps(message)) for message in house.cast.playing(name).received]
    return places


async def _columns(house: House, service: str) -> list[Place]:
    places: list[Place] = []
    for column in await house.rows(service, COLUMNS):
        table, name = column["table_name"], column["column_name"]
        rows = await house.rows(service, f'SELECT DISTINCT "{name}"::text AS value FROM "{table}"')
        places += [(f"{service}.{table}.{name}", row["value"] or "") for row in rows]
    for row in await house.rows(service, "SELECT convert_from(envelope, 'UTF8') AS value FROM outbox"):
        places.append((f"{service}.outbox", row["value"]))
    return places


@in_the_house
async def test_no_canary_sings_and_one_that_is_planted_in_an_event_is_heard(house: House) -> None:
    errors = await _a_return_with_canaries(house)
    await queues.settle(house.supervisor.databases, within=60)
    places = await everything(house)
    assert {where.split(" ")[0] for where, _ in places} >= {"topic", "log", "metrics", "webhook"}
    assert len([where for where, _ in places if where.startswith("topic returns")]) > 10
    assert seen(places) == []
    assert seen([("error", error) for error in errors]) == []
    await _plant(house)
    assert seen(await everything(house)) == ["topic returns: Quetzalnik"]


async def _plant(house: House) -> None:
    planted = json.dumps({"family_name": "Quetzalnik"})
    statement = (
        'INSERT INTO log_record (topic, part, "offset", key, value)'
        f" VALUES ('returns', 99, 0, 'k', convert_to('{planted}', 'UTF8')) RETURNING key"
    )
    await house.rows("log", statement)


async def _a_return_with_canaries(house: House) -> list[str]:
    cast, case = house.cast, CaseWork(house.cast)
    family = [
        Traveller("main_applicant", "Zephyrosa", "Quetzalnik", 2, BORN, "GEO"),
        Traveller("child", "Zephyrosa", "Quetzalnik", 1, TODAY - timedelta(days=4000), "GEO"),
    ]
    await case.open(family, destination="GEO", on=TODAY)
    await case.protect_children()
    desk, mother = cast.desks["caseworker"], case.adults[0]
    patch = {"identity": {"phone": "+995555010203", "last_address_in_origin": "Kanarienweg 1", **_names()}}
    await desk.do(f"{case.path}/persons/{mother['person_ref']}", patch, of=case.path, method="PATCH")
    await case.refresh()
    await case.consent(mother, recipients=[cast.partner_id, cast.consulate_id], on=TODAY)
    await case.declare(mother, on=TODAY)
    errors = await _mistakes(house, case)
    await case.submit(on=TODAY)
    await case.screen(on=TODAY)
    await case.find("eligible", on=TODAY)
    await case.decide(on=TODAY, quote_id=(await quote(cast, case, stay_months=9))["id"])
    await case.prepare(on=TODAY)
    await case.book(travel_on=TODAY)
    for person in case.travelling:
        body = {"person_ref": person["person_ref"], "kind": "passport", "issuer": "GEO", "number": "XCANARY77"}
        valid = (TODAY + timedelta(days=900)).isoformat()
        await desk.do(f"{case.path}/travel-documents", {**body, "valid_until": valid}, of=case.path)
    await case.declare(mother, on=TODAY, kind="reconfirmation")
    await case.make_ready(on=TODAY)
    await case.depart(on=TODAY)
    await case.arrive(on=TODAY)
    await _support(house, case)
    return errors


def _names() -> dict[str, str]:
    return {"family_name": "Quetzalnik", "given_names": "Zephyrosa"}


async def _mistakes(house: House, case: CaseWork) -> list[str]:
    """Requests with canaries in wrong places; what is answered must not repeat them."""
    desk = house.cast.desks["caseworker"]
    errors = []
    for path, body in (
        (f"{case.path}/submission", {"on": "17.03.1979"}),
        (f"{case.path}/submission", {"Quetzalnik": "Zephyrosa"}),
        (f"{case.path}/persons", {"relation": "Quetzalnik", "sex": 1, "identity": _names()}),
        (f"{case.path}/persons/Quetzalnik", {"guardians_agreed": True}),
    ):
        method = "PATCH" if path.endswith("Quetzalnik") else "POST"
        with pytest.raises(Refused) as refusal:
            await desk.do(path, body, of=case.path, method=method)
        errors.append(json.dumps({**refusal.value.problem, "instance": None}))
    return errors


async def _support(house: House, case: CaseWork) -> None:
    support = SupportWork(house.cast, case.case_id)
    await support.find_plan()
    lines = await support.assistance_lines()
    cash = next(line for line in lines if line["phase"] == "departure_cash")
    payee = {"name": "Zephyrosa Quetzalnik", "method": "bank_transfer", "account": "XCANARY77"}
    body = {"line_id": cash["line_id"], "amount": cash["amount"], "payee_kind": "beneficiary", "evidence_ref": "C-1"}
    await house.cast.desks["caseworker"].do("/reintegration/v1/payments", {**body, "payee": payee})
    project = next(line for line in lines if line["phase"] == "post_return")
    await support.assign(on=TODAY)
    await support.draw_up(project, category="business_start_up", summary=SUMMARY, on=TODAY)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_canary_in_any_place_is_heard(canary: str) -> None:
    assert seen([("log lines of returns", f'{{"event": "request", "name": "{canary.upper()}"}}')])

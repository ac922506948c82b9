"""Data of earlier revisions: rows are put into a database as it was then, it is upgraded, and what follows is looked at."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from services.registry.commands.run_trials import next_batch
from services.registry.commands.send_deliveries import send_due
from shared.auth.local_issuer import LocalIssuer
from shared.clock import FixedClock
from shared.http.outbound import OutboundClient
from shared.testing.databases import Databases
from shared.testing.running import RunningService
from tests.old_data import Old, at_revision, going_on
from tests.registry.receiver import Receiver, receiver
from tests.returns.opening import public_half

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = "/registry/v1"


async def recipient(old: Old, *, category: str = "partner", kind: str = "contracted_partner", role: str) -> UUID:
    standing = {"countries": ["GEO"], "roles": [role], "message_keys": [], "status": "enrolled"}
    return await old.put("recipient", category=category, kind=kind, name="Old", country="GEO", **standing)


async def endpoint(old: Old, owner: UUID, hook: Receiver, *types: str) -> UUID:
    return await old.put("webhook_endpoint", owner_id=owner, url=hook.url, event_types=list(types), status="active")


async def told(old: Old, **values: Any) -> UUID:
    """A delivery as it stood in the table then."""
    common = {"source_event": str(uuid4()), "facts": {}, "person_refs": [], "occurred_at": old.clock.now()}
    common |= {"status": "pending", "attempts": 0, "next_attempt_at": old.clock.now()}
    if values.get("status") == "delivered":
        common |= {"attempts": 1, "delivered_at": old.clock.now()}
    return await old.put("delivery", **{**common, **values})


async def send(service: RunningService) -> None:
    client = OutboundClient(allow_loopback=True, deadline_seconds=3)
    while await send_due(service.runtime, client):
        pass
    await client.close()


async def new_key(service: RunningService, endpoint_id: UUID, owner: dict[str, Any]) -> None:
    """Rows put in by hand have no signing key."""
    role = "partner_agency" if "agency_id" in owner else "reintegration_partner"
    made = await service.client(role, **owner).post(f"{ROOT}/webhook-endpoints/{endpoint_id}/secret-rotations", json={})
    assert made.status_code == 201, made.text


async def test_numbers_go_on_where_one_endpoint_had_the_recipients_numbers(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0012 a delivery was sent under the recipient's number; what had left keeps it, what had not goes on."""
    async with at_revision(databases, clock, "0011") as old, receiver() as hook:
        partner = await recipient(old, role="reintegration_coordination")
        place = await endpoint(old, partner, hook, "departed")
        case, ref, programme = uuid4(), "ac_before", uuid4()
        await old.put("known_case", case_id=case, programme_id=programme, approved=True, over=False, frozen=False)
        await old.put("known_person", person_ref="person_a", case_id=case, minor=False)
        consent = {"recipient_id": partner, "case_id": case, "person_ref": "person_a", "withdrawn": False}
        await old.put("known_consent", consent_id=uuid4(), purposes=["reintegration"], **consent)
        known = {"recipient_id": partner, "case_id": case, "agency_case_ref": ref}
        await old.put("agency_case", **known, last_sequence=3, told=True)
        about = {**known, "endpoint_id": place, "payload_type": "departed", "purpose": "reintegration"}
        about |= {"person_refs": ["person_a"]}
        await told(old, id=UUID(int=1), **about, status="delivered", sequence=1)
        await told(old, id=UUID(int=2), **about, attempts=2, sequence=2)
        await told(old, id=UUID(int=3), **about, sequence=3)  # read in the feed only
        await told(old, id=UUID(int=4), **about)
        async with going_on(old, issuer) as service:
            rows = await service.fetch("SELECT sequence, endpoint_sequence, copy_of FROM delivery ORDER BY id")
            assert [tuple(row) for row in rows] == [(1, 1, None), (2, 2, None), (3, None, None), (None, None, None)]
            await new_key(service, place, {"partner_id": str(partner)})
            basis = {"basis_id": str(uuid4()), "programme_id": str(programme), "recipient_id": str(partner)}
            basis |= {"purpose": "reintegration", "basis": "processing_contract", "valid_from": "2026-01-01"}
            await service.receive("returns.disclosure-basis.approved.v1", basis, key=basis["basis_id"])
            await send(service)
            assert [body["data"]["sequence"] for body in hook.bodies] == [2, 3, 4]
            own = service.client("reintegration_partner", partner_id=str(partner))
            feed = (await own.get(f"{ROOT}/agency-cases/{ref}/events")).json()
            assert [entry["data"]["sequence"] for entry in feed] == [1, 2, 3, 4]


async def test_what_belonged_to_no_case_is_numbered_in_the_order_of_leaving(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0016 it had no number at all."""
    async with at_revision(databases, clock, "0015") as old, receiver() as hook:
        role = {"category": "agency", "kind": "state_authority", "role": "partnership_dialogue"}
        ministry, other = await recipient(old, **role), await recipient(old, **role)
        places = [await endpoint(old, ministry, hook, "commitment.settled") for _ in range(2)]
        elsewhere = await endpoint(old, other, hook, "commitment.settled")
        about = {"payload_type": "commitment.settled", "purpose": "partnership_dialogue", "recipient_id": ministry}
        first = await told(old, id=UUID(int=1), **about, endpoint_id=places[0], status="delivered")
        await told(old, id=UUID(int=2), **about, endpoint_id=places[1], status="delivered", copy_of=first)
        await told(old, id=UUID(int=3), **about, endpoint_id=places[0], status="withheld", attempts=1)
        test = {**about, "payload_type": "endpoint.test", "purpose": "test"}
        await told(old, id=UUID(int=4), **test, endpoint_id=places[0], status="delivered")
        await told(old, id=UUID(int=5), **{**about, "recipient_id": other}, endpoint_id=elsewhere, status="delivered")
        await told(old, id=UUID(int=6), **about, endpoint_id=places[0], attempts=3)
        await told(old, id=UUID(int=7), **about, endpoint_id=places[0])
        async with going_on(old, issuer) as service:
            rows = await service.fetch("SELECT sequence, endpoint_sequence FROM delivery ORDER BY id")
            numbers = [(1, 1), (None, 1), (None, None), (None, None), (1, 1), (2, 2), (None, None)]
            assert [tuple(row) for row in rows] == numbers
            await new_key(service, places[0], {"agency_id": str(ministry)})
            await send(service)
            assert [body["data"]["sequence"] for body in hook.bodies] == [2, 3]
            feed = (await service.client("partner_agency", agency_id=str(ministry)).get(f"{ROOT}/agency-events")).json()
            assert [entry["data"]["sequence"] for entry in feed] == [1, 2, 3]


async def test_agreements_from_before_two_people_were_asked_go_on_steering(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0011 an agreement was in force when it was entered."""
    async with at_revision(databases, clock, "0010") as old:
        parties = [{"code": "CHE", "kind": "country", "roles": ["destination"]}]
        parties += [{"code": "GEO", "kind": "country", "roles": ["origin"]}]
        made = await old.put("partnership", title="Old", legal_form="treaty", status="in_force", parties=parties)
        clause = {"clause_id": str(uuid4()), "code": "information_reply", "reply_days": 10}
        day = clock.now().date().replace(month=1, day=1)
        agreement = await old.put(
            "agreement", partnership_id=made, number=1, valid_from=day, clauses=[clause], source="Art. 7"
        )
        consulate = {"category": "agency", "kind": "consulate", "role": "identity_verification"}
        agency, case = await recipient(old, **consulate), uuid4()
        known = {"agency_case_ref": "ac_asked", "recipient_id": agency, "case_id": case}
        await old.put("agency_case", **known, last_sequence=0, told=True)
        asked = {"sender_id": agency, "webhook_id": "msg_1", "body_hash": b"", "status": "applied"}
        about = {"case_id": case, "agency_case_ref": "ac_asked", "message_type": "information.requested"}
        await old.put("agency_message", **asked, **about)
        async with going_on(old, issuer) as service:
            shown = await service.client("administrator").get(f"{ROOT}/agreements/{agreement}")
            assert (shown.json()["status"], shown.json()["published_on"]) == ("published", None)
            own = service.client("partner_agency", agency_id=str(agency))
            (owed,) = (await own.get(f"{ROOT}/agency-clocks")).json()["we_owe_you"]
            assert owed["due"] == clock.now().date().replace(day=clock.now().day + 10).isoformat()


async def test_cases_from_before_nobody_asks_about_until_it_is_known_whose_they_are(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0009 a known case had no office, before 0010 no closed file: neither is taken for anybody's, nor closed."""
    async with at_revision(databases, clock, "0008") as old:
        case, agency = uuid4(), uuid4()
        await old.put("known_case", case_id=case, approved=True, over=False, frozen=False)
        line = {"case_id": case, "recipient_id": agency, "at": clock.now(), "what": "departed", "basis": "consent"}
        await old.put("disclosure_register", **line, data_classes=[], person_refs=[])
        async with going_on(old, issuer) as service:
            (row,) = await service.fetch("SELECT office_id, closed, plan_running FROM known_case")
            assert tuple(row) == (None, False, False)
            path = f"{ROOT}/disclosure-register?case_id={case}"
            for claims in ({"authority_id": "SEM"}, {}):
                assert (await service.client("case_officer", **claims).get(path)).json() == []
            assert len((await service.client("auditor").get(path)).json()) == 1
            persons = [{"person_ref": "person_a"}]
            belongs = {"programme_id": str(uuid4()), "office_id": "ZRH", "authority_id": "SEM"}
            opened = {"case_id": str(case), **belongs, "persons": persons}
            await service.receive("returns.case.opened.v1", opened, key=str(case))
            assert len((await service.client("case_officer", authority_id="SEM").get(path)).json()) == 1


async def test_keys_and_trials_from_before_are_told_once_and_done(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0013 nobody was told of encryption keys; before 0014 every trial was done within its request."""
    async with at_revision(databases, clock, "0012") as old:
        consulate = {"category": "agency", "kind": "consulate", "role": "identity_verification"}
        agency = await recipient(old, **consulate)
        public = public_half(X25519PrivateKey.generate())
        key = {"recipient_id": agency, "use": "encryption", "algorithm": "X25519", "public_key": public}
        await old.put("recipient_key", **key, valid_from=clock.now())
        programme = await old.put(
            "programme", name="P", outward_name="P", host="CHE", destinations=[], case_kinds=[], currency="CHF"
        )
        day = clock.now().date()
        version = await old.put(
            "rule_version", programme_id=programme, number=1, valid_from=day, content={}, source="S", author="a"
        )
        await _trial(old, programme, version)
        async with going_on(old, issuer) as service:
            for _ in range(2):
                await service.run_job("tell-encryption-keys")
            (fact,) = await service.published("registry.recipient.keys-changed.v1")
            assert [entry["public_key"] for entry in fact.data["encryption_keys"]] == [public]
            assert not await next_batch(service.runtime)
            (trial,) = await service.fetch("SELECT status, to_try FROM rule_trial")
            assert tuple(trial) == ("done", 0)


async def _trial(old: Old, programme: UUID, version: UUID) -> None:
    connection = await asyncpg.connect(old.url)
    columns = await connection.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'rule_trial'"
        " AND is_nullable = 'NO' AND column_default IS NULL"
    )
    await connection.close()
    fillers = {
        "integer": 0,
        "bigint": 0,
        "jsonb": [],
        "date": old.clock.now().date(),
        "uuid": uuid4(),
        "boolean": False,
    }
    fillers |= {"character varying": "CHF", "timestamp with time zone": old.clock.now()}
    values = {row["column_name"]: fillers[row["data_type"]] for row in columns}
    await old.put("rule_trial", **{**values, "id": uuid4(), "programme_id": programme, "rule_version_id": version})


async def test_what_waited_before_bases_were_recorded_leaves_on_the_first_and_nothing_is_ended_for_want_of_one(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock
) -> None:
    """Before 0015 nothing was known of legal bases: consent alone decided, and what had left stays told."""
    async with at_revision(databases, clock, "0014") as old, receiver() as hook:
        partner = await recipient(old, role="reintegration_coordination")
        place = await endpoint(old, partner, hook, "departed", "request.ended")
        case, ref, programme = uuid4(), "ac_before", uuid4()
        standing = {"approved": True, "over": False, "frozen": False, "closed": False, "plan_running": False}
        await old.put("known_case", case_id=case, programme_id=programme, **standing)
        await old.put("known_person", person_ref="person_a", case_id=case, minor=False)
        consent = {"recipient_id": partner, "case_id": case, "person_ref": "person_a", "withdrawn": False}
        await old.put("known_consent", consent_id=uuid4(), purposes=["reintegration"], **consent)
        known = {"recipient_id": partner, "case_id": case, "agency_case_ref": ref}
        await old.put("agency_case", **known, last_sequence=1, told=True)
        about = {**known, "endpoint_id": place, "payload_type": "departed", "purpose": "reintegration"}
        about |= {"person_refs": ["person_a"]}
        await told(old, id=UUID(int=1), **about, status="delivered", sequence=1, endpoint_sequence=1)
        await told(old, id=UUID(int=2), **about)
        async with going_on(old, issuer) as service:
            await new_key(service, place, {"partner_id": str(partner)})
            await service.run_job("end-without-basis")
            await send(service)
            assert hook.bodies == [], "it waits, and nothing has ended"
            basis = {"basis_id": str(uuid4()), "programme_id": str(programme), "recipient_id": str(partner)}
            basis |= {"purpose": "reintegration", "basis": "processing_contract", "valid_from": "2026-01-01"}
            await service.receive("returns.disclosure-basis.approved.v1", basis, key=basis["basis_id"])
            clock.advance(hours=1)
            await send(service)
            assert [(body["type"], body["data"]["sequence"]) for body in hook.bodies] == [("departed", 2)]

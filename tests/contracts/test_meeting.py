"""Every subscription reads what its producer really publishes; every envelope is a CloudEvent; committed files are current."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from shared.events.catalog import check_contracts, example_of, schema_of
from shared.events.contract import EventContract
from shared.events.envelope import Envelope, seal_event
from shared.events.subscriptions import Subscription
from shared.ids import new_id
from shared.testing.plugin import SERVICES
from shared.testing.running import service_named

ALL = {name: service_named(name) for name in SERVICES}
PUBLISHED: dict[str, type[EventContract]] = {
    contract.event_type: contract for service in ALL.values() for contract in service.published
}
SUBSCRIBED = [(name, entry) for name, service in ALL.items() for entry in service.subscriptions]


@pytest.mark.parametrize(("name", "entry"), SUBSCRIBED, ids=[f"{n}-{s.event_type}" for n, s in SUBSCRIBED])
def test_a_subscription_reads_the_published_example(name: str, entry: Subscription) -> None:
    contract = PUBLISHED[entry.event_type]
    data = {**example_of(contract), "occurred_at": "2026-03-02T09:00:00Z", "actor_role": "system"}
    entry.model.model_validate(data)
    grown = {**data, "a_field_of_next_year": {"x": 1}}
    entry.model.model_validate(grown)


@pytest.mark.parametrize("contract", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_an_event_is_a_cloud_event_and_fits_its_schema(contract: type[EventContract]) -> None:
    event = contract.model_validate(contract.example)
    sealed = seal_event(
        event,
        event_id=new_id(),
        sequence=1,
        correlation_id="c",
        causation_id=None,
        traceparent=None,
        time=datetime(2026, 3, 2, tzinfo=UTC),
    )
    document = json.loads(sealed)
    assert {"specversion", "id", "source", "type"} <= document.keys()
    assert document["specversion"] == "1.0"
    assert document["subject"] == event.key
    jsonschema.validate(document["data"], schema_of(contract))
    assert Envelope.parse(sealed).data == document["data"]


@pytest.mark.parametrize("name", SERVICES)
def test_the_committed_contracts_are_current(name: str) -> None:
    service = ALL[name]
    assert check_contracts(service.published, service.folder / "contracts" / "schemas") == []


def test_topics_belong_to_their_service() -> None:
    for name, service in ALL.items():
        assert {contract.topic() for contract in service.published} <= {name}

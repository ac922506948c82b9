"""Money, ages, envelopes and contracts as values."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.catalog import breaking_changes, check_contracts, example_of, schema_of, write_contracts
from shared.events.envelope import Envelope, UnreadableEnvelope, seal_event
from shared.events.persons import age_band_on, completed_years
from shared.ids import new_id, random_ref
from shared.money import CurrencyMismatch, Money
from tests.shared.kit.sample import NoteCounted

AMOUNTS = st.integers(min_value=-(10**15), max_value=10**15)


class TestMoney:
    @given(AMOUNTS, AMOUNTS)
    def test_adding_and_taking_away_is_exact(self, one: int, two: int) -> None:
        assert Money(one, "CHF") + Money(two, "CHF") - Money(two, "CHF") == Money(one, "CHF")

    def test_currencies_do_not_mix(self) -> None:
        with pytest.raises(CurrencyMismatch):
            Money(1, "CHF") + Money(1, "EUR")

    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [
            (10_000, "CHF", "100.00 CHF"),
            (-5, "EUR", "-0.05 EUR"),
            (1_500, "XOF", "1500 XOF"),
            (178, "DJF", "178 DJF"),
            (2, "BIF", "2 BIF"),
            (1, "TND", "0.001 TND"),
        ],
    )
    def test_people_read_it_with_the_digits_of_the_currency(self, amount: int, currency: str, text: str) -> None:
        assert Money(amount, currency).text == text

    @pytest.mark.parametrize("amount", [1.0, True, "1"])
    def test_only_integers_are_money(self, amount: object) -> None:
        with pytest.raises(ValueError, match="integer"):
            Money(amount, "CHF")  # type: ignore[arg-type]


class TestAges:
    @pytest.mark.parametrize(
        ("born_on", "band"),
        [
            (date(2026, 3, 1), "0-4"),
            (date(2021, 3, 3), "0-4"),
            (date(2021, 3, 2), "5-13"),
            (date(2008, 3, 3), "16-17"),
            (date(2008, 3, 2), "18-24"),
            (date(1961, 3, 2), "65+"),
            (None, "unknown"),
        ],
    )
    def test_bands_change_on_the_birthday(self, born_on: date | None, band: str) -> None:
        assert age_band_on(born_on, date(2026, 3, 2)) == band

    def test_a_leap_day_child_ages_on_the_first_of_march(self) -> None:
        assert completed_years(date(2020, 2, 29), date(2026, 2, 28)) == 5
        assert completed_years(date(2020, 2, 29), date(2026, 3, 1)) == 6


class TestEnvelope:
    def make(self) -> bytes:
        event = NoteCounted(note_id=UUID(int=1), count=2)
        return seal_event(
            event,
            event_id=new_id(),
            sequence=7,
            correlation_id="c",
            causation_id=None,
            traceparent=None,
            time=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        )

    def test_it_reads_back_what_was_sealed(self) -> None:
        envelope = Envelope.parse(self.make())
        assert (envelope.type, envelope.number, envelope.subject) == (
            "sample.note.counted.v1",
            7,
            str(UUID(int=1)),
        )
        assert json.loads(self.make())["time"] == "2026-03-02T09:00:00.000000Z"

    @given(st.binary(max_size=200))
    def test_other_bytes_are_refused_in_one_way(self, junk: bytes) -> None:
        with pytest.raises(UnreadableEnvelope):
            Envelope.parse(junk)

    @pytest.mark.parametrize("field", ["id", "type", "subject", "sequence", "data", "time"])
    def test_a_missing_field_is_named_and_no_value_is_repeated(self, field: str) -> None:
        document = {**json.loads(self.make()), "secret": "Bahar"}
        del document[field]
        with pytest.raises(UnreadableEnvelope, match=field) as caught:
            Envelope.parse(json.dumps(document).encode())
        assert "Bahar" not in str(caught.value)


class TestCatalog:
    def test_written_contracts_compare_equal(self, tmp_path: object) -> None:
        from pathlib import Path

        folder = Path(str(tmp_path))
        write_contracts([NoteCounted], folder)
        assert check_contracts([NoteCounted], folder) == []

    def test_a_planted_difference_is_found(self, tmp_path: object) -> None:
        from pathlib import Path

        folder = Path(str(tmp_path))
        write_contracts([NoteCounted], folder)
        path = folder / "sample.note.counted.v1.schema.json"
        path.write_text(path.read_text().replace('"count"', '"counted"'))
        assert check_contracts([NoteCounted], folder) != []

    def test_the_example_is_valid(self) -> None:
        assert example_of(NoteCounted)["count"] == 1

    def test_growing_is_not_breaking_and_shrinking_is(self) -> None:
        before = schema_of(NoteCounted)
        grown = {**before, "properties": {**before["properties"], "colour": {"type": "string"}}}
        assert breaking_changes(before, grown) == []
        shrunk = {**before, "properties": {"note_id": before["properties"]["note_id"]}}
        assert any("count" in reason for reason in breaking_changes(before, shrunk))
        retyped = {**before, "properties": {**before["properties"], "count": {"type": "string"}}}
        assert breaking_changes(before, retyped) == ["field 'count' changed its type"]


def test_references_are_unguessable_and_ids_are_ordered() -> None:
    assert len({random_ref("person") for _ in range(100)}) == 100
    assert len(random_ref("x")) == 42
    ids = [new_id() for _ in range(50)]
    assert ids == sorted(ids)

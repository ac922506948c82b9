"""How well one person's records find each other, on a generated set in small; `make bench ARGS="--only duplicates"` in full."""

from __future__ import annotations

import pytest

from services.returns.domain.duplicate_keys import describe, keys
from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.duplicate_weights import duplicate_weights
from shared.names import folded, hearings
from shared.protection.blind_index import BlindIndex
from tests.returns.duplicates.held_out import HeldOut, other_seed
from tests.returns.duplicates.measuring import measure
from tests.returns.duplicates.people import NAMES, Population, make_records, read_names

RECORDS, SEED = 3_000, 20_260_301
FLOORS = {"shown_from": (0.75, 0.80), "likely_from": (0.95, 0.65)}
HELD_OUT_FLOORS = {"shown_from": (0.74, 0.72), "likely_from": (0.90, 0.55)}


@pytest.mark.parametrize(
    ("people", "seed", "floors"),
    [(Population, SEED, FLOORS), (HeldOut, other_seed(SEED), HELD_OUT_FLOORS)],
    ids=["set by", "held out"],
)
def test_precision_and_recall_stay_above_their_floors(
    people: type[Population], seed: int, floors: dict[str, tuple[float, float]]
) -> None:
    found, weights = measure(make_records(RECORDS, seed=seed, people=people)), duplicate_weights()
    assert len(found.true) > 300
    for threshold, (precision, recall) in floors.items():
        measured = found.at(weights[threshold])
        assert measured[0] >= precision, (threshold, measured)
        assert measured[1] >= recall, (threshold, measured)


def test_the_floors_notice_a_matching_that_listens_to_no_name() -> None:
    weights = duplicate_weights()
    deaf = {**weights, "name": dict.fromkeys(weights["name"], 0)}
    found = measure(make_records(1_000, seed=SEED), deaf)
    assert found.at(weights["shown_from"])[1] < FLOORS["shown_from"][1]


def test_no_name_held_out_is_one_that_was_tuned_on() -> None:
    tuned = {name.spellings[0] for names in read_names(NAMES).values() for name in names}
    held_out = {name.spellings[0] for names in read_names(HeldOut.names_file).values() for name in names}
    assert len(held_out) > 150
    assert sorted(tuned & held_out) == []


def test_the_same_seed_makes_the_same_people() -> None:
    assert make_records(50, seed=1) == make_records(50, seed=1) != make_records(50, seed=2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد", "Mouhammad"),
        ("عبد الرحمن", "Abderrahmane"),
        ("Abd al-Rahman", "Abdulrahman"),
        ("Щербаков", "Schtscherbakow"),
        ("Юлия", "Julija"),
        ("Ivanoff", "Iwanow"),
        ("Achmed", "أحمد"),
        ("Eltayeb", "الطيب"),
        ("ბერიძე", "Beridse"),
        ("Çelik", "Celik"),
    ],
)
def test_spellings_of_one_name_are_heard_alike(one: str, other: str) -> None:
    heard = [{sound for word in folded(name) for sound in hearings(word)} for name in (one, other)]
    assert heard[0] & heard[1]


def test_no_key_is_one_thing_alone() -> None:
    """A year, a sex, a citizenship or one name by itself would be guessed from how often its token stands there."""
    person = describe(
        {"family_name": "Beridze", "given_names": "Nino Ana", "phone": "+41 79 123 45 67"},
        born=PartialDate(1990, 5, 1),
        sex=2,
        citizenships=["GEO"],
        documents=["GEO:12AB34567"],
    )
    for key in keys(person):
        kind, *parts = key.split("|")
        assert kind in ("names", "year", "day", "born", "start", "whole", "phone", "document")
        assert len(parts) >= 2 or kind in ("phone", "document"), key
    assert keys(describe({"given_names": "Nino"}, born=None, sex=2, citizenships=["GEO"])) == set()


def test_tokens_are_short_and_belong_to_their_key() -> None:
    one, other = BlindIndex(b"a" * 32), BlindIndex(b"b" * 32)
    tokens = [one.token(f"names|{number}|x", bits=8) for number in range(2_000)]
    assert set(tokens) == set(range(256))
    assert one.token("v", bits=22) == one.token("v", bits=22) != other.token("v", bits=22)
    for bits in (0, 32):
        with pytest.raises(ValueError, match="1 to 31"):
            one.token("v", bits=bits)

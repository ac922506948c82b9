"""Measures how well records of one person find each other: the same keys, index and weights as in the service."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from services.returns.domain.duplicate_keys import Description, describe, keys, name_keys
from services.returns.domain.duplicates import compare
from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.duplicate_weights import duplicate_weights
from shared.protection.blind_index import BlindIndex
from tests.returns.duplicates.people import Record

Pair = tuple[int, int]


@dataclass
class Quality:
    """What was found, of what there was."""

    true: set[Pair] = field(default_factory=set)
    compared: set[Pair] = field(default_factory=set)
    weights: dict[Pair, float] = field(default_factory=dict)
    seconds: float = 0.0
    origins: dict[int, str] = field(default_factory=dict)

    def at(self, threshold: float, *, origin: str | None = None) -> tuple[float, float]:
        """Precision and recall of the pairs from this weight on; of one origin if given."""
        shown = {pair for pair, weight in self.weights.items() if weight >= threshold and self._of(pair, origin)}
        true = {pair for pair in self.true if self._of(pair, origin)}
        right = len(shown & true)
        return right / max(1, len(shown)), right / max(1, len(true))

    def reached(self) -> float:
        """The share of true pairs that any key brought together; what is missed here no weight can mend."""
        return len(self.true & self.compared) / max(1, len(self.true))

    def _of(self, pair: Pair, origin: str | None) -> bool:
        return origin is None or self.origins[pair[0]] == origin


def described(record: Record) -> Description:
    born = PartialDate.parse(record.born) if record.born else None
    identity = {**record.identity}
    return describe(identity, born=born, sex=record.sex, citizenships=record.citizenships, documents=record.documents)


def measure(records: Sequence[Record], weights: Mapping[str, Any] | None = None) -> Quality:
    """Every record asks for the others, as in a search, through the index; nothing but the keys decides what is compared."""
    started, weights = time.monotonic(), weights or duplicate_weights()
    index = BlindIndex(hashlib.sha256(b"measuring").digest())
    found = Quality(true=true_pairs(records), origins={place: record.origin for place, record in enumerate(records)})
    people = [described(record) for record in records]
    holders: defaultdict[int, list[int]] = defaultdict(list)
    held = [tokens(index, person, bits=weights["token_bits"]) for person in people]
    for place, own in enumerate(held):
        for token in own:
            holders[token].append(place)
    for place, person in enumerate(people):
        asked = tokens(index, person, bits=weights["token_bits"], asking=True)
        shared = Counter(other for token in asked for other in holders.get(token, ()) if other != place)
        named = {index.token(key, bits=weights["token_bits"]) for key in name_keys(person)}
        for other, _ in shared.most_common(weights["most_candidates"]):
            pair = (min(place, other), max(place, other))
            if pair not in found.compared:
                found.compared.add(pair)
                carriers = min((len(holders[token]) for token in named & held[other]), default=0)
                compared = compare(person, people[other], weights, carriers=carriers, among=len(people))
                found.weights[pair] = compared.weight
    found.seconds = time.monotonic() - started
    return found


def tokens(index: BlindIndex, person: Description, *, bits: int, asking: bool = False) -> set[int]:
    return {index.token(key, bits=bits) for key in keys(person, asking=asking)}


def true_pairs(records: Sequence[Record]) -> set[Pair]:
    by_human: defaultdict[int, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        by_human[record.human].append(place)
    return {pair for places in by_human.values() for pair in combinations(places, 2)}

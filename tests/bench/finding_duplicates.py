"""How well the records of one person find each other among 20,000, and how long the whole search takes.

Three sets: the one the weights were set by, the same names under a seed nobody looked at, and people held out: names of
other origins, written by clerks who err otherwise. The last one is the figure to go by.
"""

from __future__ import annotations

from services.returns.persistence.duplicate_weights import duplicate_weights
from tests.bench.figures import Measured, Size
from tests.bench.ground import Ground
from tests.returns.duplicates.held_out import HeldOut, other_seed
from tests.returns.duplicates.measuring import measure
from tests.returns.duplicates.people import Population, make_records

NAME, OTHER_SEED, HELD_OUT = "duplicates", "duplicates, another seed", "duplicates, held out"
RECORDS, SEED = 20_000, 7
SHOWN, LIKELY = "shown_from", "likely_from"


async def find_duplicates(_ground: Ground, _size: Size) -> Measured:
    """In memory, with the keys, tokens and weights of the service; the set is the same each time."""
    return _measured(NAME, SEED, Population)


async def find_under_another_seed(_ground: Ground, _size: Size) -> Measured:
    """The same names and clerks, other people."""
    return _measured(OTHER_SEED, other_seed(SEED), Population)


async def find_held_out(_ground: Ground, _size: Size) -> Measured:
    """Names and clerks that no weight was set by."""
    return _measured(HELD_OUT, other_seed(SEED + 1), HeldOut)


def _measured(name: str, seed: int, people: type[Population]) -> Measured:
    found, weights = measure(make_records(RECORDS, seed=seed, people=people)), duplicate_weights()
    notes = {"records": RECORDS, "seed": seed, "true pairs": len(found.true), "compared": len(found.compared)}
    measured = Measured(name, "none", notes=notes)
    measured.ours["reached by a key"] = [found.reached()]
    measured.ours["seconds"] = [found.seconds]
    for threshold, told in ((SHOWN, "shown"), (LIKELY, "likely")):
        for origin in (None, *people.origins):
            precision, recall = found.at(weights[threshold], origin=origin)
            of = f" {origin}" if origin else ""
            measured.ours[f"precision {told}{of}"] = [precision]
            measured.ours[f"recall {told}{of}"] = [recall]
    return measured

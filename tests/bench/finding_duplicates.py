"""How well the records of one person find each other among 20,000, and how long the whole search takes."""

from __future__ import annotations

from services.returns.persistence.duplicate_weights import duplicate_weights
from tests.bench.figures import Measured, Size
from tests.bench.ground import Ground
from tests.returns.duplicates.measuring import measure
from tests.returns.duplicates.people import ORIGINS, make_records

NAME = "duplicates"
RECORDS, SEED = 20_000, 7
SHOWN, LIKELY = "shown_from", "likely_from"


async def find_duplicates(_ground: Ground, _size: Size) -> Measured:
    """In memory, with the keys, tokens and weights of the service; the set is the same each time."""
    found, weights = measure(make_records(RECORDS, seed=SEED)), duplicate_weights()
    notes = {"records": RECORDS, "seed": SEED, "true pairs": len(found.true), "compared": len(found.compared)}
    measured = Measured(NAME, "none", notes=notes)
    measured.ours["reached by a key"] = [found.reached()]
    measured.ours["seconds"] = [found.seconds]
    for threshold, told in ((SHOWN, "shown"), (LIKELY, "likely")):
        for origin in (None, *ORIGINS):
            precision, recall = found.at(weights[threshold], origin=origin)
            of = f" {origin}" if origin else ""
            measured.ours[f"precision {told}{of}"] = [precision]
            measured.ours[f"recall {told}{of}"] = [recall]
    return measured

"""What happens to each case of a season, and when: drawn from a seed, in shares as programmes report them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deploy.local.people import Traveller, choose_destination, make_family

SEASON_DAYS = 365
RECONFIRMED_WITHIN_DAYS = 13


class Ending(StrEnum):
    """How a case ends, unless the season is over before."""

    RETURNED = "returned"
    WITHDRAWN_EARLY = "withdrawn before the decision"
    WITHDRAWN_LATE = "withdrawn after the decision"
    REFUSED = "refused"
    INELIGIBLE = "not eligible"
    DID_NOT_BOARD = "did not board"


# Withdrawals dominate among those who do not travel; most applicants of a running programme do travel.
SHARES = {
    Ending.RETURNED: 68,
    Ending.WITHDRAWN_EARLY: 9,
    Ending.WITHDRAWN_LATE: 8,
    Ending.REFUSED: 6,
    Ending.INELIGIBLE: 4,
    Ending.DID_NOT_BOARD: 5,
}
# Step of a case, and the days since the step before: the middle and how widely it spreads.
PACE = {
    "opened": (0, 0.0),
    "submitted": (6, 0.7),
    "screened": (5, 0.5),
    "eligible": (3, 0.5),
    "decided": (9, 0.5),
    "prepared": (2, 0.4),
    "ready": (24, 0.5),
    "departed": (6, 0.4),
    "arrived": (1, 0.2),
    "handed_over": (1, 0.3),
    "planned": (20, 0.5),
    "measured": (30, 0.5),
    "surveyed": (14, 0.4),
    "closed": (40, 0.4),
}


@dataclass(frozen=True)
class Story:
    """One case: who, where to, how it ends, and the day of every step."""

    number: int
    seed: int
    destination: str
    family: list[Traveller]
    ending: Ending
    days: dict[str, date]
    today: date

    def has_come_to(self, step: str) -> bool:
        """Whether the step lies before today."""
        return self.days[step] <= self.today


def make_story(number: int, *, seed: int, today: date) -> Story:
    """The story of a number; the same seed and number tell the same story."""
    chance = random.Random(f"{seed}-{number}")  # noqa: S311 - invented cases, not secrets
    destination = choose_destination(chance)
    opened = today - timedelta(days=chance.randint(0, SEASON_DAYS - 1))
    days: dict[str, date] = {}
    day = opened
    for step, (middle, spread) in PACE.items():
        wait = 0 if middle == 0 else max(1, round(chance.lognormvariate(0, spread) * middle))
        wait = min(wait, RECONFIRMED_WITHIN_DAYS) if step == "departed" else wait
        day += timedelta(days=wait)
        days[step] = day
    return Story(
        number=number,
        seed=seed,
        destination=destination,
        family=make_family(chance, destination=destination, today=opened),
        ending=chance.choices(list(SHARES), weights=list(SHARES.values()))[0],
        days=days,
        today=today,
    )

"""Does the arithmetic of an explained quote again, from its words alone, as a caseworker with a pencil would."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.money import MINOR_UNITS

MONEY = r"([\d,]+(?:\.\d+)?) [A-Z]{3}"
INSTALMENT = r"(?:instalment \d+ of \d+: )?"
BASE = re.compile(rf"[^ ]+: (?:base )?amount {MONEY}")
TIMES = re.compile(rf"(\d+) x {MONEY} = {MONEY}")
SHARE = re.compile(rf"{INSTALMENT}(\d+) % of {MONEY}(, rounded down)? = {MONEY}")
MINUS = re.compile(rf"{INSTALMENT}{MONEY} - {MONEY}(, not below nothing)? = {MONEY}")
RAISED = re.compile(rf"raised to (?:the minimum of )?{MONEY}")
ROUNDED = re.compile(rf"rounded (down|up|to the nearest) to whole {MONEY}: {MONEY}")
CAP = re.compile(
    rf"cap (?:of the file|per person) of {MONEY}(?:, of which {MONEY} is used in another file)?: {MONEY} due"
)
OFFSET = re.compile(rf"less (\d+) % of {MONEY}(?:, rounded down to {MONEY},)? granted by [^ ]+: {MONEY} due")
CUT = re.compile(rf"cut by {MONEY} to {MONEY}$")


def minor(words: str, currency: str) -> int:
    """What is written, in minor units; the decimals must be those of the currency."""
    whole, _, rest = words.replace(",", "").partition(".")
    places = MINOR_UNITS.get(currency, 2)
    assert len(rest) == places, words
    return int(whole) * 10**places + int(rest or 0)


def redo(line: Mapping[str, Any], before: int = 0) -> None:
    """Every step follows from the one before, and the last one is the amount; `before` was paid by earlier instalments
    of the same amount."""
    value, currency = 0, line["currency"]
    for step in line["steps"]:
        value = _next(step["text"], value, currency, before)
        assert value == step["amount_minor"], step
    assert value == line["amount_minor"], line


def _next(text: str, value: int, currency: str, before: int) -> int:
    def money(found: str) -> int:
        return minor(found, currency)

    if found := BASE.match(text):
        assert value == 0, text
        return money(found[1])
    if found := TIMES.match(text):
        assert money(found[2]) == value, text
        return int(found[1]) * value
    if found := SHARE.match(text):
        part, rest = divmod(value * int(found[1]), 100)
        assert (money(found[2]), money(found[4]), bool(rest)) == (value, part, bool(found[3])), text
        return part
    if found := MINUS.match(text):
        assert (money(found[1]), money(found[2]) > value) == (value, bool(found[3])), text
        assert not text.startswith("instalment") or money(found[2]) == before, text
        left = max(value - money(found[2]), 0)
        assert money(found[4]) == left, text
        return left
    if found := RAISED.match(text):
        assert money(found[1]) > value, text
        return money(found[1])
    found = ROUNDED.match(text)
    assert found, f"nobody can do this again: {text}"
    unit = money(found[2])
    down = value // unit * unit
    up = down if down == value else down + unit
    nearest = up if (value - down) * 2 >= unit else down
    rounded = {"down": down, "up": up, "to the nearest": nearest}[found[1]]
    assert money(found[3]) == rounded != value, text
    return rounded


def redo_all(lines: Sequence[Mapping[str, Any]]) -> None:
    """All lines, instalments of one amount one after the other."""
    paid: dict[Any, int] = {}
    for line in lines:
        whose = (line["rule"], line["person_ref"])
        redo(line, paid.get(whose, 0))
        paid[whose] = paid.get(whose, 0) + next(
            (step["amount_minor"] for step in reversed(line["steps"]) if step["text"].startswith("instalment")), 0
        )


def redo_limit(limit: Mapping[str, Any], currency: str) -> None:
    """What a cap or another programme did."""
    if found := CAP.match(limit["text"]):
        allowed, due = max(minor(found[1], currency) - minor(found[2] or _nothing(currency), currency), 0), found[3]
    else:
        found = OFFSET.match(limit["text"])
        assert found, f"nobody can do this again: {limit['text']}"
        less, rest = divmod(minor(found[2], currency) * int(found[1]), 100)
        assert (minor(found[3], currency) if found[3] else less, bool(found[3])) == (less, bool(rest)), limit["text"]
        allowed, due = max(minor(found[4], currency) - less, 0), found[4]
    assert (allowed, minor(due, currency)) == (limit["limit_minor"], limit["before_minor"]), limit["text"]
    assert limit["cut_minor"] == max(limit["before_minor"] - allowed, 0)
    cut = CUT.search(limit["text"])
    assert bool(cut) == bool(limit["cut_minor"]), limit["text"]
    if cut:
        told = (minor(cut[1], currency), minor(cut[2], currency))
        assert told == (limit["cut_minor"], limit["before_minor"] - limit["cut_minor"]), limit["text"]


def _nothing(currency: str) -> str:
    places = MINOR_UNITS.get(currency, 2)
    return f"0.{'0' * places}" if places else "0"

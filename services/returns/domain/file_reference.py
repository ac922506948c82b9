"""File references such as CHE-2026-000123-7: for people and paper inside the house only; they never leave it."""

from __future__ import annotations

import re

FORM = re.compile(r"([A-Z]{3})-(\d{4})-(\d{6})-(\d)")


def check_digit(host: str, year: int, number: int) -> int:
    """Luhn over the letters' positions and the digits: finds every single slip and most swaps (ISO/IEC 7812-1)."""
    digits = "".join(str(ord(letter) - 55) for letter in host) + f"{year:04d}{number:06d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def file_reference(host: str, year: int, number: int) -> str:
    """The reference of the nth file of a year."""
    return f"{host}-{year:04d}-{number:06d}-{check_digit(host, year, number)}"


def is_file_reference(text: str) -> bool:
    """Whether the text is a reference with the right check digit."""
    found = FORM.fullmatch(text)
    if not found:
        return False
    host, year, number, digit = found.groups()
    return check_digit(host, int(year), int(number)) == int(digit)

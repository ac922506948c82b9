"""Money as integer minor units with a currency; nothing is converted or rounded behind anybody's back."""

from __future__ import annotations

import re
from dataclasses import dataclass

MINOR_UNITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Digits of the minor unit where there are not two (ISO 4217)."""

_CURRENCY = re.compile(r"[A-Z]{3}")


class CurrencyMismatch(ValueError):
    """Amounts of two currencies were combined."""


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (for CHF: Rappen) of an ISO 4217 currency.

    Raises ValueError for a currency that is not three capital letters or an amount that is not an integer.
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount_minor, int) or isinstance(self.amount_minor, bool):
            raise ValueError("amount_minor must be an integer")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError("currency must be an ISO 4217 code")

    @classmethod
    def zero(cls, currency: str) -> Money:
        """No money, in this currency."""
        return cls(0, currency)

    @property
    def text(self) -> str:
        """As people write it, with the currency's own number of digits: `100.00 CHF`."""
        digits = MINOR_UNITS.get(self.currency, 2)
        sign, amount = "-" if self.amount_minor < 0 else "", str(abs(self.amount_minor)).rjust(digits + 1, "0")
        whole = f"{amount[:-digits]}.{amount[-digits:]}" if digits else amount
        return f"{sign}{whole} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount_minor <= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be combined")
        return other.amount_minor

"""Double entry: every movement takes from one account what it gives to another, so that all accounts sum to
zero.

A budget has five accounts. An assistance line has the same five in small: its amount is what the decision
appropriated for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.errors import Conflict


class Account(StrEnum):
    """Where money is; `appropriation` is the source and therefore negative, the others are never below
    zero.
    """

    APPROPRIATION = "appropriation"
    AVAILABLE = "available"
    RESERVED = "reserved"
    COMMITTED = "committed"
    PAID = "paid"


class Move(StrEnum):
    """The movements that exist."""

    APPROPRIATE = "appropriate"
    RESERVE = "reserve"
    COMMIT = "commit"
    UNCOMMIT = "uncommit"
    PAY = "pay"
    REVERSE = "reverse"
    RELEASE = "release"


MOVES: Mapping[Move, tuple[Account, Account]] = {
    Move.APPROPRIATE: (Account.APPROPRIATION, Account.AVAILABLE),
    Move.RESERVE: (Account.AVAILABLE, Account.RESERVED),
    Move.COMMIT: (Account.RESERVED, Account.COMMITTED),
    Move.UNCOMMIT: (Account.COMMITTED, Account.RESERVED),
    Move.PAY: (Account.COMMITTED, Account.PAID),
    Move.REVERSE: (Account.PAID, Account.RESERVED),
    Move.RELEASE: (Account.RESERVED, Account.AVAILABLE),
}


class FundsInsufficient(Conflict):
    """An account holds less than the movement would take from it."""

    slug = "funds-insufficient"
    title = "There is not enough money in this account"


@dataclass(frozen=True, kw_only=True)
class Balances:
    """The five balances of a budget or a line in minor units of one currency."""

    appropriation: int = 0
    available: int = 0
    reserved: int = 0
    committed: int = 0
    paid: int = 0

    @property
    def total(self) -> int:
        """Always zero."""
        return self.appropriation + self.available + self.reserved + self.committed + self.paid


def postings(move: Move, amount_minor: int) -> tuple[tuple[Account, int], tuple[Account, int]]:
    """The two entries of a movement; they sum to zero."""
    source, target = MOVES[move]
    return (source, -amount_minor), (target, amount_minor)


def moved(balances: Balances, move: Move, amount_minor: int) -> Balances:
    """The balances after a movement; raises FundsInsufficient rather than going below zero."""
    if amount_minor <= 0:
        raise ValueError("a movement has a positive amount")
    after: dict[str, int] = {}
    for account, change in postings(move, amount_minor):
        after[account.value] = getattr(balances, account.value) + change
        if account is not Account.APPROPRIATION and after[account.value] < 0:
            raise FundsInsufficient(account=account.value)
    return replace(balances, **after)

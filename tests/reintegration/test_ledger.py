"""The ledger as arithmetic: in whatever order things happen, entries sum to zero and nothing is spent twice."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.reintegration.domain.assistance_line import (
    LineExceeded,
    LineUse,
    to_commit,
    to_release,
    to_reserve_again,
)
from services.reintegration.domain.ledger import (
    MOVES,
    Account,
    Balances,
    FundsInsufficient,
    Move,
    moved,
    postings,
)

APPROPRIATED, LINES = 100_000, 3
AMOUNT = 60_000


@pytest.mark.parametrize("move", list(Move))
def test_the_two_entries_of_a_movement_sum_to_zero(move: Move) -> None:
    (source, taken), (target, given) = postings(move, 7)
    assert (source, target) == MOVES[move]
    assert taken + given == 0


@pytest.mark.parametrize("move", [move for move in Move if move is not Move.APPROPRIATE])
def test_an_account_never_goes_below_zero(move: Move) -> None:
    with pytest.raises(FundsInsufficient):
        moved(Balances(), move, 1)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_movement_has_a_positive_amount(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        moved(Balances(available=10), Move.RESERVE, amount)


def test_an_invoice_after_the_end_is_set_aside_anew_up_to_the_line() -> None:
    ended = LineUse(unreserved=500, reserved=0, committed=0, pending=0, authorised=0)
    assert to_reserve_again(ended, 500, owed_after_the_end=True) == 500
    with pytest.raises(LineExceeded):
        to_reserve_again(ended, 501, owed_after_the_end=True)
    with pytest.raises(LineExceeded):
        to_reserve_again(ended, 1, owed_after_the_end=False)


def test_a_release_leaves_what_is_asked_for() -> None:
    use = LineUse(unreserved=0, reserved=300, committed=200, pending=250, authorised=150)
    wanted = to_release(use)
    assert (wanted.uncommit, wanted.release) == (50, 250)


class Money(RuleBasedStateMachine):
    """One budget and a few lines, driven through every movement the commands make."""

    @initialize()
    def open(self) -> None:
        self.budget = moved(Balances(), Move.APPROPRIATE, APPROPRIATED)
        self.lines = [Balances(available=AMOUNT) for _ in range(LINES)]
        self.requested: list[tuple[int, int]] = []
        self.authorised: list[tuple[int, int]] = []
        self.paid: list[tuple[int, int]] = []

    def _book(self, move: Move, line: int, amount: int) -> None:
        if amount:
            budget, own = moved(self.budget, move, amount), moved(self.lines[line], move, amount)
            self.budget, self.lines[line] = budget, own

    def _use(self, line: int) -> LineUse:
        authorised = sum(amount for which, amount in self.authorised if which == line)
        own = self.lines[line]
        return LineUse(
            unreserved=own.available,
            reserved=own.reserved,
            committed=own.committed,
            pending=authorised + sum(amount for which, amount in self.requested if which == line),
            authorised=authorised,
        )

    @rule(line=st.integers(0, LINES - 1))
    def reserve(self, line: int) -> None:
        if self.lines[line].available == AMOUNT:
            try:
                self._book(Move.RESERVE, line, AMOUNT)
            except FundsInsufficient:
                assert self.budget.available < AMOUNT

    @rule(line=st.integers(0, LINES - 1), amount=st.integers(1, AMOUNT * 2), ended=st.booleans())
    def request(self, line: int, amount: int, ended: bool) -> None:
        try:
            again = to_reserve_again(self._use(line), amount, owed_after_the_end=ended)
            self._book(Move.RESERVE, line, again)
        except (LineExceeded, FundsInsufficient):
            return
        self.requested.append((line, amount))

    @precondition(lambda self: self.requested)
    @rule()
    def authorise(self) -> None:
        line, amount = self.requested.pop()
        use = self._use(line)
        self._book(Move.COMMIT, line, to_commit(use, amount))
        self.authorised.append((line, amount))

    @precondition(lambda self: self.authorised)
    @rule()
    def settle(self) -> None:
        line, amount = self.authorised.pop(0)
        self._book(Move.PAY, line, amount)
        self.paid.append((line, amount))

    @precondition(lambda self: self.authorised)
    @rule()
    def fail(self) -> None:
        line, _ = self.authorised.pop()
        self._book(Move.UNCOMMIT, line, to_release(self._use(line)).uncommit)

    @precondition(lambda self: self.paid)
    @rule()
    def reverse(self) -> None:
        self._book(Move.REVERSE, *self.paid.pop())

    @rule(line=st.integers(0, LINES - 1))
    def release(self, line: int) -> None:
        wanted = to_release(self._use(line))
        self._book(Move.UNCOMMIT, line, wanted.uncommit)
        self._book(Move.RELEASE, line, wanted.release)

    @rule(line=st.integers(0, LINES - 1))
    def approve_plan(self, line: int) -> None:
        self._book(Move.COMMIT, line, self.lines[line].reserved)

    @invariant()
    def entries_sum_to_zero(self) -> None:
        assert self.budget.total == 0

    @invariant()
    def nothing_is_below_zero_and_lines_keep_their_amount(self) -> None:
        for line in self.lines:
            parts = (line.available, line.reserved, line.committed, line.paid)
            assert min(parts) >= 0
            assert sum(parts) == AMOUNT

    @invariant()
    def the_budget_is_the_sum_of_its_lines(self) -> None:
        for account in (Account.RESERVED, Account.COMMITTED, Account.PAID):
            assert getattr(self.budget, account.value) == sum(getattr(line, account.value) for line in self.lines)

    @invariant()
    def what_is_asked_for_is_set_aside_and_paid_is_what_was_settled(self) -> None:
        for number in range(LINES):
            use = self._use(number)
            assert use.pending <= use.reserved + use.committed
            assert use.authorised <= use.committed
            assert self.lines[number].paid == sum(amount for which, amount in self.paid if which == number)


TestMoney = Money.TestCase

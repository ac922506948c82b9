"""A currency collapses or a price climbs: the grant stays, open measures are quoted anew, and the rule says who bears it.

Source: domain-rules.md 35, row 30.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reintegration.domain.exchange import (
    Bearer,
    ExchangeRules,
    Priced,
    Rate,
    RateKind,
    has_moved,
    in_base,
    quoted,
    shortage,
)
from shared.money import MINOR_UNITS, Money
from shared.testing.plugin import Run
from tests.reintegration.story import PROVIDER, ROOT, Story, accounts, act
from tests.reintegration.test_failed_payments import lacking, notices
from tests.reintegration.test_held_orders import Order, order

service_test = pytest.mark.asyncio(loop_scope="session")
TODAY = date(2026, 3, 2)
CURRENCIES = st.sampled_from(["GEL", "XOF", "TND", "IQD"])
AMOUNTS = st.integers(0, 10**12)
RATES = st.decimals(min_value="0.00000001", max_value="99999999", places=8)
RULES = ExchangeRules(version="test", move_percent=10, rate_kind=RateKind.OFFICIAL, loss_borne_by=Bearer.PROGRAMME)


def rate(currency: str, local_per_base: Decimal, base: str = "CHF") -> Rate:
    return Rate(base=base, currency=currency, local_per_base=local_per_base, valid_on=TODAY)


@given(CURRENCIES, AMOUNTS, RATES)
def test_a_conversion_is_off_by_half_a_minor_unit_at_most_and_never_free(
    currency: str, minor: int, local_per_base: Decimal
) -> None:
    found = in_base(Money(minor, currency), rate(currency, local_per_base))
    exact = Fraction(minor * 100, 10 ** MINOR_UNITS.get(currency, 2)) / Fraction(local_per_base)
    assert found.currency == "CHF"
    assert abs(found.amount_minor - exact) <= Fraction(1, 2) or (minor and found.amount_minor == 1 and exact < 1)
    assert (found.amount_minor == 0) == (minor == 0)


@given(CURRENCIES, AMOUNTS, AMOUNTS, RATES)
def test_a_higher_price_never_takes_less_and_parts_differ_by_their_rounding_only(
    currency: str, one: int, other: int, local_per_base: Decimal
) -> None:
    known = rate(currency, local_per_base)
    first, second = (in_base(Money(minor, currency), known).amount_minor for minor in (one, other))
    assert (first <= second) if one <= other else (first >= second)
    together = in_base(Money(one + other, currency), known).amount_minor
    assert abs(together - first - second) <= 2


@given(AMOUNTS)
def test_at_a_rate_of_one_the_amount_stays(minor: int) -> None:
    assert in_base(Money(minor, "EUR"), rate("EUR", Decimal(1))).amount_minor == minor


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.booleans(), RATES)
def test_a_quote_moves_only_while_open_and_beyond_the_rule(
    before: int, minor: int, is_open: bool, local_per_base: Decimal
) -> None:
    known = rate("GEL", local_per_base)
    price = Money(minor, "GEL")
    now = in_base(price, known).amount_minor
    found = quoted(Priced(price=price, quoted_minor=before, open=is_open), known, RULES)
    assert found == (now if is_open and has_moved(before, now, 10) else before)
    assert quoted(Priced(price=price, quoted_minor=None, open=is_open), known, RULES) == now


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=4))
def test_what_the_programme_adds_covers_a_shortage_exactly(granted: int, quotes: list[int]) -> None:
    lacking_now = shortage(granted, 0, quotes)
    assert lacking_now >= 0
    assert shortage(granted, lacking_now, quotes) == 0
    assert lacking_now == 0 or granted + lacking_now == sum(quotes)


@pytest.mark.parametrize(("after", "moved"), [(110, False), (111, True), (90, False), (89, True), (100, False)])
def test_exactly_the_percentage_has_not_moved(after: int, moved: bool) -> None:
    assert has_moved(100, after, 10) is moved


# ---------------------------------------------------------------- over HTTP


async def recorded(story: Story, local_per_base: str, on: str, **more: Any) -> Any:
    body = {"base": "CHF", "currency": "GEL", "local_per_base": local_per_base, "source": "NBG", "valid_on": on}
    return await story.officer().post(f"{ROOT}/exchange-rates", json={**body, **more})


async def quote(told: Order, by: Any = None) -> Any:
    return await act(by or told.story.manager("pm-2"), f"plans/{told.plan}", "quotation")


async def priced(told: Order, gel_minor: int) -> None:
    answer = await told.do("price", price={"amount_minor": gel_minor, "currency": "GEL"})
    assert answer.status_code == 200, answer.text


@service_test
async def test_open_measures_are_quoted_anew_and_the_programme_bears_what_the_line_lacks(running: Run) -> None:
    told = await order(running)
    await recorded(told.story, "3.0", "2026-02-01")
    await priced(told, 900_000)
    first = (await quote(told)).json()
    assert [(one["before"], one["now"]["amount_minor"]) for one in first["measures"]] == [(None, 300_000)]
    assert first["shortages"] == []
    before = await accounts(told.svc, told.budget["id"])
    await recorded(told.story, "2.0", "2026-03-01")
    for client in (told.story.caseworker(), told.story.partner()):
        (notice,) = await notices(client, "plan.quote-moved")
        assert notice["facts"] == {"plan_id": told.plan}
    looked = (await told.story.partner().get(f"{ROOT}/plans/{told.plan}/quotation")).json()
    assert looked["shortages"][0]["lacking"] == {"amount_minor": 150_000, "currency": "CHF"}
    assert await accounts(told.svc, told.budget["id"]) == before
    assert (await act(told.story.partner(), f"plans/{told.plan}", "quotation")).status_code == 403
    anew = (await quote(told)).json()
    assert (anew["measures"][0]["now"]["amount_minor"], anew["shortages"][0]["borne_by"]) == (450_000, "programme")
    after = await accounts(told.svc, told.budget["id"])
    assert (after["available"], after["reserved"]) == (before["available"] - 150_000, before["reserved"] + 150_000)
    assert (await quote(told)).json()["shortages"] == []
    assert await accounts(told.svc, told.budget["id"]) == after
    lines = (
        await told.story.caseworker().get(f"{ROOT}/assistance-lines", params={"case_id": told.story.case_id})
    ).json()
    own = told.story.line_of("post_return")["line_id"]
    (granted,) = [line for line in lines["items"] if line["line_id"] == own]
    assert granted["amount"]["amount_minor"] == 300_000
    await told.story.withdrawn()
    assert (await accounts(told.svc, told.budget["id"]))["reserved"] == 0


@service_test
async def test_within_the_rule_and_once_delivered_a_quote_stays(running: Run) -> None:
    told = await order(running)
    await recorded(told.story, "3.0", "2026-02-01")
    await priced(told, 600_000)
    await quote(told)
    await recorded(told.story, "2.8", "2026-03-01")
    assert (await quote(told)).json()["measures"][0]["now"]["amount_minor"] == 200_000
    assert await notices(told.story.partner(), "plan.quote-moved") == []
    await told.do("start")
    await told.do("delivery", evidence_ref="EV-1")
    await recorded(told.story, "1.0", "2026-03-02")
    found = (await quote(told)).json()["measures"][0]
    assert (found["now"]["amount_minor"], found["open"]) == (200_000, False)
    assert lacking(await told.do("price", price={"amount_minor": 1, "currency": "GEL"})) == set()


@service_test
async def test_a_rate_is_dated_data_with_kind_and_source(running: Run) -> None:
    told = await order(running)
    assert (await recorded(told.story, "3.0", "2026-03-01")).status_code == 201
    assert (await recorded(told.story, "3.1", "2026-03-01")).json()["slug"] == "already-exists"
    assert (await recorded(told.story, "4.5", "2026-03-01", kind="parallel", source="survey")).status_code == 201
    assert (await recorded(told.story, "1", "2026-03-01", currency="CHF")).json()["slug"] == "same-currency"
    assert (await recorded(told.story, "1", "2026-03-03")).json()["slug"] == "date-in-future"
    assert (await recorded(told.story, "0", "2026-03-01")).status_code == 422
    shown = (await told.story.partner().get(f"{ROOT}/exchange-rates", params={"currency": "GEL"})).json()["items"]
    assert [(row["kind"], Decimal(row["local_per_base"]), row["source"]) for row in shown] == [
        ("parallel", Decimal("4.5"), "survey"),
        ("official", Decimal("3.0"), "NBG"),
    ]
    partner = told.svc.client("reintegration_partner", partner_id=PROVIDER)
    assert (await partner.post(f"{ROOT}/exchange-rates", json={})).status_code == 403


@service_test
async def test_without_a_rate_nothing_is_guessed(running: Run) -> None:
    told = await order(running)
    await priced(told, 600_000)
    refused = await quote(told)
    assert (refused.status_code, refused.json()["slug"], refused.json()["currency"]) == (
        409,
        "exchange-rate-missing",
        "GEL",
    )
    stranger = told.svc.client("programme_manager", programmes=["0199c0de-0000-7000-8000-00000000abcd"])
    assert (await stranger.post(f"{ROOT}/plans/{told.plan}/quotation", json={})).status_code == 404

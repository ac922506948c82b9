"""What the routes of partnerships share: who may call, money, evidence, and the words of a side."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import pycountry
from fastapi import Depends
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.registry.api import schemas
from services.registry.api.schemas import Body, Code, Short
from services.registry.domain.code_lists import COMPONENT_TYPES
from shared.http_api import Call, caller
from shared.pagination import PageRequest, page_request

DELEGATE, MANAGER, ADMINISTRATOR = "partnership_delegate", "programme_manager", "administrator"
OFFICE = ("caseworker", "case_officer", "statistician", "auditor")
Recorder = Annotated[Call, caller(MANAGER, ADMINISTRATOR)]
"""Records what the sides signed."""
Speaker = Annotated[Call, caller(DELEGATE, MANAGER, ADMINISTRATOR)]
"""Speaks for a side: a delegate for the own one, the host's administration for the host."""
Reader = Annotated[Call, caller(DELEGATE, MANAGER, ADMINISTRATOR, *OFFICE)]
Paging = Annotated[PageRequest, Depends(page_request)]

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Side = Literal["host", "partner"]
Precision = Literal["day", "month", "year"]
DacCode = Annotated[str, Field(pattern=r"^\d{5}$")]


KOSOVO = "XKX"


def known_country(code: str) -> str:
    """The code, if ISO 3166-1 or its users know it; raises ValueError."""
    if code != KOSOVO and pycountry.countries.get(alpha_3=code) is None:
        raise ValueError("unknown country")
    return code


def in_country(region: str, country: str) -> bool:
    """Whether an ISO 3166-2 region lies in a country; of Kosovo none are known, and any is taken."""
    if country == KOSOVO:
        return region.startswith("XK-")
    known = pycountry.countries.get(alpha_3=country)
    return known is not None and any(
        found.code == region and found.country_code == known.alpha_2 for found in pycountry.subdivisions
    )


def _known_currency(code: str) -> str:
    if pycountry.currencies.get(alpha_3=code) is None:
        raise ValueError("unknown currency")
    return code


Country = Annotated[schemas.Country, AfterValidator(known_country)]
Currency = Annotated[schemas.Currency, AfterValidator(_known_currency)]


def _known_component(code: str) -> str:
    if code not in COMPONENT_TYPES:
        raise ValueError("unknown component type")
    return code


ComponentType = Annotated[Code, AfterValidator(_known_component)]


class MoneyIn(Body):
    """A sum of money."""

    amount_minor: int = Field(ge=0, le=10**15)
    currency: Currency


class MoneyOut(BaseModel):
    """A sum of money."""

    amount_minor: int
    currency: str


class EvidenceIn(Body):
    """Where something can be checked: a document, a publication, a statistic. Never a person's paper."""

    kind: Literal["document", "publication", "statistic", "statement", "site_visit"] = Field(
        description="Kind of evidence."
    )
    title: Short = Field(description="What it is called.", examples=["Official Gazette 12/2026"])
    reference: Short | None = Field(default=None, description="Number or place by which it is found.")
    dated: date | None = Field(default=None, description="Day that it bears.")


def money(amount_minor: int | None, currency: str | None) -> MoneyOut | None:
    """A sum, if there is one."""
    return None if amount_minor is None or currency is None else MoneyOut(amount_minor=amount_minor, currency=currency)


__all__ = [
    "Body",
    "Code",
    "ComponentType",
    "Country",
    "DacCode",
    "EvidenceIn",
    "MoneyIn",
    "MoneyOut",
    "Paging",
    "Precision",
    "Reader",
    "Recorder",
    "Short",
    "Side",
    "Speaker",
    "Words",
    "in_country",
    "known_country",
    "money",
]

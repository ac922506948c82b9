"""Countries and code lists, with terms in German, French and English where the field has them."""

from __future__ import annotations

from typing import Annotated, Any

import pycountry
from fastapi import APIRouter
from pydantic import BaseModel

from services.registry.domain.code_lists import CODE_LISTS
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.money import MINOR_UNITS
from shared.problems import problems

router = APIRouter(tags=["0 reference"])
Anybody = Annotated[Call, caller()]


class CountryOut(BaseModel):
    """A country by ISO 3166-1; Kosovo under its user-assigned code."""

    code: str
    alpha_2: str
    name: str


@router.get("/countries", operation_id="listCountries", summary="Countries")
async def countries(call: Anybody) -> list[CountryOut]:
    """ISO 3166-1 alpha-3, plus XKX."""
    found = [CountryOut(code=c.alpha_3, alpha_2=c.alpha_2, name=c.name) for c in pycountry.countries]
    return sorted([*found, CountryOut(code="XKX", alpha_2="XK", name="Kosovo")], key=lambda entry: entry.code)


@router.get("/code-lists/{name}", operation_id="getCodeList", summary="A code list", responses=problems(NotFound))
async def code_list(call: Anybody, name: str) -> list[dict[str, Any]]:
    """One of: component_types, vulnerabilities, measure_categories, recipient_roles, currencies, languages."""
    if name == "currencies":
        units = ((entry.alpha_3, entry.name) for entry in pycountry.currencies)
        return [{"code": code, "name": label, "minor_units": MINOR_UNITS.get(code, 2)} for code, label in units]
    if name == "languages":
        return [
            {"code": entry.alpha_3, "name": entry.name} for entry in pycountry.languages if hasattr(entry, "alpha_2")
        ]
    if name not in CODE_LISTS:
        raise NotFound
    return CODE_LISTS[name]

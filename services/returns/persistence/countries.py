"""Countries by two letters, as UN/LOCODE begins, and by three, as this house names them."""

from __future__ import annotations

import pycountry

KOSOVO = ("XK", "XKX")
"""Not in ISO 3166 and in use: the code that users assigned."""


def two_letters(country: str) -> str:
    """The two letters by which UN/LOCODE begins; empty for a code that is no country's."""
    if country == KOSOVO[1]:
        return KOSOVO[0]
    found = pycountry.countries.get(alpha_3=country)
    return str(found.alpha_2) if found else ""


def three_letters(country: str) -> str:
    """The three letters by which this house names countries; the two as they are for a code that is no country's."""
    if country == KOSOVO[0]:
        return KOSOVO[1]
    found = pycountry.countries.get(alpha_2=country)
    return str(found.alpha_3) if found else country

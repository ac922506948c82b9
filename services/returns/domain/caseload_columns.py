"""The columns of a caseload file: what each holds, as a table that templates and readers are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "country", "date", "yes_no", "choice"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the file, explained."""

    name: str
    meaning: str
    example: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column(
        name="external_id",
        meaning="Your own number of this person; sending the same number again changes nothing.",
        example="A-1001",
        kind="code",
        required=True,
    ),
    Column(
        name="joins",
        meaning="The external_id of the person whose file this one joins, further up in the file or imported earlier;"
        " empty: a file of their own.",
        example="",
        kind="code",
    ),
    Column(
        name="case_kind",
        meaning="Kind of return; empty: avrr.",
        example="avrr",
        kind="choice",
        choices=("avrr", "avr_transport_only", "self_organised", "humanitarian_return"),
    ),
    Column(
        name="destination",
        meaning="Country to return to, ISO 3166-1 alpha-3; empty only with joins.",
        example="GEO",
        kind="country",
    ),
    Column(
        name="destination_basis",
        meaning="Why the person may go there; empty: citizenship.",
        example="citizenship",
        kind="choice",
        choices=("citizenship", "former_habitual_residence", "right_of_residence", "admitted_third_country"),
    ),
    Column(name="opened_on", meaning="Day the file was opened; empty: today.", example="2026-02-16", kind="date"),
    Column(
        name="relation",
        meaning="Part in the family; empty: main_applicant.",
        example="main_applicant",
        kind="choice",
        choices=("main_applicant", "partner", "child", "parent", "sibling", "other_relative", "ward"),
    ),
    Column(
        name="sex",
        meaning="ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable.",
        example="2",
        kind="choice",
        required=True,
        choices=("0", "1", "2", "9"),
    ),
    Column(name="family_name", meaning="Family name; sealed at rest.", example="Example"),
    Column(name="given_names", meaning="Given names; sealed at rest.", example="Given"),
    Column(name="name_in_original_script", meaning="The name as its owner writes it.", example=""),
    Column(name="last_address_in_origin", meaning="Last address in the country of origin.", example=""),
    Column(name="phone", meaning="Telephone, if the person wants to be called.", example=""),
    Column(
        name="born_on",
        meaning="Birth date, YYYY-MM-DD; empty when not known. Placeholders such as 1900-01-01 are refused.",
        example="1990-05-01",
        kind="date",
    ),
    Column(
        name="adult",
        meaning="Only without born_on: yes or no; unknown counts as a minor.",
        example="",
        kind="yes_no",
    ),
    Column(name="citizenship", meaning="ISO 3166-1 alpha-3; empty when not known.", example="GEO", kind="country"),
    Column(
        name="citizenship_evidence",
        meaning="How the citizenship is known; empty: statement.",
        example="passport",
        kind="choice",
        choices=("passport", "identity_card", "birth_certificate", "statement", "none"),
    ),
    Column(
        name="statelessness",
        meaning="Empty unless it is a question.",
        example="",
        kind="choice",
        choices=("established", "claimed", "at_risk"),
    ),
    Column(name="unaccompanied", meaning="A child without the adult responsible for it.", example="no", kind="yes_no"),
    Column(name="needs_carer", meaning="Cannot travel without another adult.", example="no", kind="yes_no"),
    Column(name="medical_needed", meaning="Needs a medical clearance before travel.", example="no", kind="yes_no"),
    Column(
        name="provisional",
        meaning="Who it is will be completed later; carries no consent until then.",
        example="no",
        kind="yes_no",
    ),
)
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}

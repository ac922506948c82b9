"""The examples of docs/programme-rules.md are executed: table and question in, the printed answer out, word for word."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.registry.api.quote_schemas import QuoteIn
from services.registry.contracts.rule_table import RuleTable
from services.registry.contracts.rule_table_reading import KNOWN_WORDS, read_table
from services.registry.domain.entitlement_facts import in_words
from services.registry.domain.quote import Calculation, calculate

PAGE = Path(__file__).parents[2] / "docs" / "programme-rules.md"
EXAMPLE = re.compile(r"^### (?P<name>.+?)\n.*?```json\n(?P<table>.*?)```\n.*?```json\n(?P<ask>.*?)```\n.*?```text\n(?P<answer>.*?)```", re.M | re.S)  # fmt: skip
SECTIONS = re.split(r"(?m)^(?=### )", PAGE.read_text(encoding="utf-8"))
EXAMPLES = {found["name"]: found for section in SECTIONS if (found := EXAMPLE.match(section))}


def told(found: Calculation, currency: str) -> str:
    """A calculation as the page prints it."""
    words = [f"{found.eligibility.outcome}, {in_words(found.total_minor, currency)}"]
    for reason in found.eligibility.reasons:
        words.append(
            f"{reason.rule}{' ' + reason.person_ref if reason.person_ref else ''}: {reason.text} ({reason.because})"
        )
    for line in found.lines:
        words.append(f"{line.rule} {line.person_ref or 'file'}, {line.phase}: {in_words(line.amount_minor, currency)}")
        words += [f"  {step.text}" for step in line.steps]
        if line.due and line.due.from_on:
            words.append(f"  due {line.due.from_on} to {line.due.to_on}")
    words += [f"{limit.rule}: {limit.text}" for limit in found.adjustments]
    words += [f"not recorded: {', '.join(found.unknown)}"] if found.unknown else []
    return "\n".join(words) + "\n"


def answer(table: Any, ask: Any) -> str:
    body = QuoteIn.model_validate_json(json.dumps(ask))
    facts = body.circumstances()
    read = read_table(table)
    return told(calculate(read, [person.person() for person in body.persons], facts), read["currency"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_page_is_true(name: str) -> None:
    found = EXAMPLES[name]
    assert answer(json.loads(found["table"]), json.loads(found["ask"])) == found["answer"]


def test_every_shape_has_an_example_and_every_word_is_explained() -> None:
    assert len(EXAMPLES) >= 17
    assert len(EXAMPLES) == len(re.findall(r"(?m)^### ", PAGE.read_text(encoding="utf-8")))
    page = PAGE.read_text(encoding="utf-8")
    assert set(RuleTable.model_fields) <= KNOWN_WORDS
    assert [word for word in sorted(KNOWN_WORDS) if f"`{word}`" not in page and f'"{word}"' not in page] == []

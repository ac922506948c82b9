"""Packs one person's file: the records as JSON, and the same as a page in a language of theirs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from services.returns.api.page_texts import page_texts, spoken
from shared.money import Money

NAME = "person-file"
STYLE = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
STYLE += "td,th{border:1px solid #999;padding:.2rem .6rem;text-align:start;vertical-align:top}"
PACKED_AT = (1980, 1, 1, 0, 0, 0)
"""The archive says nothing of when it was made besides what stands in it."""
Sections = Mapping[str, Sequence[Mapping[str, Any]]]


def bundle(sections: Sections, *, language: str, on: date) -> bytes:
    """The archive with the records and the page."""
    records = {"made_on": on, "sections": sections}
    parts = {
        "file.json": json.dumps(records, default=str, ensure_ascii=False, indent=1),
        "file.html": page(sections, language=spoken(NAME, language), on=on),
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, PACKED_AT), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def page(sections: Sections, *, language: str, on: date) -> str:
    """The page: one table for each section, nothing that a browser would fetch or run."""
    texts = page_texts(NAME)[language]
    body = "".join(_section(texts, name, rows) for name, rows in sections.items())
    title = escape(texts["title"])
    return (
        f'<!doctype html><html lang="{language}" dir="{texts["dir"]}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{escape(texts['made'])} {on.isoformat()}</p><p>{escape(texts['intro'])}</p>{body}"
        f"<p>{escape(texts['more'])}</p></body></html>"
    )


def _section(texts: Mapping[str, Any], name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    heading = f"<h2>{escape(texts['sections'][name])}</h2>"
    names = list(dict.fromkeys(field for row in rows for field, value in row.items() if value not in (None, "", [])))
    note = texts["notes"].get(name)
    if note:
        heading += f"<p>{escape(note)}</p>"
    if not names:
        return heading if note else f"{heading}<p>{escape(texts['empty'])}</p>"
    head = "".join(f"<th>{escape(texts['fields'].get(field, field))}</th>" for field in names)
    lines = (
        "".join(f"<td>{_cell(texts, _worded(texts, field, row.get(field)))}</td>" for field in names) for row in rows
    )
    return f"{heading}<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _worded(texts: Mapping[str, Any], field: str, value: Any) -> Any:
    """What somebody was found to need, in words that are fit to be read by them."""
    return texts["needs"].get(value, value) if field == "need" else value


def _cell(texts: Mapping[str, Any], value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return escape(texts["yes"] if value else texts["no"])
    if isinstance(value, list):
        return escape(", ".join(str(entry) for entry in value))
    if isinstance(value, dict) and "amount_minor" in value:
        return f"<bdi>{escape(Money(value['amount_minor'], value['currency']).text)}</bdi>"
    if isinstance(value, dict):
        return escape(", ".join(f"{name}: {entry}" for name, entry in value.items()))
    return f"<bdi>{escape(str(value))}</bdi>"

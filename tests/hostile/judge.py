"""The verdict on an answer to a hostile request, and the counts that are printed when the run ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from shared.problems import MEDIA_TYPE, TYPE_PREFIX
from tests.hostile.raw import Answer

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
GENERIC = {400, 401, 403, 404, 405, 408, 413, 415, 422, 431}
SHORTEST_ECHO = 6
Record = Callable[[str, object], None]


def complaint(answer: Answer, *, sent: Iterable[str] = (), documented: Iterable[str] = ()) -> str | None:
    """What is wrong with this answer; None when it is as it should be."""
    if not 200 <= answer.status < 500:
        return f"status {answer.status}"
    known = {int(status) for status in documented if status.isdigit()} | GENERIC
    if documented and answer.status not in known:
        return f"status {answer.status} is not documented"
    return broken_problem(answer) or echo(answer, sent) if answer.status >= 400 else None


def broken_problem(answer: Answer) -> str | None:
    """Why this is not one of our problem documents; None when it is one."""
    if answer.headers.get("content-type") != MEDIA_TYPE:
        return f"content type {answer.headers.get('content-type')}"
    try:
        found = answer.problem
    except ValueError:
        return "not JSON"
    slug = str(found.get("slug"))
    if not SLUG.fullmatch(slug) or found.get("type") != TYPE_PREFIX + slug or found.get("status") != answer.status:
        return "not a problem of ours"
    return None if found.get("title") else "no title"


def echo(answer: Answer, sent: Iterable[str]) -> str | None:
    """Whether a refusal repeats what was sent."""
    texts = {answer.text, str(answer.problem)}
    said = (text for text in sent if len(text) >= SHORTEST_ECHO and text not in TYPE_PREFIX)
    hits = [text for text in said if any(text in shown for shown in texts)]
    return f"repeats {hits[0]!r}" if hits else None


def texts_in(value: Any) -> list[str]:
    """Every text inside a body, names of unknown fields included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in texts_in(item))]
    return [text for item in value for text in texts_in(item)] if isinstance(value, list) else []


class Tally:
    """Counts answers of one test and hands them to the summary."""

    def __init__(self, name: str, record: Record) -> None:
        self.name, self._record = name, record
        self.counts: Counter[str] = Counter()
        self.complaints: list[str] = []

    def count(self, label: str, complaint_found: str | None, *, about: object = "") -> None:
        """One answer."""
        self.counts[label] += 1
        if complaint_found is not None:
            self.complaints.append(f"{complaint_found} <- {about}"[:1500])

    def close(self) -> None:
        """Hand the counts over and fail when there was a complaint."""
        shown = ", ".join(f"{label}: {number}" for label, number in sorted(self.counts.items()))
        self._record("hostile", f"{self.name}: {self.counts.total()} sent ({shown}), {len(self.complaints)} wrong")
        assert not self.complaints, f"{len(self.complaints)} wrong answers\n" + "\n".join(self.complaints[:20])

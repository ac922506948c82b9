"""What is printed of an access matrix, and what of it nobody has explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.hostile.reasons import EXPLAINED, READ_BY_ALL
from tests.hostile.visited import Matrix


def report(name: str, matrix: Matrix) -> Iterator[str]:
    """One line of counts, and one for each reason for which a route is not asked about what is somebody else's."""
    shown = ", ".join(f"{what}: {number}" for what, number in sorted(matrix.counts.items()))
    left = f"not seeded {len(matrix.not_seeded)}, not told apart {len(matrix.unproven)}"
    yield f"access {name}: {shown}; leaks {len(matrix.leaks)}, {left}"
    explained: dict[str, list[str]] = defaultdict(list)
    for label in matrix.unaddressed:
        explained[EXPLAINED.get(label, "NOT EXPLAINED")].append(label)
    explained["only for roles without bounds"] += matrix.unbounded
    for reason, labels in sorted((reason, labels) for reason, labels in explained.items() if labels):
        yield f"access {name}: nothing foreign can be named in {len(labels)} routes, {reason}: {'; '.join(labels)}"
    for (label, role), reason in READ_BY_ALL.items():
        if label.split("/")[1] == name:
            yield f"access {name}: {label} shows every {role} what is others', {reason}"


def gaps(name: str, matrix: Matrix) -> dict[str, list[str]]:
    """Routes that were not tried as they should be, and reasons that no route needs any more."""
    known = {label for label in EXPLAINED if label.split("/")[1] == name}
    found = {
        "nothing of the kind was seeded": matrix.not_seeded,
        "nothing foreign can be named, and no reason is written down": [
            label for label in matrix.unaddressed if label not in EXPLAINED
        ],
        "a reason is written down, and something foreign can be named": sorted(
            known - {*matrix.unaddressed, *matrix.unbounded}
        ),
        "not told apart by anybody in scope": matrix.unproven,
    }
    return {what: labels for what, labels in found.items() if labels}

"""Seeds what may hang on a family's file, so that a stranger can be tried on it: holders, safeguards, links, holds."""

from __future__ import annotations

from shared.testing.running import RunningService
from tests.returns.story import FAMILY, CaseStory, person
from tests.returns.test_partial_arrival import arrives
from tests.returns.test_reconciliations import found_same


async def seeded(service: RunningService) -> None:
    """Two files that belong together, of which one has a child, a safeguard, an advisory and a hold; and one person who
    was helped twice."""
    told, other = CaseStory(service), CaseStory(service)
    await other.open()
    await told.submitted([person("main_applicant"), person("child")])
    adult = told.refs(adults=True)[0]
    await told.post("vulnerabilities", {"person_ref": adult, "indicators": ["medical"]}, expect=201)
    await told.post("links", {"other_case_id": other.id, "kind": "joins_later"}, expect=201)
    advisory = await told.warned("inform")
    await told.post(f"advisories/{advisory}/information", {})
    protection = service.client("protection_officer", subject="po-1", offices=["ZRH"])
    await told.post(f"persons/{adult}/erasure-holds", {"ground": "court"}, client=protection, expect=201)


async def helped_twice(service: RunningService) -> None:
    """A person with two granted files, on one of which a message came that had no effect."""
    first, second = CaseStory(service), CaseStory(service)
    await first.departed()
    await first.paid()
    await second.approved()
    await found_same(second)
    too_early = CaseStory(service)
    await too_early.prepared(FAMILY[:1])
    await arrives(too_early)

"""Why nothing foreign can be named in a request to some routes: every such route is here with its reason, and no other."""

from __future__ import annotations

REASONS: dict[str, dict[str, str]] = {
    "registry": {
        "code lists are the same for everybody who is known": """
            GET /code-lists/{name}
        """,
        "the house makes something new, which is nobody's yet": """
            POST /partnerships
            POST /corridor-advisories
            POST /agencies
            POST /partners
            POST /providers
            POST /offices
            POST /actors
            POST /programmes
        """,
        "an advisory holds for a country: all who work on a return there read it, and its steps need two people": """
            GET /corridor-advisories/{advisory_id}
            POST /corridor-advisories/{advisory_id}/publication
            POST /corridor-advisories/{advisory_id}/discard
            POST /corridor-advisories/{advisory_id}/lifting-request
            POST /corridor-advisories/{advisory_id}/lifting
            POST /corridor-advisories/{advisory_id}/upholding
        """,
        "programmes and their rules are read by all of the house": """
            GET /programmes/{programme_id}
            GET /programmes/{programme_id}/rule-versions
            GET /programmes/{programme_id}/rule-versions/{rule_version_id}
            GET /programmes/{programme_id}/rule-versions/{rule_version_id}/differences
            GET /programmes/{programme_id}/rule-versions/{rule_version_id}/trials
            GET /programmes/{programme_id}/rule-versions/{rule_version_id}/trials/{trial_id}
        """,
        "treaties and the life of a partnership are recorded by the house's administration; no delegate gets in": """
            POST /partnerships/{partnership_id}/transitions
            POST /agreements
            POST /agreements/{agreement_id}/publication
            POST /agreements/{agreement_id}/discard
            POST /agreements/{agreement_id}/ending
        """,
        "organisations are enrolled, checked and suspended by the house's administration; none of them gets in": """
            PATCH /recipients/{recipient_id}
            POST /recipients/{recipient_id}/suspension
            POST /recipients/{recipient_id}/reinstatement
            POST /recipients/{recipient_id}/due-diligence
            POST /recipients/{recipient_id}/keys
        """,
    },
    "returns": {
        "rules of a programme are read by all of the house": """
            GET /programmes/{programme_id}/voluntariness-rules
            GET /programmes/{programme_id}/clock-rules
            GET /programmes/{programme_id}/legal-bases
        """,
        "a search names words, not files, and finds in the own scope; a complaint is a new one": """
            POST /persons/search
            POST /complaints
        """,
    },
    "reintegration": {
        "rules of a programme are read by all of the house and its partners": """
            GET /programmes/{programme_id}/plan-rules
        """,
        "a rate of exchange holds for all programmes": """
            POST /exchange-rates
        """,
    },
    "reporting": {
        "what an indicator means is the same for everybody": """
            GET /indicators/{code}
        """,
        "a release is public: safe to publish, and published": """
            GET /releases/{release_id}
            POST /releases
        """,
    },
}
"""By service and reason; the paths are without their service and version."""

READ_BY_ALL = {
    ("GET /registry/v1/providers/{provider_id}/services", "reintegration_partner"): (
        "a partner refers people to any provider and sees what each offers, as in the list of where a referral may go"
    ),
}
"""What belongs to somebody and is yet shown to everybody in a role, and why."""


EXPLAINED = {
    f"{method} /{name}/v1{path}": reason
    for name, reasons in REASONS.items()
    for reason, listed in reasons.items()
    for method, _, path in (line.strip().partition(" ") for line in listed.strip().splitlines())
}
"""The reason for each of these routes, by method and path."""

"""A million cases of a hundred offices, written by SQL: one office has ten thousand open ones, the others half as many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import asyncpg

OFFICE, AUTHORITY = "ZRH", "SEM"
OFFICES = 100
TODAY = date(2026, 3, 2)
PORTION = 100_000
STATES = "ARRAY['DRAFT','SUBMITTED','SCREENING','ELIGIBLE','APPROVED','PRE_DEPARTURE','READY','DEPARTED','ARRIVED','HANDED_OVER']"
CLOCKS = (
    "ARRAY['application','screening','decision','preparation_review','travel_document_validity','partner_lead_time']"
)

CASES = f"""
INSERT INTO return_case (id, version, created_at, updated_at, file_reference, case_kind, destination_basis, programme_id,
    office_id, authority_id, host, destination, state, funding, author, opened_on, duplicates_checked, security_checked,
    no_partner_needed, transit, handover_needed, missed_flights, travel_on, office_due_on, authority_due_on, next_look_on)
SELECT id, 1, now(), now(), 'CHE-' || n, 'avrr', 'citizenship', '0199c0de-0000-7000-8000-0000000000a1', office,
    CASE WHEN n % {OFFICES} < {OFFICES} / 2 THEN '{AUTHORITY}' ELSE 'BAMF' END, 'CHE', 'GEO',
    CASE WHEN open THEN ({STATES})[1 + (n / {OFFICES}) % 10] ELSE 'CLOSED' END, 'none', 'cw-1', $1::date - 60, true, true,
    true, '[]', false, 0, $1::date + (n % 90)::int,
    CASE WHEN open THEN $1::date - 20 + (hashint8(n) & 127) END,
    CASE WHEN open THEN $1::date - 20 + (hashint8(n + 1) & 127) END,
    CASE WHEN open THEN $1::date + 1 + (hashint8(n + 2) & 63) END
FROM (SELECT n, ('0199c0de-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
    CASE n % {OFFICES} WHEN 0 THEN '{OFFICE}' ELSE 'OF' || n % {OFFICES} END AS office,
    n % {OFFICES} = 0 OR (n / {OFFICES}) % 2 = 0 AS open
    FROM generate_series($2::bigint, $3::bigint) AS n) AS cases
"""
DEADLINES = f"""
INSERT INTO case_deadline (id, version, created_at, updated_at, case_id, clock, subject, rules_version, source, owes,
    started_on, base_on, due_on, silence_counts, paused_days, reminded_percent, escalated)
SELECT gen_random_uuid(), 1, now(), now(), id, ({CLOCKS})[1 + (hashtext(id::text) & 1) * 3 + number],
    '', 'clocks-v1', 'the table', 'office', $1::date - 30, day, day, false, 0, 0, 0
FROM (SELECT id, number, office_due_on + number * 9 AS day FROM return_case, generate_series(0, 2) AS number
    WHERE office_due_on IS NOT NULL AND id BETWEEN
        ('0199c0de-0000-7000-8000-' || lpad(to_hex($2::bigint), 12, '0'))::uuid AND
        ('0199c0de-0000-7000-8000-' || lpad(to_hex($3::bigint), 12, '0'))::uuid) AS running
"""


async def write_cases(url: str, count: int, say: Callable[[str], None]) -> None:
    """So many cases, three clocks on each open one, and statistics as a vacuum leaves them."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET synchronous_commit = off")
        for first in range(1, count + 1, PORTION):
            last = min(first + PORTION - 1, count)
            await connection.execute(CASES, TODAY, first, last)
            await connection.execute(DEADLINES, TODAY, first, last)
            say(f"{last:,} of {count:,} cases written")
        await connection.execute("VACUUM ANALYZE return_case")
        await connection.execute("VACUUM ANALYZE case_deadline")
    finally:
        await connection.close()

"""Whether a compose project lost or doubled anything: outboxes against the log, consumers, money, and each other."""

from __future__ import annotations

import json
import time
from collections import Counter

from deploy.compose.project import Project

PRODUCERS = ("registry", "returns", "reintegration", "reporting")
SERVICES = PRODUCERS
SETTLED_WITHIN_SECONDS = 180.0
GAPS = "SELECT key FROM outbox GROUP BY key HAVING max(sequence) <> count(*) OR min(sequence) <> 1"
PAID_TWICE = "SELECT line_id FROM payment WHERE state = 'SETTLED' GROUP BY line_id HAVING count(*) > 1"
WAITING = (
    "SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,"
    " (SELECT count(*) FROM parked_event WHERE resolved_at IS NULL) AS parked"
)
OFFSETS = "SELECT topic, partition, next_offset FROM consumer_offset"


def settle(project: Project) -> float:
    """Wait until every fact has travelled; the seconds it took. Raises TimeoutError with what still waits."""
    began = time.monotonic()
    while waiting := _waiting(project):
        if time.monotonic() - began > SETTLED_WITHIN_SECONDS:
            raise TimeoutError(f"facts are still on their way: {waiting}")
        time.sleep(1.0)
    return time.monotonic() - began


def _waiting(project: Project) -> list[str]:
    ends = _ends(project)
    found = []
    for service in SERVICES:
        if unpublished := project.rows(service, WAITING)[0]["unpublished"]:
            found.append(f"{service}: {unpublished} facts are not in the log")
        reached = {(row["topic"], row["partition"]): row["next_offset"] for row in project.rows(service, OFFSETS)}
        topics = {topic for topic, _ in reached}
        unread = sum(max(0, end - reached.get(place, 0)) for place, end in ends.items() if place[0] in topics)
        if unread:
            found.append(f"{service}: {unread} events are not read")
    return found


def _ends(project: Project) -> dict[tuple[str, int], int]:
    """The end of every partition, as the broker tells it."""
    ask = ("/opt/kafka/bin/kafka-get-offsets.sh", "--bootstrap-server", "kafka:9092")
    lines = project.run("exec", "-T", "kafka", *ask).split()
    found = (line.rsplit(":", 2) for line in lines if line.count(":") == 2)
    return {(topic, int(part)): int(end) for topic, part, end in found if not topic.startswith("__")}


def events_in_log(project: Project) -> dict[str, list[str]]:
    """The id of every event in the log, by topic."""
    read = ("-e", "WAYHOME_KAFKA_SERVERS=kafka:9092", "stand-in-agencies", "deploy.compose.read_log", *PRODUCERS)
    answer: dict[str, list[str]] = json.loads(project.run("--profile", "demo", "run", "--rm", "--no-deps", "-T", *read))
    return answer


def check(project: Project) -> tuple[list[str], dict[str, int]]:
    """What is wrong, and the figures; nothing is wrong when the list is empty."""
    wrong: list[str] = []
    figures: dict[str, int] = {}
    log = events_in_log(project)
    for service in PRODUCERS:
        wrong += [f"{service}: {len(gaps)} keys with gaps" for gaps in [project.rows(service, GAPS)] if gaps]
        published = {row["event_id"] for row in project.rows(service, "SELECT event_id FROM outbox")}
        times = Counter(log[service])
        wrong += [f"{service}: {len(lost)} events are not in the log" for lost in [published - times.keys()] if lost]
        wrong += [f"{service}: {len(odd)} unknown events in the log" for odd in [times.keys() - published] if odd]
        figures[f"events of {service}"] = len(published)
        figures[f"of them more than once in the log ({service})"] = sum(1 for count in times.values() if count > 1)
    for service in SERVICES:
        if parked := project.rows(service, WAITING)[0]["parked"]:
            wrong.append(f"{service}: {parked} events are parked")
    return wrong + _agreement(project, figures), figures


def _agreement(project: Project, figures: dict[str, int]) -> list[str]:
    wrong = []
    cases = {row["id"] for row in project.rows("returns", "SELECT id FROM return_case")}
    facts = [row["case_id"] for row in project.rows("reporting", "SELECT case_id FROM case_fact")]
    if set(facts) != cases or len(facts) != len(cases):
        wrong.append(f"reporting knows {len(facts)} cases, returns {len(cases)}")
    arrived = {row["id"] for row in project.rows("returns", "SELECT id FROM return_case WHERE arrived_on IS NOT NULL")}
    arrivals = "SELECT case_id FROM case_file WHERE arrived_on IS NOT NULL"
    known = {row["case_id"] for row in project.rows("reintegration", arrivals)}
    if known != arrived:
        wrong.append(f"reintegration knows {len(known)} arrivals, returns {len(arrived)}")
    if twice := project.rows("reintegration", PAID_TWICE):
        wrong.append(f"{len(twice)} lines were paid twice")
    balance = project.read("/reintegration/v1/ledger/trial-balance", project.token("programme_manager"))
    if not (balance["sums_to_zero"] and balance["agrees_with_budgets"]):
        wrong.append(f"the ledger is out of balance: {balance}")
    figures |= {"cases": len(cases), "arrived": len(arrived)}
    return wrong

"""`make kafka` and `make kafka-stop`: a broker that goes on running in the background, and where it is."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.kafka.broker import BrokerFailed, LocalBroker, answers
from deploy.kafka.home import KAFKA_HOME, LIBRARIES, running_broker
from deploy.kafka.jars import JarUnavailable, fetch_jars
from deploy.local.state import alive, free_port
from shared.eventlog.kafka import KafkaAccess, KafkaLog

PREFERRED_PORT = 9092
TOPICS = ("registry", "returns", "reintegration", "reporting")
cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@cli.command()
def start(port: Annotated[int | None, typer.Option(help="Default: 9092, or one that is free.")] = None) -> None:
    """Fetch Apache Kafka if need be, start one node, create the topics of the catalogue."""
    if found := running_broker():
        typer.echo(f"Kafka runs already: {found['servers']} (process {found['process']}).")
        return
    KAFKA_HOME.mkdir(parents=True, exist_ok=True)
    remembered = _remembered()
    chosen = port or free_port(remembered.get("port", PREFERRED_PORT))
    controller = free_port()
    broker = LocalBroker(KAFKA_HOME / "broker", LIBRARIES, chosen, controller)
    began = time.monotonic()
    try:
        broker.start(typer.echo)
    except (BrokerFailed, JarUnavailable) as failure:
        typer.echo(f"make kafka: {failure}", err=True)
        raise typer.Exit(1) from None
    assert broker.process is not None  # noqa: S101 - it was started just now
    facts = {"process": broker.process.pid, "port": chosen, "servers": broker.servers}
    (KAFKA_HOME / "running.json").write_text(json.dumps(facts), encoding="utf-8")
    cluster = asyncio.run(_topics(broker.servers))
    typer.echo(f"Kafka is up after {time.monotonic() - began:.1f} s: {broker.servers}, cluster {cluster}.")
    typer.echo(f"Its records are in {broker.folder}, its words in {broker.log}. `make kafka-stop` stops it.")


@cli.command()
def stop() -> None:
    """Stop the node; its records stay."""
    found = running_broker()
    if found is None:
        typer.echo("Kafka is not running here.")
        return
    os.kill(found["process"], signal.SIGTERM)
    deadline = time.monotonic() + 20
    while alive(found["process"]) and time.monotonic() < deadline:
        time.sleep(0.05)
    if alive(found["process"]):
        os.kill(found["process"], signal.SIGKILL)
    typer.echo("Kafka is stopped; its records stay.")


@cli.command()
def status() -> None:
    """Where it runs; exit 1 if it does not."""
    found = running_broker()
    if found is None or not answers(found["port"]):
        typer.echo("Kafka is not running here; start it with `make kafka`.", err=True)
        raise typer.Exit(1)
    typer.echo(found["servers"])


@cli.command()
def fetch() -> None:
    """Fetch the jars only and print their folder."""
    fetch_jars(LIBRARIES, lambda line: typer.echo(line, err=True))
    typer.echo(str(LIBRARIES))


def _remembered() -> dict[str, Any]:
    path: Path = KAFKA_HOME / "running.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


async def _topics(servers: str) -> str:
    log = KafkaLog(KafkaAccess(servers=servers))
    try:
        await log.ensure_topics(TOPICS)
        return log.log_id
    finally:
        await log.close()


if __name__ == "__main__":
    sys.exit(cli())

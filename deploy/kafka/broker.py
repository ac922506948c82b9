"""One Apache Kafka node, broker and controller in one process, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from deploy.kafka.jars import Say, fetch_jars

OLDEST_JAVA = 17
READY_WITHIN_SECONDS = 60.0
STOP_WITHIN_SECONDS = 20.0
HEAP = ("-Xms256m", "-Xmx512m")
API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
num.partitions=12
auto.create.topics.enable=false
log.retention.ms=-1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
default.replication.factor=1
"""
LOGGING = """\
<Configuration status="ERROR"><Appenders><Console name="out"><PatternLayout pattern="%d %p %c{1}: %m%n"/></Console>
</Appenders><Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers></Configuration>
"""


class BrokerFailed(RuntimeError):
    """The broker could not be started; the message says what to do."""


def find_java() -> str:
    """A Java that is new enough; raises BrokerFailed naming the package to install."""
    home = os.environ.get("JAVA_HOME")
    for candidate in (f"{home}/bin/java" if home else None, shutil.which("java")):
        if candidate and Path(candidate).exists() and _java_version(candidate) >= OLDEST_JAVA:
            return candidate
    raise BrokerFailed(
        f"Apache Kafka needs Java {OLDEST_JAVA} or newer, and none was found; on Debian and Ubuntu: "
        f"apt-get install openjdk-{OLDEST_JAVA}-jre-headless"
    )


def _java_version(java: str) -> int:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0


@dataclass
class LocalBroker:
    """A broker on a port of this machine; the same folder started again has the same cluster id and records."""

    folder: Path
    libraries: Path
    port: int
    controller_port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def servers(self) -> str:
        """What a client is told."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the broker has to say."""
        return self.folder / "broker.log"

    @property
    def pid_file(self) -> Path:
        """Names the running process."""
        return self.folder / "broker.pid"

    def start(self, say: Say = lambda _: None) -> None:
        """Fetch what is missing, format the storage once, start and wait until it answers; raises BrokerFailed."""
        java = find_java()
        fetch_jars(self.libraries, say)
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self.folder / "server.properties"
        data = self.folder / "data"
        text = PROPERTIES.format(port=self.port, controller=self.controller_port, data=data)
        properties.write_text(text, encoding="utf-8")
        (self.folder / "log4j2.xml").write_text(LOGGING, encoding="utf-8")
        if not (data / "meta.properties").exists():
            self._format(java, properties)
        self.process = self._spawn(java, properties)
        self.pid_file.write_text(str(self.process.pid), encoding="utf-8")
        self._await_ready()

    def _command(self, java: str, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.xml'}"
        return [java, *HEAP, logging, "-cp", f"{self.libraries}/*", *arguments]

    def _format(self, java: str, properties: Path) -> None:
        tool = "kafka.tools.StorageTool"
        made = subprocess.run(self._command(java, tool, "random-uuid"), capture_output=True, text=True, check=False)  # noqa: S603
        cluster = made.stdout.strip().splitlines()[-1] if made.stdout.strip() else ""
        arguments = ["format", "--standalone", "--ignore-formatted", "-t", cluster, "-c", str(properties)]
        done = subprocess.run(self._command(java, tool, *arguments), capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise BrokerFailed(
                f"The storage of the broker could not be formatted: {(done.stderr or done.stdout)[-500:]}"
            )

    def _spawn(self, java: str, properties: Path) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own command line
                self._command(java, "kafka.Kafka", str(properties)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not answers(self.port):
            if self.process is not None and self.process.poll() is not None:
                raise BrokerFailed(f"The broker ended with {self.process.returncode}; see {self.log}")
            if time.monotonic() > deadline:
                self.stop()
                raise BrokerFailed(f"The broker did not answer within {READY_WITHIN_SECONDS:.0f} s; see {self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Let it close its files; without an answer, kill it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def answers(port: int) -> bool:
    """Whether a broker answers ApiVersions there; that a port is open says too little."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as line:
        line.settimeout(2)
        line.sendall(API_VERSIONS)
        return len(line.recv(10)) >= 10
    return False

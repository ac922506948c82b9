"""Whether the running containers are as closed as the compose file promises: asked of the engine and of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.compose.project import Project

WRITABLE_ROOT = ("kafka", "keycloak")
PUBLISHED = "gateway"
LOOPBACK = "127.0.0.1"
STARTING = "Name:\trunc:"  # a process that the engine is still closing in before it becomes a health check


@dataclass(frozen=True)
class Running:
    """One container: what the engine says, and the kernel's status of its processes."""

    service: str
    inspected: Mapping[str, Any]
    processes: Sequence[str]


def faults(running: Running, secrets: Sequence[str]) -> list[str]:
    """What is open that should be closed; `secrets` are the contents of the secret files."""
    return [
        f"{running.service}: {fault}"
        for fault in (*_of_engine(running), *_of_kernel(running), *_of_environment(running.inspected, secrets))
    ]


def _of_engine(running: Running) -> list[str]:
    host = running.inspected["HostConfig"]
    found = []
    if host["Privileged"]:
        found.append("is privileged")
    if not host["ReadonlyRootfs"] and running.service not in WRITABLE_ROOT:
        found.append("can write to its root file system")
    if not any(option.startswith("no-new-privileges") for option in host["SecurityOpt"] or ()):
        found.append("may gain privileges")
    limits = {"memory": host["Memory"], "cpus": host["NanoCpus"], "pids": host["PidsLimit"]}
    found += [f"has no limit of {name}" for name, value in limits.items() if not value or value < 0]
    bindings = [entry["HostIp"] for entries in (host["PortBindings"] or {}).values() for entry in entries]
    if running.service == PUBLISHED:
        found += [f"is published on {address or 'every address'}" for address in bindings if address != LOOPBACK]
    elif bindings:
        found.append("is published")
    return found


def _of_kernel(running: Running) -> list[str]:
    found = set()
    for status in running.processes:
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        if "0" in fields["Uid"].split():
            found.add("runs as root")
        if any(int(fields[kind], 16) for kind in ("CapEff", "CapPrm", "CapBnd", "CapAmb")):
            found.add("holds capabilities")
        if fields["NoNewPrivs"].strip() != "1":
            found.add("has a process that may gain privileges")
        if fields["Seccomp"].strip() != "2":
            found.add("has no filter of system calls")
    return sorted(found)


def _of_environment(inspected: Mapping[str, Any], secrets: Sequence[str]) -> list[str]:
    text = "\n".join([*inspected["Config"]["Env"], *inspected["Args"], *(inspected["Config"]["Cmd"] or ())])
    return ["shows a secret to `docker inspect`"] if any(secret in text for secret in secrets) else []


def look(project: Project) -> tuple[list[str], int]:
    """The faults of every running container of a project, and how many processes were looked at; needs root."""
    kept = [file.read_text(encoding="utf-8").strip() for file in (project.folder / "secrets").iterdir()]
    secrets = [secret for secret in kept if len(secret) > 8]
    found: list[str] = []
    seen = 0
    for service in project.run("ps", "--services").split():
        running = Running(service, inspected := project.container(service), _processes(inspected["Id"]))
        found += faults(running, secrets)
        seen += len(running.processes)
        if not running.processes:
            found.append(f"{service}: no process was found")
    return found, seen


def _processes(container: str) -> list[str]:
    """The kernel's status of every process in a container's control group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text(encoding="utf-8")
            if container in (folder / "cgroup").read_text(encoding="ascii") and not status.startswith(STARTING):
                found.append(status)
        except OSError:  # ended meanwhile
            continue
    return found

"""The compose deployment: a valid file, hardened containers, a database and a role per service, realm and dashboard."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest

from shared.auth.principal import Principal
from shared.auth.tokens import AUDIENCE
from tests.deploy.compose_file import (
    FILES,
    ONCE,
    OWN,
    ROOT,
    SERVICES,
    VARIABLE,
    WITHOUT_HEALTH,
    compose,
    compose_program,
    parsed,
    schema,
    secret_names,
    services,
)

SECRET_WORDS = re.compile(r"PASSWORD|SECRET|MASTER_KEY|DATABASE_URL|TOKEN")
REALM = json.loads((ROOT / "deploy/compose/identity/wayhome-realm.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_file_follows_the_compose_specification(file: Path) -> None:
    jsonschema.validate(parsed(file), schema())


COMPOSE = compose_program()
SKIPPED = "no Compose here (deploy/compose/fetch_compose.sh gets it); the schema of the specification was asked only"


@pytest.mark.skipif(COMPOSE is None, reason=SKIPPED)
@pytest.mark.parametrize("example", [False, True], ids=["defaults", "everything-of-the-example"])
def test_compose_itself_takes_the_file(tmp_path: Path, example: bool) -> None:
    settings = tmp_path / "env"
    text = (ROOT / ".env.example").read_text(encoding="utf-8") if example else ""
    settings.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", text, flags=re.MULTILINE), encoding="utf-8")
    command = [*(COMPOSE or ()), "--profile", "*", "--env-file", str(settings), "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_only_the_gateway_is_published_and_on_loopback_by_default() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert list(published) == ["gateway"]
    assert published["gateway"][0].startswith("${WAYHOME_BIND:-127.0.0.1}:")
    assert not any(service.get("network_mode") == "host" for service in services().values())


def test_what_needs_no_way_out_has_none() -> None:
    assert compose()["networks"]["inside"]["internal"] is True
    outside = {name for name, service in services().items() if "edge" in service.get("networks", [])}
    assert outside == {"gateway", "registry-worker"}


@pytest.mark.parametrize("name", sorted(services()))
def test_every_container_is_hardened(name: str) -> None:
    service = services()[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert name == "secrets" or "cap_add" not in service
    assert name == "secrets" or str(service["user"]).split(":")[0] not in ("0", "root")
    assert service.get("read_only") or name in ("kafka", "keycloak")
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert name in WITHOUT_HEALTH or service["healthcheck"]["test"][0] == "CMD"
    assert "max-size" in service["logging"]["options"]
    if name != "secrets":
        assert {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys()


def test_the_one_root_container_has_no_network_and_runs_only_when_asked() -> None:
    service = services()["secrets"]
    assert (service["network_mode"], service["profiles"]) == ("none", ["setup"])
    assert sorted(service["cap_add"]) == ["CHOWN", "DAC_OVERRIDE", "FOWNER"]


@pytest.mark.parametrize("name", sorted(OWN))
def test_our_own_containers_write_to_tmp_and_their_volumes_only(name: str) -> None:
    service = services()[name]
    assert service["user"] == "10001:10001"
    assert [place.split(":")[0] for place in service["tmpfs"]] == ["/tmp"]
    assert all(volume.split(":")[0] in compose()["volumes"] for volume in service.get("volumes", []))


@pytest.mark.parametrize("name", sorted(services()))
def test_no_secret_is_in_an_environment(name: str) -> None:
    for variable in services()[name].get("environment", {}):
        assert not SECRET_WORDS.search(variable) or variable.endswith("_FILE"), variable


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_sees_its_own_secrets_only(service: str) -> None:
    for part in ("", "-worker", "-migrate"):
        assert secret_names(services()[service + part]) == [
            f"{service}-database-url",
            f"{service}-master-key",
            f"{service}-old-master-keys",
        ]


def test_every_secret_is_a_file_outside_the_tree() -> None:
    for name, secret in compose()["secrets"].items():
        assert secret == {"file": f"${{WAYHOME_SECRETS:-./.local/compose/secrets}}/{name}"}
    assert ".local/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("service", SERVICES)
def test_the_order_of_the_start(service: str) -> None:
    def conditions(name: str) -> dict[str, str]:
        return {other: entry["condition"] for other, entry in services()[name]["depends_on"].items()}

    migrated = {f"{service}-migrate": "service_completed_successfully"}
    assert conditions(f"{service}-migrate") == {"provision": "service_completed_successfully"}
    assert conditions(service) == {**migrated, "postgres": "service_healthy"}
    assert conditions(f"{service}-worker") == {**migrated, "postgres": "service_healthy", "kafka": "service_healthy"}
    assert conditions("gateway")[service] == "service_healthy"


def test_the_log_keeps_everything_and_makes_no_topics_by_itself() -> None:
    settings = services()["kafka"]["environment"]
    assert (settings["KAFKA_LOG_RETENTION_MS"], settings["KAFKA_LOG_RETENTION_BYTES"]) == (-1, -1)
    assert settings["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_every_variable_is_explained() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in FILES)
    explained = (ROOT / ".env.example").read_text(encoding="utf-8")
    used = {found.group()[2:].rstrip(":-?+") for found in VARIABLE.finditer(text)}
    assert {name for name in used if f"#{name}=" not in explained} == set()
    assert not re.search(r"^[A-Z_]*(PASSWORD|KEY)=", explained, re.MULTILINE)


def test_the_image_is_built_in_two_stages_and_runs_as_nobody_special() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert "# syntax" not in text
    assert "@sha256" not in text
    assert text.count("\nFROM ${PYTHON_IMAGE}") == 2
    assert "--require-hashes" in text
    assert re.search(r"^USER \$\{WAYHOME_USER\}", text, re.MULTILINE)


def test_the_realm_has_every_role_and_claim_that_the_code_asks_for() -> None:
    roles = {role["name"] for role in REALM["roles"]["client"][AUDIENCE]}
    asked = set()
    for file in (ROOT / "services").rglob("api/*.py"):
        for call in re.findall(r"caller\(([^)]*)\)", file.read_text(encoding="utf-8")):
            asked |= set(re.findall(r'"([a-z_]+)"', call))
    assert asked
    assert asked <= roles
    assert "system" not in roles
    desk = next(client for client in REALM["clients"] if client["clientId"] == "wayhome-desk")
    claims = {mapper["config"].get("claim.name") for mapper in desk["protocolMappers"]} - {None}
    assert claims == {*Principal.__dataclass_fields__} - {"subject"}


def test_tokens_of_the_realm_name_nobody_and_systems_get_no_role_of_an_office() -> None:
    clients = {client["clientId"]: client for client in REALM["clients"]}
    allowed = {entry["client"]: set(entry["roles"]) for entry in REALM["clientScopeMappings"][AUDIENCE]}
    for name in ("wayhome-desk", "wayhome-agency"):
        assert clients[name]["defaultClientScopes"] == ["basic"]
        assert clients[name]["optionalClientScopes"] == []
        assert not clients[name]["fullScopeAllowed"]
    assert allowed["wayhome-agency"] == {"partner_agency", "reintegration_partner", "provider"}
    assert "service" not in allowed["wayhome-desk"]


def test_the_dashboard_asks_for_metrics_that_exist() -> None:
    folder = ROOT / "deploy" / "compose" / "observability" / "grafana" / "dashboards"
    board = json.loads((folder / "wayhome.json").read_text(encoding="utf-8"))
    known = (ROOT / "shared" / "telemetry" / "metrics.py").read_text(encoding="utf-8")
    for panel in board["panels"]:
        for target in panel["targets"]:
            name = re.search(r"wayhome_([a-z_]+)", target["expr"])
            assert name is not None
            assert re.sub(r"_(total|bucket)$", "", name.group(1)) in known


def test_documents_lie_in_one_volume_that_only_returns_sees() -> None:
    mounted = {
        name for name, service in services().items() if any("documents:" in each for each in service.get("volumes", []))
    }
    assert mounted == {"returns", "returns-worker"}
    for name in mounted:
        place = services()[name]["volumes"][0].split(":")[1]
        assert services()[name]["environment"]["WAYHOME_RETURNS_DOCUMENTS_URL"].endswith(f"file://{place}}}")
        assert place in (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")

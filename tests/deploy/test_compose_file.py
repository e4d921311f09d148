"""docker-compose.yaml is valid in every profile, and contains nothing that must not be in production."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from stack.dotenv import COMPOSE_SECRETS, SECRETS, parse
from tests.deploy.compose import PROFILES, config, env_file, resolved
from tests.warehouse import ROOT

ONE_SHOT = {"warehouse-init", "serving-init", "airflow-init"}
OWN_IMAGES = {"sales-warehouse-airflow:local", "sales-warehouse-api:local", "sales-warehouse-standin:local"}
EXACT_TAG = re.compile(r"(.+:\d+(\.\d+)+-\w+|.+:2022-CU(2[7-9]|[3-9]\d)-ubuntu-22\.04)@sha256:[0-9a-f]{64}")


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return env_file(tmp_path_factory.mktemp("compose"))


@pytest.fixture(scope="module", params=PROFILES)
def project(request: pytest.FixtureRequest, env: Path) -> dict[str, Any]:
    return resolved(env, request.param)


def test_the_file_is_valid_and_each_profile_has_its_services(env: Path) -> None:
    usual = {
        "postgres",
        "postgres-backup",
        "api",
        "airflow-api-server",
        "airflow-scheduler",
        "airflow-dag-processor",
        "airflow-triggerer",
    }
    server = {"sqlserver", "warehouse-backup"}
    own = (server, {"standin"}, server | {"redis", "airflow-worker"}, {"standin", "proxy"})
    for profiles, others in zip(PROFILES, own, strict=True):
        assert set(resolved(env, profiles)["services"]) == usual | ONE_SHOT | others, profiles


def test_every_image_is_one_exact_version_by_its_digest(project: dict[str, Any]) -> None:
    for name, service in project["services"].items():
        image = service["image"]
        assert image in OWN_IMAGES or EXACT_TAG.fullmatch(image), f"{name}: {image}"
        assert image in OWN_IMAGES or "build" not in service, f"{name} is built under another's name"


def test_one_service_builds_an_image_and_nobody_pulls_it(project: dict[str, Any]) -> None:
    # Two targets that export one image at once fail each other: docker/buildx#3576.
    services = project["services"].values()
    builders = [service["image"] for service in services if "build" in service]
    assert sorted(builders) == sorted({service["image"] for service in services} & OWN_IMAGES)
    for name, service in project["services"].items():
        if "build" not in service and service["image"] in OWN_IMAGES:
            assert service["pull_policy"] == "never", name


def test_each_service_has_a_health_check_and_dependents_wait_for_it(project: dict[str, Any]) -> None:
    services = project["services"]
    for name, service in services.items():
        if name in ONE_SHOT:
            assert service["restart"] == "no", name
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), f"{name} has no health check"
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert how["condition"] == wanted, f"{name} does not wait for {other}"


def test_every_process_has_limits_and_no_capabilities(project: dict[str, Any]) -> None:
    may_write = {"sqlserver", "postgres"}
    for name, service in project["services"].items():
        assert service["mem_limit"], name
        assert service["cpus"], name
        assert service["cap_drop"] == ["ALL"], name
        assert ("cap_add" in service) == (name in {*may_write, "proxy"}), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only", False) != (name in may_write), f"{name} and its file system"
        assert not service.get("privileged"), name


def test_nothing_is_published_but_the_ui_the_api_and_the_loopback_of_sql_server(project: dict[str, Any]) -> None:
    published = {
        name: [(port["host_ip"], int(port["published"])) for port in service["ports"]]
        for name, service in project["services"].items()
        if "ports" in service
    }
    expected = {"api": [("127.0.0.1", 8000)], "airflow-api-server": [("127.0.0.1", 8080)]}
    if "sqlserver" in project["services"]:
        expected["sqlserver"] = [("127.0.0.1", 14330)]
    if "proxy" in project["services"]:
        expected["proxy"] = [("0.0.0.0", 80), ("0.0.0.0", 443), ("0.0.0.0", 443)]
    assert published == expected
    assert project["networks"]["backend"]["internal"] is True


def test_forwarded_addresses_are_trusted_from_the_proxy_only(env: Path) -> None:
    project = resolved(env, "standin,proxy")
    services = project["services"]
    address = services["proxy"]["networks"]["proxied"]["ipv4_address"]
    assert services["api"]["environment"]["API_TRUSTED_PROXIES"] == address
    assert services["airflow-api-server"]["environment"]["FORWARDED_ALLOW_IPS"] == address
    (addresses,) = project["networks"]["proxied"]["ipam"]["config"]
    assert ip_address(address) in ip_network(addresses["subnet"])
    assert ip_address(address) not in ip_network(addresses["ip_range"]), "another service could be given it"
    members = {name for name, service in services.items() if "proxied" in service["networks"]}
    assert members == {"proxy", "api", "airflow-api-server"}
    assert project["networks"]["proxied"]["internal"] is True


def test_sql_server_reads_the_landing_folder_and_cannot_write_it(project: dict[str, Any]) -> None:
    server = project["services"].get("sqlserver") or project["services"]["standin"]
    (landing,) = [volume for volume in server["volumes"] if volume["target"] == "/landing"]
    assert landing["read_only"] is True
    conf = (ROOT / "docker" / "sqlserver" / "mssql.conf").read_text(encoding="utf-8")
    assert "allowedpathslist = /landing\n" in conf


def test_there_is_no_secret_in_the_file(env: Path) -> None:
    secrets = {name for name in (SECRETS | COMPOSE_SECRETS) if name != "COMPOSE_PROFILES"}
    text = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
    for name, rest in re.findall(r"\$\{(\w+)([^}]*)\}", text):
        if name in secrets:
            assert rest == ":?run make secrets", f"{name} has a default"
    generated = [value for name, value in parse(env.read_text(encoding="utf-8")).items() if name in secrets]
    assert not [value for value in generated if value in text]
    literal = re.compile(r"(?i)(password|pwd|secret|key)\w*[\"']?\s*[:=]\s*[\"']?(?!\$|/)[A-Za-z0-9+/=_-]{8,}")
    assert not [line for line in text.splitlines() if literal.search(line) and "MSSQL_SA_PASSWORD" not in line]


@pytest.mark.parametrize(
    "name", sorted((SECRETS | COMPOSE_SECRETS).keys() - {"COMPOSE_PROFILES", "AIRFLOW_ADMIN_PASSWORD"})
)
def test_without_a_secret_nothing_starts(env: Path, tmp_path: Path, name: str) -> None:
    lacking = tmp_path / "lacking.env"
    lines = env.read_text(encoding="utf-8").splitlines(keepends=True)
    lacking.write_text("".join(line for line in lines if not line.startswith(f"{name}=")), encoding="utf-8")
    done = config(lacking, "sqlserver,celery")
    assert done.returncode != 0
    assert f"{name}" in done.stderr
    assert "run make secrets" in done.stderr


def test_the_licence_of_sql_server_is_not_accepted_for_you(env: Path, tmp_path: Path) -> None:
    lacking = tmp_path / "lacking.env"
    lacking.write_text(env.read_text(encoding="utf-8").replace("MSSQL_ACCEPT_EULA=Y\n", ""), encoding="utf-8")
    assert resolved(lacking, "sqlserver")["services"]["sqlserver"]["environment"]["ACCEPT_EULA"] == ""
    assert "sqlserver" not in resolved(lacking, "standin")["services"]


def test_every_connection_is_encrypted_to_the_one_certificate(project: dict[str, Any]) -> None:
    services = project["services"]
    strings = [
        value
        for service in services.values()
        for name, value in service.get("environment", {}).items()
        if name.startswith(("WAREHOUSE_ODBC", "AIRFLOW_CONN_WAREHOUSE"))
    ]
    assert len(strings) > 10
    for text in strings:
        assert re.search(r"Encrypt\W+yes", text), text
        assert "TrustServerCertificate" not in text
    for name in ("api", "warehouse-init", "airflow-scheduler"):
        assert services[name]["environment"]["SSL_CERT_FILE"] == "/run/secrets/sqlserver_certificate"
        assert "sqlserver_certificate" in [secret["source"] for secret in services[name]["secrets"]]


def test_airflow_has_no_connection_of_the_owner(project: dict[str, Any]) -> None:
    for name, service in project["services"].items():
        if name != "warehouse-init":
            assert "warehouse_owner" not in str(service.get("environment")), name


def test_the_override_of_the_guide_lets_the_scheduler_out(env: Path, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    override = tmp_path / "docker-compose.override.yaml"
    override.write_text(block, encoding="utf-8")
    project = resolved(env, "sqlserver", override)
    scheduler = project["services"]["airflow-scheduler"]
    assert set(scheduler["networks"]) == {"backend", "published"}
    assert {secret["source"] for secret in scheduler["secrets"]} == {"sqlserver_certificate", "trusted"}
    key = parse(env.read_text(encoding="utf-8"))["API_SYNC_KEY"]
    assert json.loads(scheduler["environment"]["AIRFLOW_CONN_SALES_API"])["password"] == key
    assert scheduler["environment"]["SSL_CERT_FILE"] == "/run/secrets/trusted"

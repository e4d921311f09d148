"""docker/kubernetes sets up the API and the jobs before it as docker-compose.yaml does."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import pytest
import yaml

from api.server import STOP_SECONDS
from tests.deploy.compose import env_file, resolved
from tests.warehouse import ROOT

FOLDER = ROOT / "docker" / "kubernetes"
PRIVATE_CERTIFICATE = "SSL_CERT_FILE"
"""Compose makes SQL Server's certificate; elsewhere it comes from an authority that images know."""

RUNNING = ("api", "serving-init", "warehouse-init")
UNITS = {"Mi": 2**20, "Gi": 2**30}


@pytest.fixture(scope="module")
def objects() -> dict[tuple[str, str], dict[str, Any]]:
    """Every object of the folder, by its kind and name."""
    found = [each for file in FOLDER.glob("*.yaml") for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


@pytest.fixture(scope="module")
def pods(objects: dict[tuple[str, str], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The specifications of the pods, by the name of their deployment or job."""
    kinds = ("Deployment", "Job")
    found = {name: each["spec"]["template"]["spec"] for (kind, name), each in objects.items() if kind in kinds}
    assert set(found) == set(RUNNING)
    return found


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The services of docker-compose.yaml."""
    return dict(resolved(env_file(tmp_path_factory.mktemp("compose")), "sqlserver")["services"])


def container(pod: dict[str, Any]) -> dict[str, Any]:
    (only,) = pod["containers"]
    return dict(only)


def size(quantity: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", quantity).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]


@pytest.mark.parametrize("name", RUNNING)
def test_each_has_the_environment_of_its_service(
    name: str, pods: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    wanted = dict(services[name]["environment"])
    wanted.pop(PRIVATE_CERTIFICATE, None)
    if "API_TRUSTED_PROXIES" in wanted:
        wanted["API_TRUSTED_PROXIES"] = ""  # the proxy is the cluster's own
        wanted["AIRFLOW_PUBLIC_URL"] = "https://airflow.example.com"  # as in docker/airflow/values.yaml
    given = {each["name"]: each.get("value") for each in container(pods[name])["env"]}
    assert set(given) == set(wanted)
    assert {key: value for key, value in given.items() if value is not None} == {
        key: wanted[key] for key, value in given.items() if value is not None
    }
    secret = {key for key, value in wanted.items() if re.search(r"PWD=|sql://|^[0-9A-Za-z_-]{20,}$", value)}
    assert {key for key, value in given.items() if value is None} == secret


def test_one_entry_of_a_secret_is_one_value_of_the_compose_file(
    pods: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    values = defaultdict(set)
    for name, pod in pods.items():
        for each in container(pod)["env"]:
            if "valueFrom" in each:
                entry = each["valueFrom"]["secretKeyRef"]
                values[entry["name"], entry["key"]].add(services[name]["environment"][each["name"]])
    assert {entry: len(several) for entry, several in values.items() if len(several) > 1} == {}
    assert len({value for several in values.values() for value in several}) == len(values)
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert [f"{secret}/{key}" for secret, key in values if f"`{key}`" not in guide or f"`{secret}`" not in guide] == []


def test_the_api_has_no_password_of_an_owner(pods: dict[str, dict[str, Any]]) -> None:
    assert "sales-owners" not in json.dumps(pods["api"])
    assert "sales-owners" in json.dumps(pods["serving-init"])


@pytest.mark.parametrize("name", RUNNING)
def test_each_runs_as_its_service_does(name: str, pods: dict[str, dict[str, Any]], services: dict[str, Any]) -> None:
    pod, service = pods[name], services[name]
    only = container(pod)
    assert only.get("command") == service["command"]
    image = service["image"].removesuffix(":local")
    assert only["image"].split(":")[0] == f"ghcr.io/your-organisation/{image}"
    dockerfile = (ROOT / "docker" / image.removeprefix("sales-warehouse-") / "Dockerfile").read_text(encoding="utf-8")
    assert f"\nUSER {pod['securityContext']['runAsUser']}\n" in dockerfile
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    limits = only["resources"]["limits"]
    assert size(limits["memory"]) == int(service["mem_limit"])
    assert float(limits["cpu"]) == service["cpus"]


@pytest.mark.parametrize("name", RUNNING)
def test_each_writes_where_its_service_does(
    name: str, pods: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    given = {each["mountPath"]: each.get("readOnly", False) for each in container(pods[name])["volumeMounts"]}
    wanted = {each["target"]: each.get("read_only", False) for each in services[name].get("volumes") or []}
    assert given == wanted | {each.split(":")[0]: False for each in services[name]["tmpfs"]}
    volumes = {each["name"] for each in pods[name]["volumes"]}
    assert volumes == {each["name"] for each in container(pods[name])["volumeMounts"]}


def test_every_image_has_the_version_that_airflows_values_have(pods: dict[str, dict[str, Any]]) -> None:
    values = yaml.safe_load((ROOT / "docker" / "airflow" / "values.yaml").read_text(encoding="utf-8"))
    assert {container(pod)["image"].split(":")[1] for pod in pods.values()} == {values["defaultAirflowTag"]}
    assert container(pods["warehouse-init"])["image"].split(":")[0] == values["defaultAirflowRepository"]


def test_airflows_connection_finds_the_service_and_the_service_the_pods(
    objects: dict[tuple[str, str], dict[str, Any]], services: dict[str, Any]
) -> None:
    connection = json.loads(services["airflow-scheduler"]["environment"]["AIRFLOW_CONN_SALES_API"])
    service, deployment = objects["Service", connection["host"]], objects["Deployment", "api"]
    (port,) = service["spec"]["ports"]
    assert port["port"] == connection["port"]
    (exposed,) = container(deployment["spec"]["template"]["spec"])["ports"]
    assert (port["targetPort"], exposed["containerPort"]) == (exposed["name"], 8000)
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    budget = objects["PodDisruptionBudget", "api"]["spec"]
    assert service["spec"]["selector"] == labels
    assert budget["selector"]["matchLabels"] == deployment["spec"]["selector"]["matchLabels"] == labels
    assert budget["maxUnavailable"] < deployment["spec"]["replicas"]


def test_an_update_takes_no_pod_away_before_another_is_there_and_lets_a_sync_finish(
    objects: dict[tuple[str, str], dict[str, Any]],
) -> None:
    deployment = objects["Deployment", "api"]["spec"]
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    pod = deployment["template"]["spec"]
    before = container(pod)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] > before + STOP_SECONDS


def test_a_pod_is_in_service_before_the_first_day_is(pods: dict[str, dict[str, Any]]) -> None:
    only = container(pods["api"])
    paths = {name: only[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert set(paths.values()) == {"/health/live"}, "the first sync would find no pod behind the Service"

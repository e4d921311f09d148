"""docker/airflow/values.yaml sets up Airflow on Kubernetes as docker-compose.yaml does."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.deploy.compose import env_file, resolved
from tests.warehouse import ROOT

CHARTS_OWN = re.compile(r"AIRFLOW__(CORE|DATABASE|CELERY|SCHEDULER|API_AUTH)__.+|AIRFLOW__API__SECRET_KEY")
"""What the chart sets itself, from its own values."""

PRIVATE_CERTIFICATE = "SSL_CERT_FILE"
"""Compose makes SQL Server's certificate; elsewhere it comes from an authority that images know."""


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker" / "airflow" / "values.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    services = resolved(env_file(tmp_path_factory.mktemp("compose")), "sqlserver")["services"]
    return dict(services["airflow-scheduler"])


def test_the_settings_are_those_of_the_compose_file(values: dict[str, Any], scheduler: dict[str, Any]) -> None:
    given = {entry["name"] for entry in values["env"]} | {entry["envName"] for entry in values["secret"]}
    wanted = {name for name in scheduler["environment"] if not CHARTS_OWN.fullmatch(name)}
    assert given == wanted - {PRIVATE_CERTIFICATE}
    elsewhere = ("http://", "https://")  # addresses are each one's own
    fixed = {each["name"]: each["value"] for each in values["env"] if not each["value"].startswith(elsewhere)}
    assert fixed == {name: scheduler["environment"][name] for name in fixed}


def test_passwords_come_from_secrets(values: dict[str, Any]) -> None:
    assert {each["envName"] for each in values["secret"]} >= {"AIRFLOW_CONN_WAREHOUSE", "AIRFLOW_CONN_SALES_API"}
    assert not [each for each in values["env"] if "CONN" in each["name"] or "KEY" in each["name"]]


def test_the_volumes_stand_where_the_compose_file_has_them(values: dict[str, Any], scheduler: dict[str, Any]) -> None:
    mounted = {each["mountPath"]: each.get("readOnly", False) for each in values["volumeMounts"]}
    mounted["/opt/airflow/logs"] = not values["logs"]["persistence"]["enabled"]
    assert mounted == {each["target"]: each.get("read_only", False) for each in scheduler["volumes"]}
    assert [each["name"] for each in values["volumes"]] == [each["name"] for each in values["volumeMounts"]]


def test_the_version_is_the_one_that_the_image_has(values: dict[str, Any]) -> None:
    locked = (ROOT / "requirements-airflow.txt").read_text(encoding="utf-8")
    assert f"\napache-airflow=={values['airflowVersion']} " in locked


def test_the_charts_probes_find_the_entry_point_that_they_call(values: dict[str, Any]) -> None:
    dockerfile = (ROOT / "docker" / "airflow" / "Dockerfile").read_text(encoding="utf-8")
    assert "ln -s /usr/bin/env /entrypoint" in dockerfile
    for part in ("scheduler", "dagProcessor", "triggerer"):
        assert values[part]["logGroomerSidecar"]["enabled"] is False, f"{part}: /clean-logs is not in the image"

from tests.dags import airflow_environment  # isort: skip # before any import of Airflow

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from tests.api.conftest import SYNC_KEY, database_url, migrated, postgres
from tests.warehouse import Warehouse
from warehouse.connection import airflow_connections

SETTINGS = {
    "WAREHOUSE_SOURCE_DIR": "/drop",
    "WAREHOUSE_SCHEDULE": "@daily",
}


@pytest.fixture(scope="session")
def dags() -> dict[str, DAG]:
    """The project's DAGs by id, loaded with the settings above."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    assert bag.import_errors == {}
    return bag.dags


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the files for Tableau."""
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def airflow_settings(shared_warehouse: Warehouse, exports: Path) -> Iterator[pytest.MonkeyPatch]:
    """The environment of a deployment on the server; its batches count as made by tests."""
    server = shared_warehouse.server
    settings = {
        "WAREHOUSE_ODBC": server.odbc,
        "WAREHOUSE_ODBC_LOADER": server.odbc,
        "WAREHOUSE_ODBC_READER": server.odbc,
        "API_PORT": "1",
        "API_SYNC_KEY": SYNC_KEY,
        "WAREHOUSE_LANDING_DIR": str(server.landing),
        "WAREHOUSE_LANDING_DIR_SQLSERVER": server.landing_at_server,
        "EXPORTS_DIR": str(exports),
    }
    metadata = {"sql_alchemy_conn": os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**settings, **airflow_connections(settings)}.items():
            environment.setenv(name, value)
        environment.setenv("AIRFLOW_CONN_AIRFLOW_METADATA", json.dumps({"conn_type": "generic", "extra": metadata}))
        yield environment
    shared_warehouse.execute("UPDATE etl.batch SET run_id = CONCAT(N'test ', run_id) WHERE run_id NOT LIKE N'test %'")


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's metadata database, for tests that run tasks."""
    from airflow.utils.db import initdb

    initdb()


__all__ = ["airflow_environment", "database_url", "migrated", "postgres"]

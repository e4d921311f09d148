from tests.dags import airflow_environment  # isort: skip # before any import of Airflow

import os

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from tests.api.conftest import database_url, migrated, postgres

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


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's metadata database, for tests that run tasks."""
    from airflow.utils.db import initdb

    initdb()


__all__ = ["airflow_environment", "database_url", "migrated", "postgres"]

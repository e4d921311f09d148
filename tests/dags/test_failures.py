"""Which errors are retried, and how they are logged."""

import logging
from datetime import timedelta

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from warehouse import failures
from warehouse.execution import WarehouseError

LOG = logging.getLogger(__name__)


@pytest.mark.parametrize(
    ("number", "sqlstate", "passes"),
    [
        (1205, "40001", True),  # deadlock
        (1222, "42000", True),  # lock time-out
        (50013, "42000", True),  # another publish is running
        (18401, "42000", True),  # the server upgrades its own databases after an update
        (6005, "42000", True),  # shutdown is in progress
        (983, "42000", True),  # the replica is changing its role
        (40613, "42000", True),  # Azure moves the database
        (None, "08S01", True),  # the connection broke
        (None, "08001", True),  # nobody listens
        (None, "HYT00", True),  # time-out of the login
        (229, "42000", False),  # no permission
        (208, "42S02", False),  # no such object
        (18456, "28000", False),  # wrong password
        (4860, "42000", False),  # no such file
        (50002, "42000", False),
        (50011, "42000", False),
        (50015, "42000", False),
        (None, "IM002", False),  # no such data source
        (None, "01000", False),  # the driver's file is not there
        (None, "", False),
    ],
)
def test_only_errors_that_pass_by_themselves_are_retried(number: int | None, sqlstate: str, passes: bool) -> None:
    failure = failures.of_warehouse(WarehouseError("what is wrong", number, sqlstate), "etl.publish", LOG)
    assert isinstance(failure, AirflowException)
    assert isinstance(failure, AirflowFailException) is not passes


def test_the_retries_outlast_a_restart_of_the_server_or_a_failover() -> None:
    retries = failures.RETRIES
    delay, factor, longest = retries["retry_delay"], retries["retry_exponential_backoff"], retries["max_retry_delay"]
    delays = [min(delay * factor**number, longest) for number in range(retries["retries"])]
    assert timedelta(minutes=8) < sum(delays, timedelta()) < timedelta(minutes=20)
    assert delays[0] <= timedelta(seconds=10), "a deadlock is over at once"


def test_an_error_is_logged_in_short_lines_the_cause_first(caplog: pytest.LogCaptureFixture) -> None:
    message = "3000 of 116294 rows were rejected, more than the limit.\n  3000 × crm_sales_details.sls_quantity: " + (
        "not an integer, " * 12
    )
    error = WarehouseError(message, 50011, "42000")
    failure = failures.of_warehouse(error, "etl.reconcile", LOG)
    assert caplog.messages[0] == "3000 of 116294 rows were rejected, more than the limit."
    assert caplog.messages[-1] == "etl.reconcile, SQL Server error 50011"
    assert max(map(len, caplog.messages)) <= failures.WIDTH
    assert caplog.messages[2].startswith("    "), "a folded line loses its indentation"
    assert {record.levelname for record in caplog.records} == {"ERROR"}
    assert str(failure) == f"{message}\netl.reconcile, SQL Server error 50011"

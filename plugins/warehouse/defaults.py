"""What all tasks have in common."""

from datetime import timedelta

from warehouse import notifications
from warehouse.failures import RETRIES

DEFAULT_ARGS = {
    "owner": "warehouse",
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": notifications.remember_error,
    **RETRIES,
}
"""Arguments of every task: who owns it, how long it may run, what is tried again, where its error is kept."""

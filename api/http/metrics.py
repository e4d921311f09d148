"""Metrics for Prometheus: requests by operation and status, their duration, and the business date served.

Each worker process of ``api.server`` counts in its own file (``count_in_files``). The worker that answers /metrics adds
the files up.
"""

import os
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from flask import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

SECONDS = Histogram(
    "api_request_seconds",
    "Time from the start of a request to its response.",
    ["operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUESTS = Counter("api_requests", "Requests by operation and status.", ["operation", "status"])


FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable from which prometheus_client takes the folder of the files."""


def count_in_files(folder: str) -> None:
    """Let this process and those that it forks count in files of a folder. Call it before anything is counted.

    prometheus_client decides this from the variable when it is imported, and metrics with labels look its decision up
    when they count for the first time.
    """
    os.environ[FOLDER] = folder
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1024)
def counter(operation: str, status: int) -> Callable[[float], None]:
    """Return a function that counts an answer, given when its request began (``time.perf_counter``)."""
    requests, seconds = REQUESTS.labels(operation, status), SECONDS.labels(operation)

    def count(begun: float) -> None:
        requests.inc()
        seconds.observe(time.perf_counter() - begun)

    return count


class ServedDayCollector(Collector):
    """The gauges of the business date served. They come from the database, so workers need not add them up."""

    def __init__(self, day: dict[str, Any]) -> None:
        self.day = day

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        age = "Days from the business date served to today (UTC)."
        yield GaugeMetricFamily("api_business_date_age_days", age, value=self.day["age_days"])
        published = "Time of the sync that published the business date."
        yield GaugeMetricFamily("api_synced_timestamp_seconds", published, value=self.day["synced_at"].timestamp())


def render(find_served_day: Callable[[], dict[str, Any] | None]) -> Response:
    """Return all metrics in the text format. If no day is served, the gauges of the business date are left out."""
    counted = REGISTRY
    if FOLDER in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    gauges = CollectorRegistry()
    served_day = find_served_day()
    if served_day is not None:
        gauges.register(ServedDayCollector(served_day))
    return Response(generate_latest(counted) + generate_latest(gauges), content_type=CONTENT_TYPE_LATEST)

"""Figures for Prometheus: requests by operation and status, how long they took, and which day is served.

Under gunicorn each worker process counts in a file of its own (``PROMETHEUS_MULTIPROC_DIR``, which
``gunicorn_config`` sets), and whichever is asked adds them up.
"""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

SECONDS = Histogram(
    "api_request_seconds",
    "Time from the first line of a request to its answer.",
    ["operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUESTS = Counter("api_requests", "Requests answered.", ["operation", "status"])


def init_app(app: Flask) -> None:
    """Count the requests of an application."""
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.begun = time.perf_counter()


def _count(response: Response) -> Response:
    operation = request.endpoint or "none"
    REQUESTS.labels(operation, response.status_code).inc()
    if "begun" in g:
        SECONDS.labels(operation).observe(time.perf_counter() - g.begun)
    return response


class Day(Collector):
    """The figures of the day served. They are the database's, the same in all workers: no worker keeps them."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return the figures."""
        age = "Days from the day served to today (UTC)."
        yield GaugeMetricFamily("api_business_date_age_days", age, value=self.found["age_days"])
        published = "When that day was published here."
        yield GaugeMetricFamily("api_synced_timestamp_seconds", published, value=self.found["synced_at"].timestamp())


def render(served: Callable[[], dict[str, Any] | None]) -> Response:
    """Answer with all figures; those of the day served are left out while there is none to be had."""
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    day = CollectorRegistry()
    found = served()
    if found is not None:
        day.register(Day(found))
    return Response(generate_latest(counted) + generate_latest(day), content_type=CONTENT_TYPE_LATEST)

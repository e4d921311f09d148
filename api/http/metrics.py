"""Metrics for Prometheus: requests by operation and status, their duration, and the business date served.

Each worker process counts in memory that all share (``api.http.process_tables``): to count in prometheus_client's files
took a fifth of the time of an answer from memory. The worker that answers /metrics adds the counts up.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any

import numpy as np
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from api.http.process_tables import ProcessTables

NO_OPERATION = "none"
"""Stands for the operation of an address that has none of those that are known from the start."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram's buckets; the last bucket has none."""

FIRST_BUCKET = 1
FIRST_STATUS = FIRST_BUCKET + len(SECONDS) + 1
COUNTS = FIRST_STATUS + 600
"""How many counts an operation has: the sum of its seconds, its buckets, its statuses."""


class RequestMetrics(Collector):
    """Requests by operation and status, and their durations, of all processes that were forked from this one."""

    def __init__(self, operations: Iterable[str]) -> None:
        self._operations = [*operations, NO_OPERATION]
        self._first = {operation: number * COUNTS for number, operation in enumerate(self._operations)}
        self._tables = ProcessTables(len(self._operations) * COUNTS * np.dtype(float).itemsize)
        self._lock = threading.Lock()

    def count(self, operation: str | None, status: int, begun: float) -> None:
        """Count a response to a request that began then (``time.perf_counter``)."""
        first = self._first.get(operation or NO_OPERATION, self._first[NO_OPERATION])
        seconds = time.perf_counter() - begun
        with self._lock:
            counts = self._tables.own_and_others()[0].cast("d")
            counts[first] += seconds
            counts[first + FIRST_BUCKET + bisect_left(SECONDS, seconds)] += 1
            counts[first + FIRST_STATUS + status] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the operations that have had requests."""
        requests = CounterMetricFamily(
            "api_requests", "Requests by operation and status.", labels=["operation", "status"]
        )
        durations = HistogramMetricFamily(
            "api_request_seconds", "Time from the start of a request to its response.", labels=["operation"]
        )
        with self._lock:
            own, others = self._tables.own_and_others()
        added_up = np.sum([np.frombuffer(table).reshape(-1, COUNTS) for table in (own, *others)], axis=0)
        bounds = [*map(str, SECONDS), "+Inf"]
        for operation, counts in zip(self._operations, added_up.tolist(), strict=True):
            seconds, buckets, statuses = counts[0], counts[FIRST_BUCKET:FIRST_STATUS], counts[FIRST_STATUS:]
            for status, number in enumerate(statuses):
                if number:
                    requests.add_metric([operation, str(status)], number)
            if any(buckets):
                durations.add_metric([operation], list(zip(bounds, accumulate(buckets), strict=True)), seconds)
        yield requests
        yield durations


class ServedDayCollector(Collector):
    """The gauges of the business date served. They come from the database, so workers need not add them up."""

    def __init__(self, day: dict[str, Any]) -> None:
        self.day = day

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        age = "Days from the business date served to today (UTC)."
        yield GaugeMetricFamily("api_business_date_age_days", age, value=self.day["age_days"])
        published = "Time of the sync that published the business date."
        yield GaugeMetricFamily("api_synced_timestamp_seconds", published, value=self.day["synced_at"].timestamp())


def render(requests: RequestMetrics, find_served_day: Callable[[], dict[str, Any] | None]) -> Response:
    """Return all metrics in the text format. If no day is served, the gauges of the business date are left out."""
    registry = CollectorRegistry()
    registry.register(requests)
    served_day = find_served_day()
    if served_day is not None:
        registry.register(ServedDayCollector(served_day))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

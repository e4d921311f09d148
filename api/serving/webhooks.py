"""Webhooks: tells other systems that a day is served, as https://www.standardwebhooks.com specifies.

A message is sent to each URL in a thread of its own, and again after some seconds if it was not accepted. It is not
kept beyond the process: a receiver that was away asks GET /health/ready what is served.
"""

import base64
import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

import orjson
import requests

from api.serving.models import SyncRun

log = logging.getLogger(__name__)

DAY_SERVED = "day.served"
WAITS = (0, 2, 10, 60)
"""Seconds before each attempt."""

ANSWER_SECONDS = 5


def announce_run(urls: Iterable[str], secret: str, run: SyncRun) -> None:
    """Send the message that a run is served to all URLs; does not wait for them."""
    data = {
        "run_id": run.id,
        "batch_id": run.batch_id,
        "business_date": run.business_date,
        "sample_customers": run.sample_customers,
        "synced_at": run.finished_at,
    }
    body = orjson.dumps({"type": DAY_SERVED, "timestamp": datetime.now(UTC), "data": data})
    for url in urls:
        threading.Thread(target=_deliver, args=(url, secret, f"run_{run.id}", body), name="webhook").start()


def _deliver(url: str, secret: str, message_id: str, body: bytes) -> None:
    for attempt, seconds in enumerate(WAITS, 1):
        time.sleep(seconds)
        try:
            answer = requests.post(
                url,
                body,
                headers={"Content-Type": "application/json", **signature(secret, message_id, int(time.time()), body)},
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            outcome = str(error)
        else:
            if 200 <= answer.status_code < 300:
                log.info("webhook %s: %s was told of %s", url, message_id, DAY_SERVED)
                return
            outcome = f"it answered {answer.status_code}"
        log.warning("webhook %s: %s, attempt %s of %s: %s", url, message_id, attempt, len(WAITS), outcome)


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows the sender; ``timestamp`` in seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }

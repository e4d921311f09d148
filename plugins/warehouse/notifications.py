"""Alerts about runs, each sent once, by e-mail, webhook and log.

The DAGs call these functions as callbacks: after a failed or successful run in the DAG processor, for a late day in the
triggerer. Only this module reads the channels: ALERT_EMAIL_TO, ALERT_EMAIL_FROM and ALERT_SMTP_URL for e-mail,
ALERT_WEBHOOK_URL for a webhook. Each alert is also logged.

An Airflow variable records each alert until its cause has passed, so a day that fails five times raises one message,
and its success one more. A message that a channel refused is kept, and sent with the next callback.
"""

import asyncio
import json
import logging
import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from functools import wraps
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
import pyodbc
from airflow.sdk import Context, Variable
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.configuration import conf
from airflow.sdk.execution_time import task_runner

from warehouse import settings
from warehouse.day import SCHEDULED, date_of_run, now
from warehouse.operators import OPEN_BATCH, RECONCILE, reader

log = logging.getLogger(__name__)

SENT = "warehouse_alert "
"""Prefix of the Airflow variables that record an alert; the value is the ISO time of sending."""
UNSENT = "warehouse_unsent_alerts"
"""The Airflow variable with the messages that a channel refused, as a JSON list."""
REMEMBERED = timedelta(days=60)
"""The record of an alert whose cause never passed is dropped after this time."""
ERROR = "error"
"""Key of the XCom with the reason of a failed task."""
LINES_OF_REASON = 15
SAMPLE = re.compile(r"(, e\.g\. (?:line|customer|product|order) [^:]*):.*")
"""A sample row in a reason. It is removed from alerts, because rows contain names of customers."""
SECONDS = 10
"""Time limit of a mail server or a webhook."""
TEAMS_HOSTS = (".logic.azure.com", ".powerplatform.com", ".webhook.office.com")
"""Suffixes of hosts that accept Teams' cards; all other hosts get Slack's format."""

NEW_WARNINGS = """
WITH shown AS (
    SELECT batch_id, business_date, ROW_NUMBER() OVER (ORDER BY shown_at DESC, batch_id DESC) AS age
    FROM gold.load_batches
    WHERE shown_at IS NOT NULL AND withdrawn_at IS NULL
),
before AS (
    SELECT MIN(age) AS age
    FROM shown
    WHERE business_date <> (SELECT business_date FROM shown WHERE batch_id = ?)
),
latest AS (
    SELECT batch_id, check_name, subject, severity, passed, observed, observed_of, expected, expected_of
    FROM gold.quality_results
    WHERE is_latest = 1
)
SELECT
    CONCAT(n.check_name, N': ' + NULLIF(n.subject, N'')),
    CONCAT(
        N'found ', n.observed, N' of ' + CAST(n.observed_of AS NVARCHAR(20)),
        N', expected ' + CAST(n.expected AS NVARCHAR(20)), N' of ' + CAST(n.expected_of AS NVARCHAR(20))
    )
FROM latest AS n
INNER JOIN latest AS o
    ON n.check_name = o.check_name AND n.subject = o.subject
INNER JOIN shown AS s
    ON o.batch_id = s.batch_id
INNER JOIN before AS b
    ON s.age = b.age
WHERE
    n.batch_id = ?
    AND n.severity = N'warning'
    AND n.passed = 0
    AND o.passed = 1
ORDER BY n.check_name, n.subject
"""
"""Warnings of a batch that the day published before did not have; none for the first day."""


@dataclass(frozen=True)
class Alert:
    """One message: its subject, its lines, and the address of the page to open."""

    subject: str
    lines: tuple[str, ...]
    link: str = ""

    @property
    def text(self) -> str:
        """The message below its subject."""
        return "\n".join([*self.lines, *([self.link] if self.link else [])])


# Callbacks


def _callback(tell: Callable[[Context], None]) -> Callable[[Context], None]:
    """Make a callback of a run. It does nothing under `airflow dags test`, whose runs have no XComs or variables."""

    @wraps(tell)
    def callback(context: Context) -> None:
        if hasattr(task_runner, "SUPERVISOR_COMMS"):
            _send_again()
            tell(context)

    return callback


def remember_error(context: Context) -> None:
    """Keep a failed task's reason for the alert; `on_failure_callback` of every task, called by its worker."""
    context["ti"].xcom_push(key=ERROR, value=str(context.get("exception") or ""))


@_callback
def day_failed(context: Context) -> None:
    """Alert that a load failed: one message a day, however often it is retried. A dry run raises no alert."""
    if _is_dry_run(context):
        return
    day = _business_date(context)
    task, reason = _first_failure(context)
    batch_id = _xcom(context, OPEN_BATCH, "batch_id")
    lines = [
        f"The load of {day} failed. Readers still see the latest published day.",
        f"Batch {batch_id}, task {task}:" if batch_id else f"No batch was opened. Task {task}:",
        *reason,
        "",
        "Mend the cause, then clear the failed tasks of the run:",
    ]
    _send_once(
        f"failed {day}", Alert(f"Sales warehouse: {day} failed in {task or 'its run'}", tuple(lines), _link(context))
    )


@_callback
def day_succeeded(context: Context) -> None:
    """Alert that a day is loaded that had failed or was late, and list its new warnings."""
    if _is_dry_run(context):
        return
    day = _business_date(context)
    batch_id = _xcom(context, OPEN_BATCH, "batch_id")
    counts = _xcom(context, RECONCILE, "return_value") or {}
    rows = f"{counts.get('rows_read') or 0:,} rows read, {counts.get('rows_rejected') or 0:,} rejected"
    _send_recovery(
        [f"failed {day}", f"late {day}"],
        lambda since: Alert(
            f"Sales warehouse: {day} is loaded",
            (f"Batch {batch_id}: {rows}. The alert of {since} is over.",),
            _link(context),
        ),
    )
    if batch_id is not None and _xcom(context, "close_batch", "return_value") is not None:
        _tell_new_warnings(context, day, int(batch_id))


async def day_is_late(context: Mapping[str, Any], **_: object) -> None:
    """Alert that a scheduled day is overdue; the callback of a DeadlineAlert."""
    await asyncio.to_thread(_day_is_late, context)


@_callback
def serving_failed(context: Context) -> None:
    """Alert that the API or Tableau's files do not have the day that gold shows."""
    task, reason = _first_failure(context)
    lines = [
        "Gold shows a new day, but the API or Tableau's files still have an older one.",
        f"Task {task}:",
        *reason,
        "",
        "Mend the cause, then clear the failed tasks of the run:",
    ]
    _send_once("serving", Alert(f"Sales warehouse: serving is stale, {task} failed", tuple(lines), _link(context)))


@_callback
def serving_succeeded(context: Context) -> None:
    """Alert that the API serves the published day again."""
    _send_recovery(
        ["serving"],
        lambda since: Alert(
            "Sales warehouse: serving is up to date", (f"The alert of {since} is over.",), _link(context)
        ),
    )


@_callback
def run_failed(context: Context) -> None:
    """Alert that a run of an administrative DAG failed, which loads no day; their `on_failure_callback`."""
    dag_id = context["dag"].dag_id
    task, reason = _first_failure(context)
    lines = (f"Task {task}:", *reason)
    _send_once(f"failed {dag_id}", Alert(f"Sales warehouse: {dag_id} failed in {task}", lines, _link(context)))


@_callback
def run_succeeded(context: Context) -> None:
    """Alert that an administrative DAG works again."""
    dag_id = context["dag"].dag_id
    _send_recovery(
        [f"failed {dag_id}"],
        lambda since: Alert(
            f"Sales warehouse: {dag_id} works again", (f"The alert of {since} is over.",), _link(context)
        ),
    )


# Texts


def _day_is_late(context: Mapping[str, Any]) -> None:
    run = context["dag_run"]
    if run["run_type"] != SCHEDULED:
        return  # the days of a backfill are always in the past
    day = date_of_run(run.get("conf"), _Run(run))
    if _when_sent(f"failed {day}") or _is_published(day):
        return  # the failure was already sent, with its reason; or another run has loaded the day
    link = f"{_base_url()}/dags/{run['dag_id']}/runs/{quote(run['dag_run_id'])}"
    due = datetime.fromisoformat(str(context["deadline"]["deadline_time"])).astimezone(settings.timezone())
    lines = (
        f"{day} is not published yet, and was due at {due:%Y-%m-%d %H:%M} ({settings.timezone()}).",
        "The log of the running task names the missing files or the run it waits for:",
    )
    _send_once(f"late {day}", Alert(f"Sales warehouse: {day} is late", lines, link))


def _is_published(day: date) -> bool:
    """Return whether a day is published; False while the warehouse does not answer."""
    query = "SELECT COUNT(*) FROM gold.load_batches WHERE business_date = ? AND published_at IS NOT NULL"
    try:
        row = reader().get_first(f"{query} AND withdrawn_at IS NULL", parameters=(day,))
    except pyodbc.Error as error:
        log.warning("The warehouse did not answer whether %s is published: %s", day, error)
        return False
    return bool(row and row[0])


def _tell_new_warnings(context: Context, day: str, batch_id: int) -> None:
    rows = reader().get_records(NEW_WARNINGS, parameters=(batch_id, batch_id))
    if not rows:
        return
    names = "; ".join(name for name, _ in rows)
    lines = [f"{day} is loaded. The day before did not have these warnings:"]
    lines += [f"  {name}: {found}" for name, found in rows]
    alert = Alert(
        f"Sales warehouse: {day} has {len(rows)} new warning{'s' if len(rows) > 1 else ''}",
        tuple(lines),
        _link(context),
    )
    _send_once(f"warnings {day}: {names}", alert)


class _Run:
    """The times of a run, as the callback of a deadline gets them in JSON."""

    def __init__(self, run: Mapping[str, Any]) -> None:
        self.logical_date = datetime.fromisoformat(run["logical_date"]) if run.get("logical_date") else None
        self.run_after = datetime.fromisoformat(run["run_after"])


def _is_dry_run(context: Context) -> bool:
    return bool((context.get("params") or {}).get("dry_run"))


def _business_date(context: Context) -> str:
    """Return the business date of a run, or its id if the run no longer exists."""
    told = _xcom(context, OPEN_BATCH, "business_date")
    if told:
        return str(told)
    run = context.get("dag_run")
    return date_of_run(context.get("params"), run).isoformat() if run else str(context["run_id"])


def _first_failure(context: Context) -> tuple[str, list[str]]:
    """Return the first failed task of a run in the order of the DAG, without the teardown, and its reason as lines.

    If no task failed, the task is empty, and the reason is Airflow's.
    """
    dag, run_id = context["dag"], str(context["run_id"])
    states = task_runner.RuntimeTaskInstance.get_task_states(dag_id=dag.dag_id, run_ids=[run_id]).get(run_id, {})
    tasks = dag.topological_sort()  # type: ignore[no-untyped-call]
    failed = [task.task_id for task in tasks if states.get(task.task_id) == "failed" and not task.is_teardown]
    if failed:
        lost = "It left no message: its process was killed, or its machine was lost."
        task_id, reason = failed[0], str(_xcom(context, failed[0], ERROR) or lost)
    else:
        task_id, reason = "", str(context.get("reason", ""))
    return task_id, [SAMPLE.sub(r"\1", line) for line in reason.splitlines()[:LINES_OF_REASON]]


def _xcom(context: Context, task_id: str, key: str) -> Any:
    run_id = str(context["run_id"])
    return BaseXCom.get_one(key=key, task_id=task_id, dag_id=context["dag"].dag_id, run_id=run_id)


def _link(context: Context) -> str:
    return f"{_base_url()}/dags/{context['dag'].dag_id}/runs/{quote(str(context['run_id']))}"


def _base_url() -> str:
    return str(conf.get("api", "base_url", fallback="")).rstrip("/")


# State


def _when_sent(key: str) -> str:
    """Return the ISO time at which an alert was sent that has not passed; empty if there is none."""
    return str(Variable.get(SENT + key, default=""))


def _send_once(key: str, alert: Alert) -> None:
    """Send an alert unless it was sent before and has not passed."""
    if _when_sent(key):
        log.info("Sent before: %s", alert.subject)
        return
    Variable.set(SENT + key, now().isoformat(timespec="seconds"), description=alert.subject)
    _send_or_keep(alert)
    _forget_old()


def _send_recovery(keys: Iterable[str], recovery: Callable[[str], Alert]) -> None:
    """Delete the records of the alerts, and send one message of their end if there were any."""
    sent = {key: when for key in keys if (when := _when_sent(key))}
    for key in sent:
        Variable.delete(SENT + key)
    if sent:
        _send_or_keep(recovery(min(sent.values())))


def _forget_old() -> None:
    oldest = (now() - REMEMBERED).isoformat()
    for name in Variable.keys(prefix=SENT):
        if Variable.get(name, default=oldest) < oldest:
            Variable.delete(name)


def _send_or_keep(alert: Alert) -> None:
    """Send an alert through all channels, and keep it for the channels that refused it."""
    _keep([[name, asdict(alert)] for name in send(alert)])


def _keep(messages: list[Any]) -> None:
    if messages:
        kept = json.loads(Variable.get(UNSENT, default="[]"))
        Variable.set(UNSENT, json.dumps([*kept, *messages]), description="Alerts that a channel has refused")


def _send_again() -> None:
    """Send the messages that a channel refused earlier; keep those that it refuses again."""
    messages = json.loads(Variable.get(UNSENT, default="[]"))
    if not messages:
        return
    Variable.delete(UNSENT)
    channels = _channels()
    for name, fields in messages:
        alert = Alert(fields["subject"], tuple(fields["lines"]), fields["link"])
        if name in channels and not _sent_through(channels[name], alert):
            _keep([[name, fields]])


# Channels


def send(alert: Alert) -> list[str]:
    """Log an alert and send it to every configured channel; returns the names of the channels that refused it."""
    for line in (alert.subject, *alert.text.splitlines()):
        log.warning("%s", line)
    return [name for name, channel in _channels().items() if not _sent_through(channel, alert)]


def _channels() -> dict[str, Callable[[Alert], None]]:
    channels: dict[str, Callable[[Alert], None]] = {}
    if os.environ.get("ALERT_EMAIL_TO"):
        channels["email"] = send_email
    if os.environ.get("ALERT_WEBHOOK_URL"):
        channels["webhook"] = post_to_webhook
    return channels


def _sent_through(channel: Callable[[Alert], None], alert: Alert) -> bool:
    try:
        channel(alert)
    except (OSError, smtplib.SMTPException, httpx.HTTPError, ValueError) as error:
        log.error("The alert was not sent (%s), and is kept for the next callback: %s", channel.__name__, error)
        return False
    return True


def send_email(alert: Alert) -> None:
    """Send an alert to ALERT_EMAIL_TO through ALERT_SMTP_URL: smtp://, smtp+starttls:// or smtps://, login included.

    Raises OSError or smtplib.SMTPException if the server refuses it, ValueError for an invalid URL.
    """
    url = urlsplit(os.environ.get("ALERT_SMTP_URL") or "smtp://localhost:25")
    if url.scheme not in ("smtp", "smtp+starttls", "smtps") or not url.hostname:
        raise ValueError("ALERT_SMTP_URL must be smtp://, smtp+starttls:// or smtps:// with a host")
    message = EmailMessage()
    message["Subject"] = alert.subject
    message["To"] = os.environ["ALERT_EMAIL_TO"]
    message["From"] = os.environ.get("ALERT_EMAIL_FROM") or "sales-warehouse@localhost"
    message.set_content(alert.text + "\n")
    tls = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=SECONDS, context=tls)
    else:
        server = smtplib.SMTP(url.hostname, url.port or (587 if url.scheme == "smtp+starttls" else 25), timeout=SECONDS)
    with server:
        if url.scheme == "smtp+starttls":
            server.starttls(context=tls)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def post_to_webhook(alert: Alert) -> None:
    """Post an alert to ALERT_WEBHOOK_URL; raises httpx.HTTPError if it is refused."""
    url = os.environ["ALERT_WEBHOOK_URL"]
    # The machine's certificates, because httpx would trust only SSL_CERT_FILE, which may hold SQL Server's alone.
    tls = ssl.create_default_context()
    httpx.post(url, json=payload(url, alert), timeout=SECONDS, verify=tls).raise_for_status()


def payload(url: str, alert: Alert) -> dict[str, Any]:
    """Return an alert in the receiver's format: a card for Teams, else the text of Slack's webhooks.

    Sources: Slack, "Sending messages using incoming webhooks"; Microsoft, "Create incoming webhooks with Workflows for
    Microsoft Teams".
    """
    host = urlsplit(url).hostname or ""
    if not host.endswith(TEAMS_HOSTS):
        # Escaped, because <!channel> in a text would notify everybody.
        return {"text": escape(f"*{alert.subject}*\n{alert.text}", quote=False)}
    body = [
        {"type": "TextBlock", "text": alert.subject, "weight": "bolder", "wrap": True},
        *[{"type": "TextBlock", "text": line, "wrap": True, "spacing": "none"} for line in alert.lines],
    ]
    actions = [{"type": "Action.OpenUrl", "title": "Open in Airflow", "url": alert.link}] if alert.link else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": actions,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}

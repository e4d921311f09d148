"""How alerts are sent, to a real mail server and a real HTTP server; tests/e2e tests when they are sent."""

import json
import logging
import smtplib

import pytest

from tests.dags.receivers import mail_server, webhook
from warehouse.notifications import SAMPLE, Alert, payload, send, send_email

ALERT = Alert(
    "Sales warehouse: 2026-02-03 failed in stage",
    ("Batch 7, task stage:", "source_erp/LOC_A101.csv: España is missing."),
    "http://airflow/dags/sales_warehouse/runs/7",
)


@pytest.fixture(autouse=True)
def no_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALERT_EMAIL_TO", "ALERT_EMAIL_FROM", "ALERT_SMTP_URL", "ALERT_WEBHOOK_URL"):
        monkeypatch.delenv(name, raising=False)


def test_an_email_has_the_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as mailbox:
        monkeypatch.setenv("ALERT_EMAIL_TO", "sales@example.com, it@example.com")
        monkeypatch.setenv("ALERT_EMAIL_FROM", "warehouse@example.com")
        monkeypatch.setenv("ALERT_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}")
        assert send(ALERT) == []
    [message] = mailbox.messages
    assert message["Subject"] == ALERT.subject
    assert message["To"] == "sales@example.com, it@example.com"
    assert message["From"] == "warehouse@example.com"
    assert message.get_content().splitlines() == [*ALERT.lines, ALERT.link]


def test_the_login_of_the_mail_server_is_read_from_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(login=True) as mailbox:
        monkeypatch.setenv("ALERT_EMAIL_TO", "sales@example.com")
        monkeypatch.setenv("ALERT_SMTP_URL", f"smtp://robot%40example.com:p%40ss%2Fword@127.0.0.1:{mailbox.port}")
        assert send(ALERT) == []
        monkeypatch.setenv("ALERT_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}")
        with pytest.raises(smtplib.SMTPException):
            send_email(ALERT)
    assert mailbox.logins == ["robot@example.com"]
    assert len(mailbox.messages) == 1


def test_a_webhook_gets_the_text_that_slack_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as inbox:
        monkeypatch.setenv("ALERT_WEBHOOK_URL", inbox.url)
        assert send(ALERT) == []
    assert inbox.posted == [{"text": f"*{ALERT.subject}*\n{ALERT.text}"}]


@pytest.mark.parametrize(
    ("place", "row"),
    [("line 6", "11001,AW00011001,Ilse"), ("customer 11001", "Brandt → Koch"), ("order SO1 of P1", "100 → 200")],
)
def test_an_alert_names_the_place_of_a_sample_and_not_its_values(place: str, row: str) -> None:
    assert SAMPLE.sub(r"\1", f"2 of 9 rows, e.g. {place}: {row}") == f"2 of 9 rows, e.g. {place}"


def test_text_from_a_file_notifies_nobody_in_slack() -> None:
    document = payload("https://hooks.slack.com/services/x", Alert("failed", ("<!channel> & <https://evil>",)))
    assert document == {"text": "*failed*\n&lt;!channel&gt; &amp; &lt;https://evil&gt;"}


@pytest.mark.parametrize(
    "url",
    [
        "https://prod-1.westeurope.logic.azure.com/workflows/x",
        "https://default1.environment.api.powerplatform.com/powerautomate/x",
        "https://company.webhook.office.com/webhookb2/x",
    ],
)
def test_teams_gets_a_card(url: str) -> None:
    document = payload(url, ALERT)
    [attachment] = document["attachments"]
    assert document["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    texts = [block["text"] for block in attachment["content"]["body"]]
    assert texts == [ALERT.subject, *ALERT.lines]
    assert attachment["content"]["actions"][0]["url"] == ALERT.link
    assert json.dumps(document)


def test_a_failing_channel_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server() as mailbox, webhook() as inbox:
        inbox.status = 500
        monkeypatch.setenv("ALERT_WEBHOOK_URL", inbox.url)
        monkeypatch.setenv("ALERT_EMAIL_TO", "sales@example.com")
        monkeypatch.setenv("ALERT_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}")
        assert send(ALERT) == ["webhook"]
    assert len(mailbox.messages) == 1
    assert "The alert was not sent (post_to_webhook), and is kept for the next callback: Server error" in caplog.text


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:1", "http://127.0.0.1", "nonsense"])
def test_a_mail_server_that_does_not_take_an_alert_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    monkeypatch.setenv("ALERT_EMAIL_TO", "sales@example.com")
    monkeypatch.setenv("ALERT_SMTP_URL", url)
    assert send(ALERT) == ["email"]
    assert "The alert was not sent (send_email), and is kept" in caplog.text


def test_without_a_channel_the_log_has_the_alert(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    assert send(ALERT) == []
    for line in (ALERT.subject, *ALERT.lines, ALERT.link):
        assert line in caplog.messages

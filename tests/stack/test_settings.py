from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from stack.dotenv import ROOT, SECRETS
from stack.settings import LONGEST_SOCKET_PATH, Settings, SettingsError

DOTENV = dict.fromkeys(SECRETS, "secret")
WAREHOUSES = ("WAREHOUSE_ODBC", "WAREHOUSE_ODBC_LOADER", "WAREHOUSE_ODBC_READER")


def resolve(dotenv: dict[str, str] | None = None, environment: dict[str, str] | None = None) -> Settings:
    return Settings.resolve({**DOTENV, **(dotenv or {})}, environment or {})


def test_the_defaults_are_those_of_the_documented_table() -> None:
    contract = resolve().contract

    assert (contract["API_PORT"], contract["AIRFLOW_PORT"], contract["SQLSERVER_PORT"]) == (
        "8000",
        "8080",
        "14330",
    )
    assert contract["WAREHOUSE_SOURCE_DIR"] == str(ROOT / "data")
    assert contract["WAREHOUSE_LANDING_DIR"] == str(ROOT / ".local" / "landing")
    assert contract["WAREHOUSE_LANDING_DIR_SQLSERVER"] == contract["WAREHOUSE_LANDING_DIR"]
    for setting, login in zip(WAREHOUSES, ("warehouse_owner", "warehouse_loader", "warehouse_reader"), strict=True):
        assert "SERVER=127.0.0.1,14330;" in contract[setting]
        assert f"UID={login};" in contract[setting]
    date.fromisoformat(contract["WAREHOUSE_BUSINESS_DATE"])


@pytest.mark.parametrize(
    ("dotenv", "environment", "port"),
    [
        ({}, {}, 8000),
        ({"API_PORT": "9001"}, {}, 9001),
        ({"API_PORT": "9001"}, {"API_PORT": "9002"}, 9002),
        ({"API_PORT": "9001"}, {"API_PORT": ""}, 9001),
    ],
)
def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    dotenv: dict[str, str], environment: dict[str, str], port: int
) -> None:
    assert resolve(dotenv, environment).api_port == port


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_an_impossible_port_is_refused_by_name(port: str) -> None:
    with pytest.raises(SettingsError, match="AIRFLOW_PORT"):
        _ = resolve({"AIRFLOW_PORT": port}).airflow_port


def test_a_missing_secret_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="API_SYNC_KEY"):
        Settings.resolve({name: "x" for name in SECRETS if name != "API_SYNC_KEY"}, {})


def test_relative_paths_count_from_the_clone() -> None:
    settings = resolve({"WAREHOUSE_STATE_DIR": "elsewhere", "WAREHOUSE_SOURCE_DIR": "drops/today"})

    assert settings.state == ROOT / "elsewhere"
    assert settings.contract["WAREHOUSE_SOURCE_DIR"] == str(ROOT / "drops" / "today")
    assert settings.landing == ROOT / "elsewhere" / "landing"


def test_a_schedule_alone_takes_the_drop_of_each_date_and_never_the_committed_one() -> None:
    settings = resolve({"WAREHOUSE_SCHEDULE": "0 5 * * *"})

    assert settings.contract["WAREHOUSE_SOURCE_DIR"] == f"{ROOT}/.local/drops/{{{{ ds }}}}"
    assert Settings.resolve(DOTENV, settings.environment).environment == settings.environment


@pytest.mark.parametrize("source_dir", ["data", str(ROOT / "data"), "data/", "data/../data", "{{ 'data' }}"])
def test_a_schedule_that_would_publish_the_committed_drop_every_day_is_refused(source_dir: str) -> None:
    with pytest.raises(SettingsError, match=r"WAREHOUSE_SOURCE_DIR(.|\n)* /srv/drops/\{\{ ds \}\}"):
        _ = resolve({"WAREHOUSE_SCHEDULE": "0 5 * * *", "WAREHOUSE_SOURCE_DIR": source_dir}).contract


@pytest.mark.parametrize("source_dir", ["/srv/drops/{{ ds }}", "/srv/drops/latest", "data/{{ ds }}"])
def test_a_schedule_takes_any_other_folder(source_dir: str) -> None:
    settings = resolve({"WAREHOUSE_SCHEDULE": "0 5 * * *", "WAREHOUSE_SOURCE_DIR": source_dir})

    assert settings.contract["WAREHOUSE_SOURCE_DIR"] == str(ROOT / source_dir)


def test_an_invalid_template_of_a_drop_is_refused_by_the_name_of_its_setting() -> None:
    with pytest.raises(SettingsError, match=r"WAREHOUSE_SOURCE_DIR is invalid: .*'dss' is undefined"):
        _ = resolve({"WAREHOUSE_SOURCE_DIR": "/srv/drops/{{ dss }}"}).contract


def test_a_drop_set_to_the_default_does_not_count_as_set() -> None:
    assert not resolve().chooses_drop
    assert not resolve(environment=resolve().environment).chooses_drop
    assert resolve({"WAREHOUSE_SOURCE_DIR": "/srv/drops/{{ ds }}"}).chooses_drop


def test_airflow_gets_its_port_in_every_option() -> None:
    airflow = resolve({"AIRFLOW_PORT": "9090"}).airflow

    assert airflow["AIRFLOW__API__PORT"] == "9090"
    assert airflow["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:9090"
    assert airflow["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:9090/execution/"


def test_options_of_airflow_can_be_set_but_not_those_that_hold_the_stack_together() -> None:
    airflow = resolve(
        {"AIRFLOW__CORE__PARALLELISM": "9", "AIRFLOW__API__PORT": "1", "AIRFLOW__SMTP__SMTP_HOST": "mail"}
    ).airflow

    assert airflow["AIRFLOW__CORE__PARALLELISM"] == "9"
    assert airflow["AIRFLOW__SMTP__SMTP_HOST"] == "mail"
    assert airflow["AIRFLOW__API__PORT"] == "8080"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAREHOUSE_TIMEZONE", "Mars/Olympus"),
        ("WAREHOUSE_TIMEZONE", "Europe"),
        ("WAREHOUSE_SCHEDULE", "every morning"),
        ("WAREHOUSE_SCHEDULE", "0 25 * * *"),
        ("WAREHOUSE_BUSINESS_DATE", "01.02.2026"),
        ("WAREHOUSE_BUSINESS_DATE", "20260201"),
        ("WAREHOUSE_DROP_WAIT_MINUTES", "six hours"),
        ("WAREHOUSE_DROP_SETTLE_SECONDS", "-1"),
        ("WAREHOUSE_LATE_AFTER_MINUTES", "never"),
        ("WAREHOUSE_APPROVE_REJECTS", "maybe"),
        ("ALERT_EMAIL_TO", "the team"),
        ("ALERT_SMTP_URL", "mail.example:25"),
        ("ALERT_SMTP_URL", "smtp://mail.example:port"),
        ("ALERT_WEBHOOK_URL", "hooks.example/1"),
        ("KEEP_LOGS_DAYS", "0"),
        ("KEEP_HISTORY_DAYS", "1.5"),
    ],
)
def test_a_value_that_would_fail_a_load_later_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is '{re.escape(value)}'.* it must be "):
        resolve({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAREHOUSE_TIMEZONE", "Australia/Sydney"),
        ("WAREHOUSE_SCHEDULE", "0 5 * * 1-5"),
        ("WAREHOUSE_SCHEDULE", "@daily"),
        ("WAREHOUSE_DROP_WAIT_MINUTES", "0"),
        ("WAREHOUSE_LATE_AFTER_MINUTES", ""),
        ("ALERT_EMAIL_TO", "a@example.com, b@example.com"),
        ("ALERT_SMTP_URL", "smtp+starttls://user:p%40ss@mail.example:587"),
        ("ALERT_WEBHOOK_URL", "https://hooks.example/1"),
        ("KEEP_LANDING_DAYS", "14"),
    ],
)
def test_the_settings_of_the_daily_load_reach_airflow(name: str, value: str) -> None:
    settings = resolve({name: value})

    assert settings.environment[name] == value
    assert ({**settings.contract, **settings.airflow})[name] == value


def test_today_is_the_date_in_the_time_zone_of_the_company() -> None:
    # 26 hours lie between these two: it is never the same day in both.
    east, west = (resolve({"WAREHOUSE_TIMEZONE": zone}).today for zone in ("Etc/GMT-14", "Etc/GMT+12"))

    assert east > west


def test_the_settings_that_were_given_resolve_to_the_same_ones_in_another_process() -> None:
    settings = resolve({"API_PORT": "9001", "ALERT_EMAIL_TO": "a@example.com"}, {"HOME": "/root"})

    assert "HOME" not in settings.given
    assert Settings.resolve({}, settings.given).environment == settings.environment


def test_the_stand_in_is_used_until_all_connection_strings_point_elsewhere() -> None:
    elsewhere = dict.fromkeys(WAREHOUSES, "DRIVER={x};SERVER=db,1433;DATABASE=DataWarehouse;UID=u;PWD=p")

    assert resolve().uses_stand_in
    assert not resolve(elsewhere).uses_stand_in
    with pytest.raises(SettingsError, match="WAREHOUSE_ODBC_READER"):
        _ = resolve({name: elsewhere[name] for name in WAREHOUSES[:2]}).uses_stand_in


def test_settings_exported_by_make_env_still_mean_the_stand_in() -> None:
    again = resolve(environment=resolve().environment)

    assert again.uses_stand_in
    assert again.environment == resolve().environment


def test_a_shell_reads_back_exactly_what_make_env_prints(tmp_path: Path) -> None:
    awkward = 'it\'s "q" $HOME `x` \\ ü\nsecond line'
    settings = resolve({"API_SYNC_KEY": awkward})
    script = tmp_path / "settings.sh"
    script.write_text(settings.shell(), encoding="utf-8")

    command = f'eval "$(cat {script})"; printf %s "$API_SYNC_KEY"; printf "|%s" "$WAREHOUSE_ODBC"'
    shown = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout

    assert shown == f"{awkward}|{settings.contract['WAREHOUSE_ODBC']}"


@pytest.mark.parametrize("folder", ["/srv/s", "/srv/" + "deep/" * 30])
def test_the_socket_of_postgres_has_a_path_that_fits(folder: str) -> None:
    settings = resolve({"WAREHOUSE_STATE_DIR": folder})

    assert len(str(settings.postgres_socket_dir / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
    assert make_url(settings.postgres_url("serving")).query["host"] == str(settings.postgres_socket_dir)

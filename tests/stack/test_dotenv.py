from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from stack import dotenv


def test_the_first_run_makes_the_file_from_the_example_with_every_secret_filled(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"

    values = dotenv.ensure(env_file)

    assert {name: bool(values[name]) for name in dotenv.SECRETS} == dict.fromkeys(dotenv.SECRETS, True)
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    Fernet(values["AIRFLOW__CORE__FERNET_KEY"])


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    first = dotenv.ensure(env_file)
    text = env_file.read_text(encoding="utf-8")

    assert dotenv.ensure(env_file) == first
    assert env_file.read_text(encoding="utf-8") == text


def test_a_file_that_lacks_a_secret_gets_it_and_keeps_the_rest(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("# mine\nAPI_PORT=9000\nAPI_SYNC_KEY=chosen\nMSSQL_SA_PASSWORD=\n", encoding="utf-8")

    values = dotenv.ensure(env_file)

    assert values["API_PORT"] == "9000"
    assert values["API_SYNC_KEY"] == "chosen"
    assert values["MSSQL_SA_PASSWORD"]
    assert env_file.read_text(encoding="utf-8").startswith("# mine\nAPI_PORT=9000\n")


def test_secrets_differ_from_clone_to_clone(tmp_path: Path) -> None:
    first, second = (dotenv.ensure(tmp_path / name) for name in ("one", "two"))

    assert [name for name in dotenv.SECRETS if first[name] == second[name]] == []


def test_the_password_of_sql_server_meets_its_policy(tmp_path: Path) -> None:
    password = dotenv.ensure(tmp_path / ".env")["MSSQL_SA_PASSWORD"]

    assert len(password) >= 8
    assert any(letter.isupper() for letter in password)
    assert any(letter.islower() for letter in password)
    assert any(letter.isdigit() for letter in password)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("  export NAME = value  ", "value"),
        ("NAME=", ""),
        ("NAME='a b'", "a b"),
        ('NAME="a b"', "a b"),
        ("NAME=a=b#c", "a=b#c"),
        ("NAME='", "'"),
    ],
)
def test_a_line_is_read_as_a_name_and_its_value(line: str, value: str) -> None:
    assert dotenv.parse(f"# comment\n\n{line}\n") == {"NAME": value}


def test_a_line_that_is_no_setting_is_named_by_its_number() -> None:
    with pytest.raises(ValueError, match=r"line 2.*NAME value"):
        dotenv.parse("A=1\nNAME value\n")

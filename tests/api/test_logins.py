"""The logins that ``python -m api.serving.logins`` creates in the serving database."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest
from sqlalchemy import make_url

from tests.postgres import ROOT

FIND = (
    "SELECT a.rolname, a.rolcanlogin, array_agg(r.rolname::text), max(a.rolpassword) FROM pg_authid AS a"
    " JOIN pg_auth_members AS m ON m.member = a.oid JOIN pg_roles AS r ON r.oid = m.roleid"
    " WHERE a.rolname LIKE 'a %%' GROUP BY 1, 2 ORDER BY 1"
)


def command(owner: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVING_")}
    return subprocess.run(
        [sys.executable, "-m", "api.serving.logins"],
        env={**kept, "SERVING_DATABASE_URL": owner, **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def urls(owner: str, password: str) -> dict[str, str]:
    return {
        f"SERVING_DATABASE_URL_{who.upper()}": make_url(owner)
        .set(username=f'a "{who}"', password=password)
        .render_as_string(hide_password=False)
        for who in ("loader", "api")
    }


def test_the_logins_have_their_roles_and_running_it_again_changes_the_passwords(shared_url: str) -> None:
    passwords = []
    try:
        for password in ("first's", "second's"):
            done = command(shared_url, **urls(shared_url, password))
            assert done.returncode == 0, done.stderr
            assert 'a "loader": serving_loader of' in done.stdout
            assert password not in done.stdout + done.stderr
            with psycopg.connect(shared_url) as connection:
                api, loader = connection.execute(FIND).fetchall()
            assert api[:3] == ('a "api"', True, ["serving_api"])
            assert loader[:3] == ('a "loader"', True, ["serving_loader"])
            passwords += [api[3], loader[3]]
        assert all(text.startswith("SCRAM-SHA-256$") for text in passwords)
        assert len(set(passwords)) == 4
    finally:
        with psycopg.connect(shared_url, autocommit=True) as connection:
            connection.execute('DROP ROLE IF EXISTS "a ""api""", "a ""loader"""')


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "SERVING_DATABASE_URL_LOADER and SERVING_DATABASE_URL_API not set"),
        ({"SERVING_DATABASE_URL_LOADER": "postgresql://h/d", "SERVING_DATABASE_URL_API": "x://u@h/d"}, "names no user"),
        ({"SERVING_DATABASE_URL_LOADER": "nothing", "SERVING_DATABASE_URL_API": "nothing"}, "LOADER is not a URL"),
    ],
)
def test_invalid_settings_are_named(shared_url: str, settings: dict[str, str], complaint: str) -> None:
    done = command(shared_url, **settings)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr

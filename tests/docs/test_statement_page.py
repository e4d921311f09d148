"""docs/tsql.md lists each kind of statement in include/sql, and no other."""

import re

from tests.docs.statement_kinds import kinds
from tests.warehouse import ROOT

ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_page_lists_each_kind_and_where_it_stands() -> None:
    rows = ROW.findall((ROOT / "docs" / "tsql.md").read_text(encoding="utf-8"))
    assert {kind: folders.split(", ") for kind, folders, *_ in rows} == kinds()
    elsewhere = {kind for kind, _, stand_in, *_ in rows if stand_in != "`make test`"}
    assert elsewhere == {"GRANT (dynamic)"}, "it is for Azure SQL alone"


def test_the_page_says_of_each_kind_whether_microsofts_parser_reads_it() -> None:
    rows = ROW.findall((ROOT / "docs" / "tsql.md").read_text(encoding="utf-8"))
    unread = {kind for kind, _, _, parser, _ in rows if parser not in ("parses", "parses, resolves")}
    assert unread == {"GRANT (dynamic)"}, "a new kind of statement wants a run of tests/microsoft"


def test_the_page_claims_no_real_server_that_no_job_has_run_on() -> None:
    rows = ROW.findall((ROOT / "docs" / "tsql.md").read_text(encoding="utf-8"))
    assert {real for *_, real in rows} == {"not yet"}, "name the run of the job that has shown it"

"""Every comparison of text in include/sql is by code point, or of constants."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from warehouse.deploy import SQL_DIR

BIN2 = "COLLATE Latin1_General_100_BIN2"
FILES = sorted(SQL_DIR.rglob("*.sql"))


def code(path: Path) -> str:
    """The file without its comments, blanks as one."""
    text = re.sub(r"/\*.*?\*/|--[^\n]*", " ", path.read_text(), flags=re.DOTALL)
    return re.sub(r"DECLARE @\w+ \S+ = N''|\s+", " ", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_emptiness_and_classes_of_characters_are_judged_by_code_point(path: Path) -> None:
    text = code(path)
    # The operand of each comparison with '' and of each LIKE that names a class of characters.
    operands = re.findall(r"(\S+(?: COLLATE \w+)?)(?: NOT)? LIKE N'[^']*\[", text)
    operands += re.findall(r"(\S+(?: COLLATE \w+)?) (?:=|<>) N''(?!')", text)
    binary = set(re.findall(rf"{BIN2}(?:, N'-', N''\))?\)? AS (\w+)", text))
    assert [name for name in operands if not name.endswith(BIN2) and name not in binary] == []
    nulled = re.findall(r"NULLIF\(((?:[^()]|\([^()]*\)|\((?:[^()]|\([^()]*\))*\))*), N'' ?\)", text)
    of_columns = {*binary, *(f"UPPER({name})" for name in binary)}
    assert [
        value for value in nulled if BIN2 not in value and value not in of_columns and not re.search(r"\bcid\b", value)
    ] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_length_of_a_column_is_judged_by_len(path: Path) -> None:
    """LEN counts characters under _SC, and a column holds code units."""
    assert re.findall(r"LEN\(\w+\) > \d+", code(path).replace("DATALENGTH", "")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_characters_are_replaced_by_code_point(path: Path) -> None:
    """Other collations do not find a quote with a combining accent, which would end a literal of dynamic SQL."""
    replaced = re.findall(r"REPLACE\((.*?), (?:N'|CHAR)", code(path))
    binary = (BIN2, "ERROR_MESSAGE()", "CASE WHEN cid LIKE")
    assert [text for text in replaced if not any(mark in text for mark in binary)] == []

"""The catalogue of messages: it is complete, every message is used, and no other place has texts of errors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import local_sqlserver
from local_sqlserver.compiler import macros
from local_sqlserver.errors import MESSAGES, sql_error, unsupported

ROOT = Path(local_sqlserver.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
TREES = {name: ast.parse((ROOT / name).read_text()) for name in FILES}

MAY_HOLD_TEXTS = {
    "SqlError": {"errors.py", "compiler/failures.py"},  # failures.raising: for Python functions
    "RaisedError": {"engine/raising.py", "engine/interpreter.py"},  # THROW and RAISERROR: the text is the client's
}


def calls(name: str, *functions: str) -> Iterator[ast.Call]:
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions:
            yield node


def places(number: int) -> int:
    return MESSAGES[number].text.replace("%%", "").count("%s")


def numbers_of(node: ast.expr) -> list[int]:
    """The numbers that an argument may be: a constant, or either side of a conditional one."""
    if isinstance(node, ast.IfExp):
        return numbers_of(node.body) + numbers_of(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, int) else []


def test_each_number_has_one_row_and_the_rows_are_in_order() -> None:
    rows = next(
        node.value
        for node in TREES["errors.py"].body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
    )
    assert isinstance(rows, ast.Dict)
    numbers = [key.value for key in rows.keys if isinstance(key, ast.Constant) and isinstance(key.value, int)]
    assert numbers == sorted(set(numbers)) == list(MESSAGES)


def test_a_placeholder_is_written_percent_s_and_nothing_else() -> None:
    wrong = [number for number, row in MESSAGES.items() if re.search("%(?!s|%)", row.text)]
    assert wrong == []


@pytest.mark.parametrize("name", FILES)
def test_errors_take_as_many_arguments_as_their_texts_have_places(name: str) -> None:
    wrong = [
        f"line {call.lineno}: {number} takes {places(number)}"
        for call in calls(name, "sql_error", "message_text", "raise_sql")
        if not any(isinstance(argument, ast.Starred) for argument in call.args)
        for number in numbers_of(call.args[0])
        if places(number) != len(call.args) - 1
    ]
    assert wrong == []


def test_macros_raise_with_as_many_arguments_as_the_texts_have_places() -> None:
    raised = []
    for definition in macros.DEFINITIONS.split(";\n"):
        for found in re.finditer(r"tsql_raise\((\d+)", definition):
            rest, depth, commas = definition[found.end() :], 1, 0
            for character in rest:
                depth += {"(": 1, ")": -1}.get(character, 0)
                commas += character == "," and depth == 1
                if not depth:
                    break
            raised.append((int(found[1]), commas))
    assert len(raised) > 15
    assert [(number, given) for number, given in raised if given != places(number)] == []


@pytest.mark.parametrize("exception", MAY_HOLD_TEXTS)
def test_no_error_has_a_text_outside_the_catalogue(exception: str) -> None:
    assert {name for name in FILES if any(calls(name, exception))} == MAY_HOLD_TEXTS[exception]


def test_each_message_is_raised_somewhere() -> None:
    code = "\n".join((ROOT / name).read_text() for name in FILES if name != "errors.py")
    assert set(MESSAGES) - set(map(int, re.findall(r"\d+", code))) == set()


def test_an_error_has_its_messages_severity_and_state_unless_another_is_given() -> None:
    error = sql_error(2714, "t", line=3)
    assert (error.number, error.severity, error.state, error.line) == (2714, 16, 6, 3)
    assert error.message == "There is already an object named 't' in the database."
    assert sql_error(2714, "t", state=3).state == 3
    assert unsupported("A cursor", 7).message == "A cursor is not supported by local_sqlserver."


@pytest.mark.parametrize("arguments", [(), ("a", "b")])
def test_a_wrong_count_of_arguments_is_a_fault_of_the_caller(arguments: tuple[str, ...]) -> None:
    with pytest.raises(TypeError):
        sql_error(207, *arguments)

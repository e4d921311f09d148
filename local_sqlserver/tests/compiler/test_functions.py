"""The registry of functions: its checks of calls, and that no other place has a different set of functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_sqlserver.compiler import METADATA_FUNCTIONS, SESSION_VALUES
from local_sqlserver.compiler.functions import REGISTRY, readme
from local_sqlserver.compiler.functions.registry import Function, Place, Theme, implemented
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.engine import metadata, session_values
from local_sqlserver.errors import SqlError
from tests.compiler.world import World

KNOWN = [function for function in REGISTRY.values() if not function.refused and function.place is not Place.SYNTAX]
NILADIC = [function.name for function in KNOWN if function.place is Place.NILADIC]


def refusal(world: World, expression: str) -> int:
    with pytest.raises(SqlError) as caught:
        world.value(expression)
    return caught.value.number


def expected(function: Function) -> int:
    """The error of a call with too many arguments."""
    if function.place is Place.WINDOW:
        return 4114 if function.least == function.most else 10755
    return 174 if function.least == function.most else 189


@pytest.mark.parametrize(
    "function", [each for each in KNOWN if each.place in (Place.SCALAR, Place.AGGREGATE, Place.WINDOW)]
)
def test_a_call_with_too_many_arguments_is_refused_before_they_are_compiled(
    calculator: World, function: Function
) -> None:
    if function.name == "TRIM":  # it has a grammar of its own: TRIM(BOTH 'x' FROM y)
        assert refusal(calculator, "TRIM('a', 'b', 'c')") == 102
        return
    if function.name == "JSON_OBJECT":  # of pairs
        assert refusal(calculator, f"JSON_OBJECT({', '.join(['1: nothing'] * 128)})") == 189
        return
    first = "1 = 1" if function.name == "IIF" else "nothing"
    arguments = ", ".join([first, *["nothing"] * function.most])
    assert refusal(calculator, f"{function.name}({arguments})") == expected(function)


@pytest.mark.parametrize("function", [each for each in KNOWN if each.place is Place.TABLE])
def test_a_table_valued_function_is_for_from_alone_and_counts_its_arguments(
    calculator: World, function: Function
) -> None:
    assert refusal(calculator, f"{function.name}('a', 'b')") == 195
    with pytest.raises(SqlError, match="requires") as caught:
        calculator.run(f"SELECT * FROM {function.name}({', '.join(['1'] * (function.most + 1))}) AS x")
    assert caught.value.number == (174 if function.least == function.most else 189)


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("NOTHING()", 195),
        ("[CAST](1)", 195),
        ("LEN(*)", 102),
        ("SUM(*)", 102),
        ("LEN('a') OVER (ORDER BY (SELECT NULL))", 4113),
        ("UPPER(DISTINCT 'a')", 4113),
        ("ROW_NUMBER()", 10753),
        ("NTILE() OVER (ORDER BY (SELECT NULL))", 4114),
        ("LAG() OVER (ORDER BY (SELECT NULL))", 10755),
        ("SUM(1)", 157),
        ("IIF(1 = 1, 2)", 174),
        ("DATEADD(1, 2, 3)", 1023),
        ("DATEADD(eon, 2, 3)", 155),
        ("CHECKSUM()", 40510),
        ("CHECKSUM('a') OVER (ORDER BY (SELECT NULL))", 40510),
    ],
)
def test_a_call_is_checked_against_the_registry(calculator: World, expression: str, number: int) -> None:
    assert refusal(calculator, expression) == number


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("SELECT * FROM LEN('a') AS x", 208),
        ("SELECT * FROM NOTHING('a') AS x", 208),
        ("SELECT * FROM OPENXML(1, '/') AS x", 40510),
        ("SELECT * FROM (SELECT 1 AS a, 2 AS b) AS s PIVOT (LEN(b) FOR a IN ([1])) AS p", 195),
        ("SELECT * FROM (SELECT 1 AS a, 2 AS b) AS s PIVOT (CHECKSUM_AGG(b) FOR a IN ([1])) AS p", 40510),
        ("SELECT * FROM (SELECT 1 AS a, 2 AS b) AS s PIVOT (STRING_AGG(b) FOR a IN ([1])) AS p", 174),
    ],
)
def test_a_call_in_from_is_checked_against_the_registry(calculator: World, statement: str, number: int) -> None:
    with pytest.raises(SqlError) as caught:
        calculator.run(statement)
    assert caught.value.number == number


@pytest.mark.parametrize("name", NILADIC)
def test_a_niladic_function_takes_no_parentheses(calculator: World, name: str) -> None:
    assert calculator.type(name) in ("datetime", "nvarchar(128)")
    assert refusal(calculator, f"{name}()") == 102


EXAMPLES = {
    "ATN2": "1, 2",
    "CHARINDEX": "'a', 'b'",
    "DATEDIFF": "second, '2024-01-01', '2024-01-02'",
    "DATEDIFF_BIG": "day, '2024-01-01', '2024-01-02'",
    "DATEFROMPARTS": "2024, 2, 29",
    "DATENAME": "month, '2024-01-01'",
    "DATEPART": "week, '2024-01-01'",
    "DATETIMEFROMPARTS": "2024, 2, 29, 1, 2, 3, 4",
    "SMALLDATETIMEFROMPARTS": "2024, 2, 29, 1, 2",
    "FORMAT": "1.5, 'N2'",
    "FORMATMESSAGE": "'%d rows', 2",
    "GROUPING": "n",
    "GROUPING_ID": "n, n",
    "HASHBYTES": "'MD5', 'a'",
    "DIFFERENCE": "'a', 'b'",
    "GET_BIT": "1, 0",
    "JSON_OBJECT": "",
    "JSON_ARRAY": "",
    "JSON_MODIFY": "'{}', '$.a', 1",
    "JSON_PATH_EXISTS": "'{}', '$.a'",
    "JSON_QUERY": "'{}'",
    "JSON_VALUE": "'{}', '$.a'",
    "ISJSON": "'{}'",
    "NTILE": "2",
    "ODBCSCALE": "106, 2",
    "PARSENAME": "'a', 1",
    "SOUNDEX": "'a'",
    "STRING_ESCAPE": "'a', 'json'",
    "COMPRESS": "'a'",
    "DECOMPRESS": "0x1F",
    "PATINDEX": "'%a%', 'b'",
} | dict.fromkeys(["DAY", "EOMONTH", "ISDATE", "MONTH", "YEAR"], "'2024-02-29'")
"""Arguments of functions that declare their type; for others 1 does, or nothing."""

DECLARED = [each for each in KNOWN if each.result is not None]


@pytest.mark.parametrize("function", DECLARED, ids=[each.name for each in DECLARED])
def test_a_declared_type_is_the_one_of_the_value_in_duckdb(calculator: World, function: Function) -> None:
    assert function.result is not None
    arguments = EXAMPLES.get(function.name, "1" if function.least else "")
    call = f"{function.name}({arguments})" + (" OVER (ORDER BY n)" if function.place is Place.WINDOW else "")
    group = " GROUP BY n" if function.place is Place.AGGREGATE else ""
    translation = calculator.compiled(f"SELECT {call} AS x FROM (VALUES (1)) AS v(n){group}")
    assert translation.column_types == (function.result,)
    ((found,),) = calculator.connection.execute(f"SELECT typeof(x) FROM ({translation.statements[0]})").fetchall()
    assert found == duckdb_type(function.result)


def test_a_function_is_registered_once() -> None:
    with pytest.raises(TypeError, match="LEN is registered twice"):
        Theme("other").refuse("LEN")


def test_the_engine_implements_what_the_registry_declares() -> None:
    """Both modules check it at import; this test shows that the check can fail."""
    implemented(SESSION_VALUES, session_values._VALUES)
    implemented((name.lower() for name in METADATA_FUNCTIONS), metadata._FUNCTIONS)
    with pytest.raises(TypeError, match=r"not both: getdate\(\)"):
        implemented(SESSION_VALUES.keys() - {"getdate()"}, session_values._VALUES)
    with pytest.raises(TypeError, match="not both: suser_id"):
        implemented([*(name.lower() for name in METADATA_FUNCTIONS), "suser_id"], metadata._FUNCTIONS)
    assert set(METADATA_FUNCTIONS) <= REGISTRY.keys()
    assert {
        f"{function.name.lower()}()" for function in KNOWN if function.theme == "session"
    } - SESSION_VALUES.keys() == {f"{name.lower()}()" for name in NILADIC}


def test_the_readme_lists_the_functions_of_the_registry() -> None:
    """`python -m local_sqlserver.compiler.functions.readme README.md` renews the table."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert readme.renewed(text) == text
    assert readme.renewed(text.replace("| rows | GENERATE_SERIES", "| rows | GENERATE_ROWS")) == text
    with pytest.raises(ValueError, match="there is no table"):
        readme.renewed(text.replace(readme.END, ""))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("UPPER(" * 12 + "t" + ")" * 12, "ÀB C"),
        ("LEFT(" * 12 + "t + 'x'" + ", LEN(UPPER(t)))" * 12, "àb c"),
        ("SUBSTRING(UPPER(t), CHARINDEX(UPPER('B'), UPPER(t)), (SELECT LEN(UPPER(t))))", "B C"),
        ("CASE WHEN UPPER(t) = LOWER(UPPER(t)) THEN LEFT(UPPER(t), LEN(UPPER(t)) - 1) END", "ÀB "),
        ("IIF(UPPER(UPPER(UPPER(UPPER(UPPER(t))))) LIKE UPPER(UPPER(N'à%')), 1, 0)", 1),
    ],
)
def test_nested_calls_do_not_grow_exponentially(calculator: World, expression: str, value: object) -> None:
    """Macros repeat their arguments: without bindings, twelve nested calls would have about 4 ** 12 copies."""
    assert calculator.run(f"SELECT {expression} FROM (VALUES (N'àb c')) AS s(t)") == [(value,)]

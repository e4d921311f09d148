"""Arithmetic of decimals over all pairs of types, compared with Python's decimal by the documented rules."""

from __future__ import annotations

import operator as operators
import random
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

import pytest

from local_sqlserver.errors import SqlError
from tests.compiler.world import World

EXACT = Context(prec=200)
DIGITS = {"bit": (1, 0), "tinyint": (3, 0), "smallint": (5, 0), "int": (10, 0), "bigint": (19, 0)}
DECIMALS = (
    *((1, 0), (3, 3), (5, 2), (9, 0), (10, 2), (15, 5), (16, 2), (18, 0), (18, 2), (18, 4), (19, 2), (19, 4), (20, 17)),
    *((28, 10), (30, 20), (37, 4), (38, 0), (38, 2), (38, 10), (38, 20), (38, 38)),
)
TYPES = DIGITS | {f"decimal({precision},{scale})": (precision, scale) for precision, scale in DECIMALS}
OPERATIONS = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "/": EXACT.divide,
    "%": EXACT.remainder,
}


def documented(operator: str, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """Precision and scale of a result, by "Precision, scale, and length"."""
    (p1, s1), (p2, s2) = left, right
    whole = max(p1 - s1, p2 - s2)
    if operator in "+-":
        scale = max(s1, s2)
        precision = whole + scale + 1
        return (precision, scale) if precision <= 38 else (38, min(scale, 38 - whole))
    if operator == "%":
        return max(min(p1 - s1, p2 - s2) + max(s1, s2), 1), max(s1, s2)
    if operator == "*":
        precision, scale = p1 + p2 + 1, s1 + s2
    else:
        scale = max(6, s1 + p2 + 1)
        precision = p1 - s1 + s2 + scale
    if precision <= 38:
        return precision, scale
    whole = precision - scale
    return 38, min(scale, 38 - whole) if whole < 32 else min(scale, 6)


def value_of(declared: str, chance: random.Random) -> Decimal:
    precision, scale = TYPES[declared]
    if declared in DIGITS:
        return Decimal(chance.randint(1, {"bit": 1, "tinyint": 255}.get(declared, 10 ** (precision - 1))))
    # As many long values as short ones, of which the first overflow more often.
    digits = chance.randint(1, chance.choice((precision, min(precision, scale + 3))))
    return Decimal(chance.choice((1, -1)) * chance.randint(1, 10**digits - 1)).scaleb(-scale, EXACT)


@pytest.mark.parametrize("operator", OPERATIONS)
def test_the_result_of_two_decimals_has_every_digit_of_the_documented_type(calculator: World, operator: str) -> None:
    chance = random.Random(operator)
    wrong = []
    for left in TYPES:
        for right in TYPES:
            if left in DIGITS and right in DIGITS:
                continue
            one, two = value_of(left, chance), value_of(right, chance)
            precision, scale = documented(operator, TYPES[left], TYPES[right])
            rounding = ROUND_DOWN if operator == "/" else ROUND_HALF_UP
            exact = OPERATIONS[operator](one, two)
            exact = exact.quantize(Decimal(1).scaleb(-scale), rounding=rounding, context=EXACT)
            expected = exact if abs(exact) < Decimal(10) ** (precision - scale) else 8115
            expression = f"CAST('{one:f}' AS {left}) {operator} CAST('{two:f}' AS {right})"
            assert calculator.type(expression) == f"decimal({precision},{scale})", expression
            try:
                result = calculator.value(expression)
            except SqlError as error:
                result = error.number
            if result != expected:
                wrong.append((expression, expected, result))
    assert not wrong


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("CAST(12.50 AS DECIMAL(10,2)) * 100.0 / CAST(32.75 AS DECIMAL(38,2))", "38.167938931297709923664122"),
        ("CAST(3 AS INT) * 1.0 / (CAST(1 AS INT) / 30.0)", "90.0009000090000900009"),
        ("1 / (1 / (1 / (3.0 / 7.0)))", "2.33333566600000003119"),
        ("0 / CAST(0.5 AS DECIMAL(38,38))", "0.000000"),
        ("CAST(0.0000009000 AS DECIMAL(30,20)) * CAST(1.0000000000 AS DECIMAL(30,20))", "0.00000090000000000"),
        ("CAST(0.0000009000 AS DECIMAL(30,10)) * CAST(1.0000000000 AS DECIMAL(30,10))", "0.000001"),
        ("CAST(922337203685477.58 AS MONEY) % 1000", "477.5800"),
        ("CAST(10 AS MONEY) / 3", "3.3333"),
        ("ROUND(CAST(12345678901234.5678 AS DECIMAL(18,4)), 2, 1)", "12345678901234.5600"),
        ("ROUND(CAST(-12345678901234.5678 AS DECIMAL(18,4)), -2, 1)", "-12345678901200.0000"),
        ("ROUND(CAST(-123456789012345678901234.5678 AS DECIMAL(38,4)), -1)", "-123456789012345678901230.0000"),
        ("ROUND(CAST(1250 AS DECIMAL(10,2)), -2)", "1300.00"),
        ("ROUND(CAST(748.58 AS DECIMAL(10,2)), -3)", "1000.00"),
        ("ROUND(CAST(748.58 AS DECIMAL(10,2)), -20)", "0.00"),
    ],
)
def test_decimals_keep_their_digits(calculator: World, expression: str, expected: str) -> None:
    assert str(calculator.value(expression)) in (expected, str(Decimal(expected)))


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("CAST(1 AS DECIMAL(38,10)) / 0", 8134),
        ("CAST(1 AS DECIMAL(38,38)) / CAST(0 AS DECIMAL(38,38))", 8115),
        ("CAST(1 AS DECIMAL(1)) / CAST(0 AS DECIMAL(38,38))", 8134),
        ("CAST(1 AS DECIMAL(38,10)) % CAST(0 AS DECIMAL(38,38))", 8134),
        ("CAST(1 AS DECIMAL(10,2)) % 0", 8134),
        ("ROUND(748.58, -3)", 8115),
        ("ROUND(9.99, 1)", 8115),
    ],
)
def test_decimal_arithmetic_fails_by_number(calculator: World, expression: str, number: int) -> None:
    with pytest.raises(SqlError) as caught:
        calculator.value(expression)
    assert caught.value.number == number


def test_an_average_and_a_share_of_a_sum_keep_their_digits(calculator: World) -> None:
    rows = "(VALUES (CAST(12.50 AS DECIMAL(18,2))), (20.25), (-1), (NULL)) AS t (v)"
    assert calculator.run(f"SELECT AVG(v), SUM(v) / COUNT(*), SUM(v) / 7 FROM {rows}") == [
        (Decimal("10.583333"), Decimal("7.937500"), Decimal("4.535714"))
    ]
    shares = calculator.run(f"SELECT v / SUM(v) OVER (), AVG(v) OVER () FROM {rows} WHERE v > 13")
    assert shares == [(Decimal("1.00000000000000000000"), Decimal("20.250000"))]


COMPARISONS = {
    "=": operators.eq, "<>": operators.ne, "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge
}  # fmt: skip


@pytest.mark.parametrize("operator", COMPARISONS)
def test_decimals_compare_by_value_whatever_their_digits(calculator: World, operator: str) -> None:
    numbers = [("99999999999999999999", "38,0"), ("1", "38,20"), ("1.5", "38,20"), ("1", "38,0"), ("1.50", "10,2")]
    for left, one in numbers:
        for right, two in numbers:
            condition = f"CAST({left} AS DECIMAL({one})) {operator} CAST({right} AS DECIMAL({two}))"
            expected = COMPARISONS[operator](Decimal(left), Decimal(right))
            assert calculator.value(f"IIF({condition}, 1, 0)") == expected, condition
    assert calculator.value(f"IIF(CAST(NULL AS DECIMAL(38,0)) {operator} CAST(1 AS DECIMAL(38,20)), 1, 0)") == 0

"""Functions in Python that the compiled SQL calls, where DuckDB has none: ``install`` creates them for a connection.

They take and return the types that their annotations name, and give NULL for a NULL argument.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from local_sqlserver.compiler.failures import raising
from local_sqlserver.errors import sql_error

if TYPE_CHECKING:
    import duckdb

_EXACT = decimal.Context(prec=200)
"""More digits than any quotient of two DECIMALs needs before it is cut."""


def tsql_decimal(operator: str, left: str, right: str, scale: int) -> str:
    """Compute ``left operator right`` exactly, cut (/) or rounded to a scale; raises SqlError 8115 and 8134.

    Source: "Precision, scale, and length"; SQL Server cuts the digits of a quotient and rounds those of a product.
    """
    one, two = Decimal(left), Decimal(right)
    if operator in "/%" and not two:
        raise sql_error(8134)
    rounding = ROUND_HALF_UP
    if operator == "*":
        result = _EXACT.multiply(one, two)
    elif operator == "+":
        result = _EXACT.add(one, two)
    elif operator == "-":
        result = _EXACT.subtract(one, two)
    elif operator == "%":
        result = _EXACT.remainder(one, two)
    else:
        result, rounding = _EXACT.divide(one, two), ROUND_DOWN
    result = result.quantize(Decimal(1).scaleb(-scale), rounding=rounding, context=_EXACT)
    if abs(result.scaleb(scale, _EXACT)) >= Decimal(10) ** 38:
        raise sql_error(8115, "numeric", "numeric", state=8)
    return f"{result:f}"


_FUNCTIONS: dict[Callable[..., Any], tuple[list[Any], str]] = {
    tsql_decimal: (["VARCHAR", "VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR"),
}
"""By function, the DuckDB types of its parameters and of its result."""


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the functions for a connection and all that share its database."""
    for function, (parameters, result) in _FUNCTIONS.items():
        connection.create_function(function.__name__, raising(function), parameters, result)

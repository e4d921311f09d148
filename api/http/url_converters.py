"""Converters of Werkzeug for the variable parts of URLs."""

from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, Map

MAX_KEY = 2**31 - 1
"""The largest surrogate key: an integer of Postgres and SQL Server."""


class KeyConverter(IntegerConverter):
    """A surrogate key or run id: a Postgres integer from 0, without leading zeros.

    Werkzeug's own ``int(max=…)`` does not do: for too large a number the router answers 405 instead of 404, because
    rules of other methods have matched by then, and a number of thousands of digits raises ValueError.
    """

    regex = "0|[1-9][0-9]{0,9}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=MAX_KEY)

    def to_python(self, value: str) -> int:
        """Parse a key. Raises NotFound if it is out of range."""
        number = int(value)
        if number > MAX_KEY:
            raise NotFound
        return number

"""What stands in addresses."""

from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, Map

from api.schemas import LARGEST_KEY


class Key(IntegerConverter):
    """A key: a whole number as Postgres holds it, spelled in one way only.

    ``int(max=…)`` would let the router answer 405 for one that is too large, because it has seen the rules of
    other methods by then, and crash on one of thousands of digits.
    """

    regex = "0|[1-9][0-9]{0,9}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_KEY)

    def to_python(self, value: str) -> int:
        """Read it. Raises NotFound when it is larger than any."""
        number = int(value)
        if number > LARGEST_KEY:
            raise NotFound
        return number

"""The message format of RAISERROR and FORMATMESSAGE. Source: the T-SQL reference, RAISERROR, "msg_str"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from local_sqlserver.errors import sql_error
from local_sqlserver.types import BINARY, INTEGERS, TEXT

_PLACE = re.compile(
    r"%(?:%|(?P<flags>[-+ 0#]*)(?P<width>\d+|\*)?(?:\.(?P<precision>\d+|\*))?(?:h|l|I64)?(?P<type>[diouxXs])"
    r"|(?P<wrong>[-+ 0#]*(?:\d+|\*)?(?:\.(?:\d+|\*))?.?))",
    re.DOTALL,
)


SUBSTITUTED = INTEGERS | TEXT | BINARY
"""The types that an argument may have (2748)."""


def format_message(text: str, arguments: Sequence[Any]) -> str:
    """Fill in %s, %d … as RAISERROR and FORMATMESSAGE do; raises SqlError 2786 or 2787 for a mismatch."""
    rest = list(arguments)

    def fill(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if match["type"] is None:
            raise sql_error(2787, match[0])
        width = rest.pop(0) if match["width"] == "*" and rest else match["width"]
        precision = rest.pop(0) if match["precision"] == "*" and rest else match["precision"]
        if not rest:
            return "(null)"
        value = rest.pop(0)
        form = f"%{match['flags']}{width or ''}{'.' + str(precision) if precision is not None else ''}"
        if match["type"] == "s":
            if value is not None and not isinstance(value, str):
                raise sql_error(2786, len(arguments) - len(rest))
            return str((form + "s") % ("(null)" if value is None else value))
        if value is None:
            return "(null)"
        if not isinstance(value, int):
            raise sql_error(2786, len(arguments) - len(rest))
        kind = match["type"]
        if kind in "ouxX" and value < 0:
            value += 2**32
        return str((form + ("d" if kind in "iu" else kind)) % value)

    return _PLACE.sub(fill, text)

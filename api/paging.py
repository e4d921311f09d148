"""Lists in parts by keyset: each page starts behind the last key of the one before."""

from typing import Any

from flask import request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from api.database import snapshot


def keyset_page(statement: Select[Any], key: InstrumentedAttribute[int], *, after: int, limit: int) -> dict[str, Any]:
    """Return a page of entities in the order of ``key``, with the next page's address or None."""
    rows = snapshot().scalars(statement.where(key > after).order_by(key).limit(limit + 1)).all()
    items = rows[:limit]
    return {"items": items, "next": _next_address(getattr(items[-1], key.key)) if len(rows) > limit else None}


def _next_address(last_key: int) -> str:
    parameters = {**(request.view_args or {}), **request.args.to_dict(), "after": last_key}
    return url_for(request.endpoint or "", **parameters)

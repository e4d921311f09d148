"""Lists of products and customers: filters, sorting, selected fields and keyset pagination, in one statement a request.

The SQL depends on the sort order, the fields and the names of the filters, not on the filters' values. So it is cached
for each combination.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
)

from api.errors import NotSyncedError
from api.http.paging import Cursor, CursorExpiredError, SortOrder
from api.http.responses import not_modified_response, page_response
from api.serving.database import read, sql_text
from api.serving.models import ONE, SERVED, SUCCEEDED, Revision, SyncRun
from api.serving.served import FIND_KEPT_STATE, FIND_STATE

Filter = Callable[[FromClause], ColumnElement[bool]]


def _folded(text: ColumnElement[Any]) -> ColumnElement[str]:
    """Return a text without regard to case, and with one spelling of accents: é is one character, not e and ´."""
    return func.normalize(func.lower(text), literal_column("NFC"))


def equals(column: str, parameter: str | None = None) -> Filter:
    """Filter by equality of texts, without regard to case."""

    def condition(source: FromClause) -> ColumnElement[bool]:
        return _folded(source.c[column]) == _folded(bindparam(parameter or column, type_=Text))

    return condition


def is_exactly(column: str, parameter: str) -> Filter:
    """Filter by exact equality, which can use an index."""
    return lambda source: source.c[column] == bindparam(parameter, type_=source.c[column].type)


def is_key(column: str, parameter: str) -> Filter:
    """Filter by equality of a natural key, also through an index. Gold has keys in capitals; any case finds them."""

    def condition(source: FromClause) -> ColumnElement[bool]:
        key = bindparam(parameter, type_=Text)
        return source.c[column].in_([key, func.upper(key)])

    return condition


def at_least(column: str, parameter: str) -> Filter:
    """Filter by a lower bound."""
    return lambda source: source.c[column] >= _bound(source, column, parameter)


def at_most(column: str, parameter: str) -> Filter:
    """Filter by an upper bound."""
    return lambda source: source.c[column] <= _bound(source, column, parameter)


def _bound(source: FromClause, column: str, parameter: str) -> ColumnElement[Any]:
    """Return the parameter of a bound; a number may be larger than the column's type."""
    kind = source.c[column].type
    return bindparam(parameter, type_=BigInteger() if isinstance(kind, Integer) else kind)


def contains(*columns: str, parameter: str) -> Filter:
    """Filter by a text contained in any of some columns, without regard to case."""

    def condition(source: FromClause) -> ColumnElement[bool]:
        text = _folded(bindparam(parameter, type_=Text))
        return or_(*(func.strpos(_folded(source.c[column]), text) >= ONE for column in columns))

    return condition


@dataclass(frozen=True, eq=False)
class Listing:
    """A list of entities: source table, key columns, field names, and filters by the names of their parameters.

    The key columns together are unique to each entity; the list is sorted by the first of them by default.
    """

    source: FromClause
    key: tuple[str, ...]
    names: tuple[str, ...]
    filters: Mapping[str, Filter]

    def response(self, query: Mapping[str, Any]) -> Response:
        """Return the response for a page; ``query`` holds the values loaded by a PageQuery."""
        name, descending = query["sort"] or (self.key[0], False)
        order = self._order(name, descending)
        filters = {parameter: query[parameter] for parameter in self.filters if parameter in query}
        names = query["fields_"] or self.names
        sql = self._sql(order, names, tuple(filters), following=query["cursor"] is not None)
        return list_response(sql, filters, query, order, names)

    @lru_cache(maxsize=64)  # noqa: B019 # listings live as long as the process
    def _order(self, name: str, descending: bool) -> SortOrder:
        columns = [self.source.c[each] for each in dict.fromkeys((name, *self.key))]
        sign = "-" if descending else ""
        return SortOrder(f"{self.key[-1]} by {sign}{name}", tuple(columns), descending)

    @lru_cache(maxsize=1024)  # noqa: B019
    def _sql(self, order: SortOrder, names: tuple[str, ...], filters: tuple[str, ...], *, following: bool) -> str:
        positions = [column.label(f"_{number}") for number, column in enumerate(order.columns)]
        items = select(*positions, *(self.source.c[name] for name in names))
        items = items.where(self.source.c.run_id == run_id(following=following))
        items = items.where(*(self.filters[parameter](self.source) for parameter in filters))
        if following:
            items = items.where(order.after_position())
        return sql_text(paged(items, order, following=following))


def current_run() -> Subquery:
    """Select the served run."""
    return _latest(_RUN.where(SERVED))


def run_of_cursor() -> Subquery:
    """Select the run with the id in the parameter ``run_id``, if its rows are still kept."""
    return _latest(_RUN.where(SUCCEEDED, SyncRun.id == bindparam("run_id"), SyncRun.pruned_at.is_(None)))


_RUN = select(SyncRun.id, SyncRun.business_date)


def _latest(runs: Select[*tuple[Any, ...]]) -> Subquery:
    return runs.order_by(SyncRun.id.desc()).limit(ONE).subquery("run")


def run_id(*, following: bool = False) -> ColumnElement[int]:
    """Return the run id as a scalar, so that Postgres uses the indexes that start with run_id."""
    if following:
        return bindparam("run_id", type_=Integer)
    return select(SyncRun.id).where(SERVED).order_by(SyncRun.id.desc()).limit(ONE).scalar_subquery()


def with_state(run: Subquery) -> Select[Any]:
    """Select the parts of a list's state: run id, business date, and revision of the overlay."""
    return select(run.c.id, run.c.business_date, Revision.number).select_from(run.join(Revision, true()))


STATE_COLUMNS = 3


def paged(items: Select[Any], order: SortOrder, *, following: bool) -> Select[Any]:
    """Select the state of the list, joined with up to ``limit`` of the ``items`` in their order.

    Without an item one row is returned; without a run, none. The single row of the state is joined by a nested loop,
    so the items keep the order of the subquery.
    """
    present = items.add_columns(true().label("_present"))
    page_of_items = present.order_by(*order.order_by()).limit(bindparam("limit")).subquery("items")
    state = with_state(run_of_cursor() if following else current_run()).subquery("state")
    return select(state, page_of_items).select_from(state.outerjoin(page_of_items, true()))


def list_response(
    sql: str,
    parameters: Mapping[str, Any],
    query: Mapping[str, Any],
    order: SortOrder,
    names: Sequence[str],
) -> Response:
    """Run a ``paged`` statement and return the response with the page.

    Each item starts with the columns of ``order``. Raises NotSyncedError, CursorExpiredError or InvalidRequestError.
    """
    cursor: Cursor | None = query["cursor"]
    run = {"run_id": cursor.run_id} if cursor else {}
    if "HTTP_IF_NONE_MATCH" in request.environ:
        state, _ = list_state(find_state(cursor), cursor)
        if response := not_modified_response(state):
            return response
    position = order.position_parameters(cursor) if cursor else {}
    limit = query["limit"]
    rows = read(sql, {**parameters, **run, **position, "limit": limit + 1})
    state, business_date = list_state(rows, cursor)
    first, last = STATE_COLUMNS, STATE_COLUMNS + len(order.columns)
    items = rows[:limit] if rows[0][-1] else []
    following = None
    if len(rows) > limit:
        following = next_page(order.cursor_after(rows[0][0], rows[limit - 1][first:last]))
    return page_response(names, [row[last:-1] for row in items], state, business_date, following)


def find_state(cursor: Cursor | None) -> Sequence[tuple[Any, ...]]:
    """Read the state of a list: of the cursor's run, or of the served one. Without such a run, it has no row."""
    return read(FIND_KEPT_STATE, {"run_id": cursor.run_id}) if cursor else read(FIND_STATE)


def list_state(rows: Sequence[tuple[Any, ...]], cursor: Cursor | None) -> tuple[str, date]:
    """Return the state in the ETag of a list and its business date, with which each row begins.

    Raises NotSyncedError or CursorExpiredError without a row.
    """
    if not rows:
        raise CursorExpiredError if cursor else NotSyncedError
    run_id, business_date, revision = rows[0][:STATE_COLUMNS]
    return f"{run_id}-{revision}", business_date


def next_page(cursor: Cursor) -> str:
    """Return the URL of the request with another cursor."""
    parameters = {**(request.view_args or {}), **request.args.to_dict(flat=False), "cursor": cursor.encode()}
    return url_for(request.endpoint or "", **parameters)

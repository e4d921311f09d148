"""Lists of products and of customers: filters, order, chosen fields and pages, in one statement a request.

The statement depends on which parameters are there, not on their values: it is built once for each combination.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import ColumnElement, FromClause, Integer, Select, Subquery, bindparam, func, or_, select, true

from api.database import read, sql_text
from api.models import ONE, SERVED, SUCCEEDED, Revision, SyncRun
from api.paging import Cursor, CursorExpiredError, Order
from api.problems import NotSyncedError
from api.responses import not_modified, page, unchanged

Filter = Callable[[FromClause], ColumnElement[bool]]
Shape = Callable[[Sequence[Any]], Sequence[Any]]


def equals(column: str, parameter: str | None = None) -> Filter:
    """Filter by a text, without regard to case."""

    def condition(source: FromClause) -> ColumnElement[bool]:
        return func.lower(source.c[column]) == func.lower(bindparam(parameter or column))

    return condition


def is_exactly(column: str, parameter: str) -> Filter:
    """Filter by a value as it is stored, which an index can answer."""
    return lambda source: source.c[column] == bindparam(parameter, type_=source.c[column].type)


def at_least(column: str, parameter: str) -> Filter:
    """Filter by a lower bound."""
    return lambda source: source.c[column] >= bindparam(parameter)


def at_most(column: str, parameter: str) -> Filter:
    """Filter by an upper bound."""
    return lambda source: source.c[column] <= bindparam(parameter)


def contains(*columns: str, parameter: str) -> Filter:
    """Filter by a text in any of some columns, without regard to case."""

    def condition(source: FromClause) -> ColumnElement[bool]:
        wanted = func.lower(bindparam(parameter))
        return or_(*(func.strpos(func.lower(source.c[column]), wanted) >= ONE for column in columns))

    return condition


@dataclass(frozen=True, eq=False)
class Listing:
    """A list of entities: where they are, their key, their fields, and the filters by the parameter's name."""

    source: FromClause
    key: str
    names: tuple[str, ...]
    filters: Mapping[str, Filter]

    def answer(self, query: Mapping[str, Any]) -> Response:
        """Answer a request for a page; ``query`` is what a PageQuery loaded."""
        name, descending = query["sort"] or (self.key, False)
        order = self._order(name, descending)
        filters = {parameter: query[parameter] for parameter in self.filters if parameter in query}
        names = query["fields_"] or self.names
        sql = self._sql(order, names, tuple(filters), following=query["cursor"] is not None)
        return answer_page(sql, filters, query, order, names)

    @lru_cache(maxsize=64)  # noqa: B019 # the listings live as long as the process
    def _order(self, name: str, descending: bool) -> Order:
        columns = [self.source.c[name]] if name == self.key else [self.source.c[name], self.source.c[self.key]]
        sign = "-" if descending else ""
        return Order(f"{self.key} by {sign}{name}", tuple(columns), descending)

    @lru_cache(maxsize=1024)  # noqa: B019
    def _sql(self, order: Order, names: tuple[str, ...], filters: tuple[str, ...], *, following: bool) -> str:
        places = [column.label(f"_{number}") for number, column in enumerate(order.columns)]
        items = select(*places, *(self.source.c[name] for name in names))
        items = items.where(self.source.c.run_id == run_id(following=following))
        items = items.where(*(self.filters[parameter](self.source) for parameter in filters))
        if following:
            items = items.where(order.behind())
        return sql_text(paged(items, order, following=following))


def current_run() -> Subquery:
    """Select the run that is served."""
    return _latest(_RUN.where(SERVED))


def run_of_cursor() -> Subquery:
    """Select the run that the parameter ``run_id`` names, as long as its rows are kept."""
    return _latest(_RUN.where(SUCCEEDED, SyncRun.id == bindparam("run_id"), SyncRun.pruned_at.is_(None)))


_RUN = select(SyncRun.id, SyncRun.business_date)


def _latest(runs: Select[*tuple[Any, ...]]) -> Subquery:
    return runs.order_by(SyncRun.id.desc()).limit(ONE).subquery("run")


def run_id(*, following: bool = False) -> ColumnElement[int]:
    """Return the id of the same run, for the rows: a value to Postgres, so that indexes that begin with it are used."""
    if following:
        return bindparam("run_id", type_=Integer)
    return select(SyncRun.id).where(SERVED).order_by(SyncRun.id.desc()).limit(ONE).scalar_subquery()


def with_state(run: Subquery) -> Select[Any]:
    """Select what the state of a list is made of: the run, its day, and how often the overlay was written."""
    return select(run.c.id, run.c.business_date, Revision.number).select_from(run.join(Revision, true()))


STATE_COLUMNS = 3
CURRENT_STATE, STATE_OF_CURSOR = sql_text(with_state(current_run())), sql_text(with_state(run_of_cursor()))


def paged(items: Select[Any], order: Order, *, following: bool) -> Select[Any]:
    """Select the state, and with it up to ``limit`` items in their order; ``items`` are of ``run_id``.

    One row comes back even when there is no item, none when there is no run. (The one row of the state is joined
    by a loop, so the items keep the order of the subquery.)
    """
    present = items.add_columns(true().label("_present"))
    page_of_items = present.order_by(*order.by()).limit(bindparam("limit")).subquery("items")
    state = with_state(run_of_cursor() if following else current_run()).subquery("state")
    return select(state, page_of_items).select_from(state.outerjoin(page_of_items, true()))


def answer_page(
    sql: str,
    parameters: Mapping[str, Any],
    query: Mapping[str, Any],
    order: Order,
    names: Sequence[str],
    shape: Shape = tuple,
) -> Response:
    """Run a ``paged`` statement, whose items begin with the columns of ``order``, and answer with the page.

    ``shape`` makes an item's values from what comes after those columns. Raises NotSyncedError,
    CursorExpiredError or InvalidRequestError.
    """
    cursor: Cursor | None = query["cursor"]
    run = {"run_id": cursor.run_id} if cursor else {}
    if "If-None-Match" in request.headers:
        state, _ = _state(read(STATE_OF_CURSOR if cursor else CURRENT_STATE, run), cursor)
        if not_modified(state):
            return unchanged(state)
    places = order.position(cursor) if cursor else {}
    limit = query["limit"]
    rows = read(sql, {**parameters, **run, **places, "limit": limit + 1})
    state, business_date = _state(rows, cursor)
    first, last = STATE_COLUMNS, STATE_COLUMNS + len(order.columns)
    items = rows[:limit] if rows[0][-1] else []
    following = None
    if len(rows) > limit:
        following = _address(order.cursor_at(rows[0][0], rows[limit - 1][first:last]))
    return page(names, [shape(row[last:-1]) for row in items], state, business_date, following)


def _state(rows: Sequence[tuple[Any, ...]], cursor: Cursor | None) -> tuple[str, date]:
    if not rows and cursor:
        raise CursorExpiredError("The day that the list was of is no longer kept: begin again without `cursor`.")
    if not rows:
        raise NotSyncedError
    run_id, business_date, revision = rows[0][:STATE_COLUMNS]
    return f"{run_id}-{revision}", business_date


def _address(cursor: Cursor) -> str:
    parameters = {**(request.view_args or {}), **request.args.to_dict(), "cursor": cursor.encode()}
    return url_for(request.endpoint or "", **parameters)

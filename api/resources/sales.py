"""Sales added up by any combination of dimensions."""

from datetime import date
from typing import Any

from flask import Response, current_app
from marshmallow import RAISE

from api.errors import InvalidRequestError
from api.figures.cube_loader import CubeLoader
from api.figures.grouping import Question, UnalignedPeriodsError
from api.figures.registry import FILTERS
from api.http.paging import Cursor, CursorExpiredError, other_list_error
from api.http.responses import content_state, not_modified_response, page_response
from api.resources.listing import find_state, list_state, next_page
from api.resources.operation import Resource, operation
from api.resources.schemas import TOTAL, SalesPage, SalesQuery

blueprint = Resource("sales", __name__, url_prefix="/api/sales", description="Sales by group")

LIST = "sales "
"""How the names of orders in cursors of this list begin; a hash of the question follows."""


@operation(
    blueprint,
    "",
    "read",
    conditional=True,
    csv=True,
    paged=True,
    several=tuple(dimension.name for dimension in FILTERS),
)
@blueprint.arguments(SalesQuery(), location="query", unknown=RAISE)
@blueprint.response(200, SalesPage)
def list_sales(query: dict[str, Any]) -> Response:
    """Add up sales by day, or by the groups in group_by. Changes by users to products are not applied."""
    cursor: Cursor | None = query["cursor"]
    if cursor and not cursor.order.startswith(LIST):
        raise other_list_error()
    rows = find_state(cursor)
    state, business_date = list_state(rows, cursor)
    run_id, *_, synced_at = rows[0]
    question = _question(query)
    name = LIST + content_state(repr(question))
    begin = _begin(cursor, name)
    if response := not_modified_response(state):
        return response
    loader: CubeLoader = current_app.extensions["cube_loader"]
    try:
        answer = loader.answer(run_id, synced_at, question)
    except UnalignedPeriodsError as error:
        raise InvalidRequestError({"detail": str(error), "parameter": "compare"}) from error
    if answer is None:
        raise CursorExpiredError
    end = begin + query["limit"]
    following = next_page(Cursor(run_id, name, (str(end),))) if end < len(answer.rows) else None
    members: dict[str, Any] = {}
    if answer.compared_with:
        members["compared_with"] = {"from": answer.compared_with.first, "to": answer.compared_with.last}
    if question.top is not None:
        members["rest"] = answer.rest
    return page_response(answer.names, answer.rows[begin:end], state, business_date, following, **members)


def _question(query: dict[str, Any]) -> Question:
    sort, descending = query["sort"] or (None, False)
    first: date | None = query.get("from_")
    filters = tuple(
        (dimension.name, tuple(query[dimension.name])) for dimension in FILTERS if query.get(dimension.name)
    )
    return Question(
        () if query["group_by"] == (TOTAL,) else query["group_by"],
        query["measures"],
        first,
        query.get("to"),
        filters,
        sort,
        descending,
        query.get("top"),
        query.get("compare"),
    )


def _begin(cursor: Cursor | None, name: str) -> int:
    """Return the number of rows before a page. Raises InvalidRequestError for a cursor of another list."""
    if cursor is None:
        return 0
    match cursor.values:
        case (number,) if cursor.order == name and number.isascii() and number.isdecimal() and len(number) < 10:
            return int(number)
    raise other_list_error()

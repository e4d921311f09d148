"""Start a sync, list sync runs, and copy the warehouse's monitoring views."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from flask import Response, current_app, jsonify, request, url_for
from marshmallow import RAISE
from sqlalchemy import bindparam, select

from api.errors import Problem
from api.resources.operation import Resource, openapi_links, operation
from api.resources.schemas import MonitoringCopySchema, SyncHistoryQuery, SyncPage, SyncRequest, SyncRunSchema
from api.serving.database import loader_engine, read, sql_text
from api.serving.models import SyncRun, table
from api.serving.monitoring import copy_monitoring
from api.serving.sync import ExpectedBatch, sync_warehouse
from api.serving.webhooks import DAY_SERVED, announce_run
from api.settings import Settings

blueprint = Resource("sync", __name__, url_prefix="/api/sync", description="Copy the warehouse's latest batch")


class UnknownRunError(Problem):
    """No sync run has the id."""

    status = 404
    name = "unknown-run"
    title = "The sync run does not exist"


COLUMNS = [column for column in table(SyncRun).columns if column.name not in ("staged", "error", "kpis")]
"""The columns that the API returns; ``error`` is for the operator only."""

DAY_SERVED_HOOK = {
    "post": {
        "operationId": "day_served",
        "summary": "A day is served.",
        "description": "Sent to the URLs in API_WEBHOOKS, signed as https://www.standardwebhooks.com specifies.",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["type", "timestamp", "data"],
                        "properties": {
                            "type": {"const": DAY_SERVED},
                            "timestamp": {"type": "string", "format": "date-time"},
                            "data": {
                                "type": "object",
                                "required": ["run_id", "batch_id", "business_date", "sample_customers", "synced_at"],
                                "properties": {
                                    "run_id": {"type": "integer"},
                                    "batch_id": {"type": "integer"},
                                    "business_date": {"type": "string", "format": "date"},
                                    "sample_customers": {"type": ["integer", "null"]},
                                    "synced_at": {"type": "string", "format": "date-time"},
                                },
                            },
                        },
                    }
                }
            },
        },
        "responses": {"2XX": {"description": "The message was accepted."}},
    }
}
"""The message as OpenAPI describes it."""

NAMES = [column.name for column in COLUMNS]
PREFER = {
    "in": "header",
    "name": "Prefer",
    "description": "respond-async: respond when the run is recorded (RFC 7240).",
    "schema": {"type": "string"},
}

FIND_RUN = sql_text(select(*COLUMNS).where(SyncRun.id == bindparam("run_id")))
LIST_RUNS = sql_text(
    select(*COLUMNS).where(SyncRun.id < bindparam("before")).order_by(SyncRun.id.desc()).limit(bindparam("limit"))
)
RUN_SCHEMA = SyncRunSchema()


@operation(
    blueprint,
    "",
    "sync",
    method="POST",
    success=201,
    statuses=(400, 409, 413, 415, 502),
    parameters=(PREFER,),
    links=openapi_links("get_run", run_id="$response.body#/run_id"),
)
@blueprint.arguments(SyncRequest(), unknown=RAISE, required=False)
@blueprint.response(201, SyncRunSchema)
@blueprint.alt_response(202, schema=SyncRunSchema, description="The sync is running; Location is its run.")
def sync(body: dict[str, Any]) -> Response:
    """Copy the batch that the warehouse published last, and publish it here; responds when it is served.

    With `Prefer: respond-async` it responds when the run is recorded, with 202; GET the Location until its status is
    succeeded or failed.
    """
    settings: Settings = current_app.config["SETTINGS"]
    expected = ExpectedBatch(body["batch_id"], body["published_at"])
    engine, opened = loader_engine(), Future[int]()

    def work() -> SyncRun:
        run = sync_warehouse(
            engine,
            settings.warehouse_odbc_reader,
            body["datasets"],
            body["sample_customers"],
            expected,
            opened.set_result,
        )
        announce_run(settings.webhooks, settings.webhook_secret, run)
        return run

    if "respond-async" not in request.headers.get("Prefer", "").lower():
        run = work()
        return _run_response({column.name: getattr(run, column.name) for column in COLUMNS}, 201)

    def work_alone() -> None:
        try:
            work()
        except Exception as error:  # the run has it, or the request below raises it
            if not opened.done():
                opened.set_exception(error)

    threading.Thread(target=work_alone, name="sync").start()
    (row,) = read(FIND_RUN, {"run_id": opened.result()})
    response = _run_response(dict(zip(NAMES, row, strict=True)), 202)
    response.headers["Preference-Applied"] = "respond-async"
    return response


def _run_response(run: Mapping[str, Any], status: int) -> Response:
    response = jsonify(_response_fields(run))
    response.status_code = status
    response.headers["Location"] = url_for("sync.get_run", run_id=run["id"])
    return response


@operation(blueprint, "/monitoring", "sync", method="POST", statuses=(502,))
@blueprint.response(200, MonitoringCopySchema)
def sync_monitoring() -> Response:
    """Copy the warehouse's monitoring views (batches, steps, rejected rows, checks), which the dashboards show."""
    odbc = current_app.config["SETTINGS"].warehouse_odbc_reader
    return jsonify(MonitoringCopySchema().dump(copy_monitoring(loader_engine(), odbc)))


@operation(blueprint, "", "read", links=openapi_links("get_run", run_id="$response.body#/items/0/run_id"))
@blueprint.arguments(SyncHistoryQuery(), location="query", unknown=RAISE)
@blueprint.response(200, SyncPage)
def list_runs(query: dict[str, Any]) -> Response:
    """List the sync runs, the latest first."""
    limit = query["limit"]
    runs = _runs(LIST_RUNS, {"before": query["before"], "limit": limit + 1})
    following = None
    if len(runs) > limit:
        following = url_for("sync.list_runs", **{**request.args.to_dict(), "before": runs[limit - 1]["run_id"]})
    return jsonify({"items": runs[:limit], "next": following})


@operation(blueprint, "/<key:run_id>", "read", statuses=(404,))
@blueprint.response(200, SyncRunSchema)
def get_run(run_id: int) -> Response:
    """Get one sync run: rows, duration, batch, and the checksums that warehouse and copy have in common."""
    runs = _runs(FIND_RUN, {"run_id": run_id})
    if not runs:
        raise UnknownRunError(f"No sync run has the id {run_id}; GET /api/sync lists all runs.")
    return jsonify(runs[0])


def _runs(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_response_fields(dict(zip(NAMES, row, strict=True))) for row in read(sql, parameters)]


def _response_fields(run: Mapping[str, Any]) -> dict[str, Any]:
    finished, started = run["finished_at"], run["started_at"]
    rows = {name: run[f"rows_{name}"] for name in ("products", "customers", "sales")}
    duration = (finished - started).total_seconds() if finished else None
    fields: dict[str, Any] = RUN_SCHEMA.dump({**run, "rows": rows, "duration_seconds": duration})
    return fields

"""The totals of the served run."""

from flask import Response
from sqlalchemy import select

from api.errors import NotSyncedError
from api.http.responses import content_state, item_response, not_modified_response
from api.resources.operation import Resource, operation
from api.resources.schemas import Kpis
from api.serving.database import read, sql_text
from api.serving.models import ONE, SERVED, SyncRun

blueprint = Resource("kpis", __name__, url_prefix="/api/kpis", description="The totals")

FIELDS = tuple(Kpis().fields)
FIND_KPIS = sql_text(
    select(SyncRun.business_date, SyncRun.sample_customers, SyncRun.kpis)
    .where(SERVED)
    .order_by(SyncRun.id.desc())
    .limit(ONE)
)


@operation(blueprint, "", "read", conditional=True, csv=True)
@blueprint.response(200, Kpis)
def get_kpis() -> Response:
    """Get the totals over all order lines served, with their business date."""
    rows = read(FIND_KPIS)
    if not rows:
        raise NotSyncedError
    business_date, sample_customers, totals = rows[0]
    kpis = {"business_date": business_date, "sample_customers": sample_customers, **totals}
    values = [kpis[name] for name in FIELDS]
    state = content_state(values)
    return not_modified_response(state) or item_response(FIELDS, values, state, business_date)

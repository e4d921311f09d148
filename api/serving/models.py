"""The tables in Postgres: columns, types and indexes. ``migrations`` creates them.

Schema ``serving`` holds copies of gold. A sync writes its rows under its own ``run_id`` and then marks its run as
succeeded. Readers look up the latest succeeded run and read only the rows of that run. The rows of a superseded run
are kept for a while, so that a client finishes a list on the run that it started with.

Schema ``overlay`` holds the products that users create, change or delete. No sync writes to it.

Schema ``monitoring`` holds copies of gold's monitoring views, of every batch that the warehouse knows.

Columns have the names of gold; amounts of money are in whole units. Types hold the largest values of gold: sums are
BIGINT, keys and single amounts INTEGER.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    and_,
    collate,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SERVING = "serving"
OVERLAY = "overlay"
MONITORING = "monitoring"

FIRST_USER_KEY = 1_000_000
"""The first surrogate key of products created through the API; the warehouse's keys are below it."""


BY_CODE_POINTS = {"collation": "C"}
"""Marks a text column that the migrations create with this collation: it is its own sort key."""


class Base(DeclarativeBase):
    """Base of the tables: the naming convention of constraints, and the SQL types of Python types."""

    metadata = MetaData(
        schema=SERVING,
        naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"},
    )
    type_annotation_map = {  # noqa: RUF012 # the attribute SQLAlchemy documents
        str: Text(),
        bytes: LargeBinary(),
        datetime: DateTime(timezone=True),
        Decimal: Numeric(),
        dict[str, Any]: JSONB(),
        list[str]: ARRAY(Text()),
    }


def table(model: type[Base]) -> Table:
    """Return the table of a model."""
    return cast(Table, model.__table__)


class Product(Base):
    """A product of gold.dim_products with its figures of gold.report_products, NULL if it was never sold."""

    __tablename__ = "products"

    run_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int | None]
    product_number: Mapped[str | None]
    product_name: Mapped[str | None]
    category_id: Mapped[str | None]
    category: Mapped[str | None]
    subcategory: Mapped[str | None]
    maintenance: Mapped[str | None]
    cost: Mapped[int | None]
    product_line: Mapped[str | None]
    start_date: Mapped[date | None]
    in_source: Mapped[bool]
    last_sale_date: Mapped[date | None]
    recency: Mapped[int | None]
    product_segment: Mapped[str | None]
    lifespan: Mapped[int | None]
    total_orders: Mapped[int | None]
    total_sales: Mapped[int | None] = mapped_column(BigInteger)
    total_quantity: Mapped[int | None] = mapped_column(BigInteger)
    total_customers: Mapped[int | None]
    avg_selling_price: Mapped[float | None]
    avg_order_revenue: Mapped[int | None] = mapped_column(BigInteger)
    avg_monthly_revenue: Mapped[int | None] = mapped_column(BigInteger)


class Customer(Base):
    """A customer of gold.dim_customers with its figures of gold.report_customers, NULL without an order."""

    __tablename__ = "customers"

    run_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int | None]
    customer_number: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    country: Mapped[str | None]
    marital_status: Mapped[str | None]
    gender: Mapped[str | None]
    birthdate: Mapped[date | None]
    create_date: Mapped[date | None]
    in_source: Mapped[bool]
    customer_name: Mapped[str | None]
    age: Mapped[int | None]
    age_group: Mapped[str | None]
    customer_segment: Mapped[str | None]
    last_order_date: Mapped[date | None]
    recency: Mapped[int | None]
    total_orders: Mapped[int | None]
    total_sales: Mapped[int | None] = mapped_column(BigInteger)
    total_quantity: Mapped[int | None] = mapped_column(BigInteger)
    total_products: Mapped[int | None]
    lifespan: Mapped[int | None]
    avg_order_value: Mapped[int | None] = mapped_column(BigInteger)
    avg_monthly_spend: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "run_id", "customer_segment", "customer_key"),)


class Sale(Base):
    """An order line of gold.fact_sales.

    Gold has no key of order lines: two lines of one order with unknown products share order number and product key. So
    Postgres numbers them. The key in ``__mapper_args__`` is for SQLAlchemy only, not a constraint.
    """

    __tablename__ = "sales"

    run_id: Mapped[int]
    order_number: Mapped[str] = mapped_column(info=BY_CODE_POINTS)
    product_key: Mapped[int]
    customer_key: Mapped[int]
    order_date: Mapped[date | None]
    shipping_date: Mapped[date | None]
    due_date: Mapped[date | None]
    sales_amount: Mapped[int | None]
    quantity: Mapped[int | None]
    price: Mapped[int | None]
    cost: Mapped[int | None]
    profit: Mapped[int | None] = mapped_column(BigInteger)
    line_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))

    # Sums read many adjacent lines. A BRIN index finds them and, unlike a B-tree, hardly slows down the sync.
    __table_args__ = (
        Index(None, "run_id", "order_date", postgresql_using="brin"),
        Index(None, "run_id", "order_number", "product_key", "line_id"),
    )
    __mapper_args__ = {"primary_key": [line_id]}  # noqa: RUF012 # as documented


class SyncRun(Base):
    """A sync run. The run that succeeded last and is not superseded is served.

    ``status`` is running, succeeded or failed. ``sample_customers`` is the number of customers in the sample, NULL if
    all are copied. ``staged`` lists the tables copied so far. ``checksums`` holds the checksum of each table (see
    the module of that name), ``kpis`` the totals of the rows. ``superseded_at`` is set when a later run succeeds or
    the batch was withdrawn, ``pruned_at`` when the rows are deleted. ``error`` is for the operator; the API never
    returns it.
    """

    __tablename__ = "sync_run"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    status: Mapped[str] = mapped_column(server_default=text("'running'"))
    datasets: Mapped[list[str]]
    sample_customers: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    finished_at: Mapped[datetime | None]
    batch_id: Mapped[int | None]
    business_date: Mapped[date | None]
    rows_products: Mapped[int | None]
    rows_customers: Mapped[int | None]
    rows_sales: Mapped[int | None] = mapped_column(BigInteger)
    staged: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    checksums: Mapped[dict[str, Any] | None]
    kpis: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    superseded_at: Mapped[datetime | None]
    pruned_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_sync_run_succeeded", "id", postgresql_where=text("status = 'succeeded'")),)


class ApiKey(Base):
    """An API key; only its SHA-256 is stored. ``scopes``: read, write, sync."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    revoked_at: Mapped[datetime | None]


class ProductOverlay(Base):
    """The changes by users to a product: fields that they set, or its deletion.

    ``changes`` maps the name of a field to its value, which may be null; fields that are absent keep the warehouse's
    value. A product created through the API (``product_key`` from FIRST_USER_KEY) has no row in ``serving``.
    """

    __tablename__ = "products"
    __table_args__ = {"schema": OVERLAY}  # noqa: RUF012 # as documented

    product_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deleted: Mapped[bool] = mapped_column(server_default=text("false"))
    changes: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    changed_by: Mapped[int | None]


class Revision(Base):
    """A single row that counts the writes to the overlay. Each writer locks it, so writes are serialized."""

    __tablename__ = "revision"
    __table_args__ = {"schema": OVERLAY}  # noqa: RUF012 # as documented

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    number: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class IdempotencyKey(Base):
    """The response to a POST with an Idempotency-Key, to be repeated if the client sends the request again."""

    __tablename__ = "idempotency_key"
    __table_args__ = {"schema": OVERLAY}  # noqa: RUF012 # as documented

    caller: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class LoadBatch(Base):
    """A batch of gold.load_batches."""

    __tablename__ = "load_batches"
    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[str]
    business_date: Mapped[date]
    source_dir: Mapped[str | None]
    is_replay: Mapped[bool]
    is_history: Mapped[bool]
    same_drop: Mapped[bool]
    reject_limit: Mapped[Decimal]
    status: Mapped[str]
    opened_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    restated_cost: Mapped[int | None] = mapped_column(BigInteger)
    rejects_accepted: Mapped[int | None]
    rejects_accepted_by: Mapped[str | None]
    rejects_note: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]


class LoadStep(Base):
    """A procedure call of gold.load_steps, which has no key: the one in ``__mapper_args__`` is for SQLAlchemy only."""

    __tablename__ = "load_steps"

    batch_id: Mapped[int] = mapped_column(index=True)
    step_name: Mapped[str] = mapped_column()
    status: Mapped[str]
    started_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None]
    rows_read: Mapped[int | None]
    rows_inserted: Mapped[int | None]
    rows_updated: Mapped[int | None]
    error_number: Mapped[int | None]
    error_message: Mapped[str | None]

    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented
    __mapper_args__ = {"primary_key": [batch_id, step_name, started_at]}  # noqa: RUF012 # as documented


class LoadedFile(Base):
    """The account of a file's rows, of gold.load_reconciliation; a count is NULL until its step has succeeded."""

    __tablename__ = "load_reconciliation"
    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source_table: Mapped[str] = mapped_column(primary_key=True)
    file_rows: Mapped[int]
    staged_rows: Mapped[int]
    bronze_rows: Mapped[int | None]
    loaded_rows: Mapped[int | None]
    superseded_rows: Mapped[int | None]
    rejected_rows: Mapped[int | None]
    unaccounted_rows: Mapped[int | None]


class RejectedRow(Base):
    """A row of gold.rejected_rows. A line may be rejected twice, so the key is for SQLAlchemy only."""

    __tablename__ = "rejected_rows"

    batch_id: Mapped[int] = mapped_column(index=True)
    source_table: Mapped[str] = mapped_column()
    source_file: Mapped[str]
    source_line: Mapped[int] = mapped_column()
    column_name: Mapped[str | None]
    reason: Mapped[str]
    raw_row: Mapped[str | None]

    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented
    __mapper_args__ = {"primary_key": [batch_id, source_table, source_line]}  # noqa: RUF012 # as documented


class QualityResult(Base):
    """What a check found in the last publish of a batch, of gold.quality_results."""

    __tablename__ = "quality_results"
    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    check_name: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]
    passed: Mapped[bool]
    waived: Mapped[bool]
    observed: Mapped[int | None] = mapped_column(BigInteger)
    observed_of: Mapped[int | None] = mapped_column(BigInteger)
    expected: Mapped[int | None] = mapped_column(BigInteger)
    expected_of: Mapped[int | None] = mapped_column(BigInteger)
    checked_at: Mapped[datetime]


class QualityRule(Base):
    """A rule of gold.quality_rules with its tolerance."""

    __tablename__ = "quality_rules"
    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented

    check_name: Mapped[str] = mapped_column(primary_key=True)
    layer: Mapped[str]
    severity: Mapped[str]
    expectation: Mapped[str]
    minimum: Mapped[int | None] = mapped_column(BigInteger)
    warning_fall: Mapped[Decimal | None]
    error_fall: Mapped[Decimal | None]
    warning_rise: Mapped[Decimal | None]
    error_rise: Mapped[Decimal | None]
    first_limit: Mapped[Decimal | None]
    reason: Mapped[str]
    since: Mapped[date]


class Waiver(Base):
    """A rule that a batch need not meet, of gold.waivers."""

    __tablename__ = "waivers"
    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    check_name: Mapped[str] = mapped_column(primary_key=True)
    waived_by: Mapped[str]
    reason: Mapped[str]
    waived_at: Mapped[datetime]


class MonitoringCopy(Base):
    """A single row with the time of the last copy; each copy locks it, so copies are serialized."""

    __tablename__ = "copy"
    __table_args__ = {"schema": MONITORING}  # noqa: RUF012 # as documented

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    copied_at: Mapped[datetime | None]


SUCCEEDED = SyncRun.status == literal_column("'succeeded'")
"""The condition of a run that is or was served; a literal, so that it matches the partial index."""

SERVED = and_(SUCCEEDED, SyncRun.superseded_at.is_(None))
"""The condition of the served run."""

ONE = literal_column("1", Integer)

WAREHOUSE_TABLES = (table(Product), table(Customer), table(Sale))
"""The tables that a sync copies, in this order."""

DATASETS = tuple(each.name for each in WAREHOUSE_TABLES)


def sort_key(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the expression that a list is sorted by: the column with NULL as the smallest value, text by code points.

    Without NULLs, keyset pagination is a comparison of rows, which an index supports. The indexes in the migrations
    are on exactly this expression.
    """
    kind = column.type
    if any(getattr(base, "info", {}) == BY_CODE_POINTS for base in column.base_columns):
        return column
    if isinstance(kind, Text):
        return collate(func.coalesce(column, literal_column("''")), "C")
    if not getattr(column, "nullable", True):
        return column
    smallest = "'-infinity'::date" if isinstance(kind, Date) else "'-9223372036854775808'::bigint"
    return func.coalesce(column, literal_column(smallest))

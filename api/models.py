"""The tables of Postgres: the source of their columns, types and indexes. ``migrations`` creates them.

Schema ``serving`` belongs to the warehouse. A sync writes every row under its own ``run_id`` and then marks its
run as succeeded: readers look up the latest succeeded run and see the rows of that one alone. A run that is
superseded keeps its rows for a while, so that a reader who pages through a list ends on the day it began with.

Schema ``overlay`` belongs to the users: what they create, change or delete. No sync touches it.

Columns have the names of gold; money is in whole units. Types are the widest that gold can yield: sums are
BIGINT, keys and single amounts INTEGER.
"""

from datetime import date, datetime
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

FIRST_OWN_KEY = 1_000_000
"""Products made through the API have keys from here on; the warehouse's are below."""


class Base(DeclarativeBase):
    """What the tables share: the names of constraints and the types of Python's."""

    metadata = MetaData(
        schema=SERVING,
        naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"},
    )
    type_annotation_map = {  # noqa: RUF012 # the attribute SQLAlchemy documents
        str: Text(),
        bytes: LargeBinary(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[str]: ARRAY(Text()),
    }


def table(model: type[Base]) -> Table:
    """Return the table of a model."""
    return cast(Table, model.__table__)


class Product(Base):
    """A product of gold.dim_products with its figures of gold.report_products, NULL where it never sold."""

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
    """A customer of gold.dim_customers with its figures of gold.report_customers, NULL if it never bought."""

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

    Gold has no key for a line (two unknown products of one order share order number and product key), so there
    is none in Postgres; the mapper's key below is SQLAlchemy's, not a constraint.
    """

    __tablename__ = "sales"

    run_id: Mapped[int] = mapped_column()
    order_number: Mapped[str] = mapped_column()
    product_key: Mapped[int] = mapped_column()
    customer_key: Mapped[int]
    order_date: Mapped[date | None]
    shipping_date: Mapped[date | None]
    due_date: Mapped[date | None]
    sales_amount: Mapped[int | None]
    quantity: Mapped[int | None]
    price: Mapped[int | None]
    cost: Mapped[int | None]
    profit: Mapped[int | None] = mapped_column(BigInteger)

    # Sums read many lines that lie together: BRIN finds them and, unlike a B-tree, costs the sync next to nothing.
    __table_args__ = (Index(None, "run_id", "order_date", postgresql_using="brin"),)
    __mapper_args__ = {"primary_key": [run_id, order_number, product_key]}  # noqa: RUF012 # as documented


class SyncRun(Base):
    """One sync. The last one that succeeded says which batch is served.

    ``status`` is running, succeeded or failed. ``sample_customers`` is the size of a sample, NULL for all.
    ``checksums`` holds, per table, the figures on which the warehouse and Postgres agreed (see
    ``api.checksums``); ``kpis`` the totals of the rows. ``superseded_at`` is set when a later run succeeds or its
    batch was withdrawn, ``pruned_at`` when the rows are gone. ``error`` is for the operator and never leaves
    through the API.
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
    """A key that opens the API; only the SHA-256 of its text is kept. ``scopes``: read, write, sync."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    revoked_at: Mapped[datetime | None]


class ProductOverlay(Base):
    """What users did to a product: fields they set, or that it is deleted.

    ``changes`` maps the name of a field to its value, null included; a field that is absent is the warehouse's.
    A product made through the API (``product_key`` from FIRST_OWN_KEY) has nothing else.
    """

    __tablename__ = "products"
    __table_args__ = {"schema": OVERLAY}  # noqa: RUF012 # as documented

    product_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deleted: Mapped[bool] = mapped_column(server_default=text("false"))
    changes: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    changed_by: Mapped[int | None]


class Revision(Base):
    """One row: how often the overlay was written. Writers lock it, so they come one after the other."""

    __tablename__ = "revision"
    __table_args__ = {"schema": OVERLAY}  # noqa: RUF012 # as documented

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    number: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class IdempotencyKey(Base):
    """The answer that a POST with an Idempotency-Key got, for a client that asks again."""

    __tablename__ = "idempotency_key"
    __table_args__ = {"schema": OVERLAY}  # noqa: RUF012 # as documented

    caller: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


SUCCEEDED = SyncRun.status == literal_column("'succeeded'")
"""The condition of a run that is, or was, served; a literal, as the index on such runs wants it."""

SERVED = and_(SUCCEEDED, SyncRun.superseded_at.is_(None))
"""The condition of the run that is served."""

ONE = literal_column("1", Integer)

WAREHOUSE_TABLES = (table(Product), table(Customer), table(Sale))
"""What a sync fills, in this order."""

DATASETS = tuple(each.name for each in WAREHOUSE_TABLES)


def sort_key(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what a list is sorted by: the column, NULL as the smallest value, text by code points.

    Without NULLs the place in a list is a plain comparison of rows, which an index answers; the indexes of the
    migrations are on exactly this expression.
    """
    kind = column.type
    if isinstance(kind, Text):
        return collate(func.coalesce(column, literal_column("''")), "C")
    if not getattr(column, "nullable", True):
        return column
    smallest = "'-infinity'::date" if isinstance(kind, Date) else "'-9223372036854775808'::bigint"
    return func.coalesce(column, literal_column(smallest))

"""The tables of the Postgres schema ``serving``: the source of their columns, types and indexes.

The warehouse owns their content and every sync replaces it. Columns have the names of gold; money is in whole
units. Types are the widest that gold can yield: sums are BIGINT, keys and single amounts INTEGER.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "serving"


class Base(DeclarativeBase):
    """What the serving tables share: the schema and the names of constraints."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"},
    )
    type_annotation_map = {  # noqa: RUF012 # the attribute SQLAlchemy documents
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }


class Product(Base):
    """A product of gold.dim_products with its figures of gold.report_products, NULL where it never sold."""

    __tablename__ = "products"

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

    __table_args__ = (Index(None, "customer_segment", "customer_key"),)


class Sale(Base):
    """An order line of gold.fact_sales.

    Gold has no key for a line (two unknown products of one order share order number and product key), so
    ``line_id`` is given here; it means nothing beyond one sync.
    """

    __tablename__ = "sales"

    line_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    order_number: Mapped[str]
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


class SyncRun(Base):
    """One sync. The last one that succeeded says which batch is served.

    ``status`` is running, succeeded or failed. ``checksums`` holds, per table, the figures on which the
    warehouse and Postgres agreed (see ``api.checksums``); ``error`` is for the operator and never leaves
    through the API.
    """

    __tablename__ = "sync_run"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    status: Mapped[str] = mapped_column(default="running")
    started_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    finished_at: Mapped[datetime | None]
    batch_id: Mapped[int | None]
    business_date: Mapped[date | None]
    rows_products: Mapped[int | None]
    rows_customers: Mapped[int | None]
    rows_sales: Mapped[int | None] = mapped_column(BigInteger)
    checksums: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]

    @property
    def rows(self) -> dict[str, int | None]:
        """Rows published, by table."""
        return {"products": self.rows_products, "customers": self.rows_customers, "sales": self.rows_sales}

    @property
    def duration_seconds(self) -> float | None:
        """Seconds from start to end; None while the run is under way."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None

"""The migrations of an empty database, of one older than the migrations, and the downgrade."""

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, make_url, text

from api import create_app
from api.resources import customers, products
from api.resources.listing import Listing
from api.resources.schemas import INDEXED_SORTS, PRODUCT_SORTS
from api.serving.database import psycopg_url
from api.serving.models import Base
from tests.api.conftest import KEYS, NUMBERS, add_keys, publish_run, settings_for, with_name
from tests.postgres import migrate

# The tables that the sync created before migrations existed.
EARLIER_TABLES = """
CREATE SCHEMA serving;
CREATE TABLE serving.products (product_key integer PRIMARY KEY, product_name text, total_sales bigint);
CREATE TABLE serving.customers (customer_key integer PRIMARY KEY, customer_segment text);
CREATE INDEX ix_customers_customer_segment ON serving.customers (customer_segment);
CREATE TABLE serving.sales (line_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_number text, profit bigint);
CREATE TABLE serving.sync_run (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text, batch_id integer);
INSERT INTO serving.products VALUES (1, 'of the earlier copy', 5);
INSERT INTO serving.sync_run (status, batch_id) VALUES ('succeeded', 3);
"""

SCHEMAS = "('serving', 'overlay', 'monitoring')"


@contextmanager
def empty_database(postgres: str, owner: str = "DEFAULT") -> Iterator[str]:
    name = f"unmigrated_{next(NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {owner}")
        yield with_name(postgres, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_url(postgres: str, migrated: str) -> Iterator[str]:
    """An empty database on a server that has the roles."""
    with empty_database(postgres) as url:
        yield url


def run(url: str, target: str = "head") -> subprocess.CompletedProcess[str]:
    done = migrate(url, target)
    assert done.returncode == 0, done.stderr
    return done


def catalog(url: str) -> list[Any]:
    """Return all objects of the schemas from the catalog of Postgres, with their permissions."""
    queries = [
        "SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default, is_identity"
        f" FROM information_schema.columns WHERE table_schema IN {SCHEMAS} ORDER BY 1, 2, 3",
        f"SELECT indexdef FROM pg_indexes WHERE schemaname IN {SCHEMAS} ORDER BY 1",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE connamespace::regnamespace::text IN {SCHEMAS} ORDER BY 1, 2",
        "SELECT relnamespace::regnamespace::text, relname, relkind, relacl::text FROM pg_class"
        f" WHERE relnamespace::regnamespace::text IN {SCHEMAS} AND relkind <> 'i' ORDER BY 1, 2",
        f"SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname IN {SCHEMAS} ORDER BY 1",
    ]
    with psycopg.connect(url) as connection:
        return [connection.execute(query).fetchall() for query in queries]


def lists_something(url: str) -> None:
    """Assert that the API reads from and writes to the database."""
    engine = create_engine(psycopg_url(url))
    publish_run(engine, products=[{"product_key": 1}])
    add_keys(engine)
    engine.dispose()
    client = create_app(settings_for(url)).test_client()
    answer = client.post("/api/products", json={"product_name": "Own"}, headers={"X-API-Key": KEYS["write"]})
    assert answer.status_code == 201, answer.text
    assert [item["product_key"] for item in client.get("/api/products").get_json()["items"]] == [1, 1_000_000]


def test_models_and_migrations_define_the_same_tables(shared_engine: Engine) -> None:
    def compared(_object: Any, name: str | None, kind: str, reflected: bool, _against: Any) -> bool:
        if kind == "table" and reflected:
            return name not in ("alembic_version", "served_products")
        # Indexes on expressions are compared with the sort orders of lists below.
        return not (kind == "index" and reflected and "_by_" in (name or ""))

    with shared_engine.connect() as connection:
        options = {"include_schemas": True, "include_object": compared, "compare_type": True}
        context = MigrationContext.configure(connection, opts={**options, "version_table_schema": "serving"})
        assert compare_metadata(context, Base.metadata) == []


def test_the_comparison_above_detects_a_difference(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE serving.customers ADD COLUMN more text"))
        context = MigrationContext.configure(connection, opts={"include_schemas": True})
        changes = [change for change in compare_metadata(context, Base.metadata) if isinstance(change, tuple)]
    assert ("remove_column", "serving", "customers") in [change[:3] for change in changes]


def test_downgrade_and_upgrade_restore_the_same_schema(database_url: str, shared_url: str) -> None:
    before = catalog(shared_url)
    run(database_url, "base")
    with psycopg.connect(database_url) as connection:
        left = connection.execute(
            f"SELECT relname FROM pg_class WHERE relnamespace::regnamespace::text IN {SCHEMAS} AND relkind <> 'i'"
        ).fetchall()
    assert {name for (name,) in left} <= {"alembic_version"}
    run(database_url)
    assert catalog(database_url) == before
    lists_something(database_url)


def test_tables_older_than_the_migrations_are_replaced(empty_url: str, shared_url: str) -> None:
    with psycopg.connect(empty_url) as connection:
        connection.execute(EARLIER_TABLES)
    run(empty_url)
    assert catalog(empty_url) == catalog(shared_url)
    lists_something(empty_url)


def test_two_deployments_at_once_migrate_once(empty_url: str, shared_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(migrate, [empty_url] * 2))
    assert [process.returncode for process in done] == [0, 0], done
    assert catalog(empty_url) == catalog(shared_url)


@pytest.fixture
def poor_url(postgres: str, migrated: str) -> Iterator[str]:
    """A database whose owner may not create roles."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE ROLE poor LOGIN")
        try:
            with empty_database(postgres, "poor") as url:
                yield make_url(url).set(username="poor").render_as_string(hide_password=False)
        finally:
            connection.execute("DROP ROLE poor")


@pytest.fixture
def without_roles(postgres: str, migrated: str) -> Iterator[Callable[[], None]]:
    """Rename the roles; the function restores their names."""
    names = ("serving_loader", "serving_api")
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in names:
            connection.execute(f"ALTER ROLE {name} RENAME TO {name}_away")

        def back() -> None:
            for name in names:
                connection.execute(f"ALTER ROLE {name}_away RENAME TO {name}")

        yield back
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'serving_api_away'").fetchone():
            back()


def test_an_owner_who_may_not_create_roles_gets_the_statements_for_an_administrator(
    poor_url: str, without_roles: Callable[[], None]
) -> None:
    done = migrate(poor_url)
    assert done.returncode != 0
    assert "The roles serving_loader and serving_api are missing, and poor may not create them." in done.stderr
    assert "CREATE ROLE serving_loader NOLOGIN; CREATE ROLE serving_api NOLOGIN;" in done.stderr
    without_roles()
    run(poor_url)


ROWS = 3000
MANY_ROWS = """
INSERT INTO serving.sync_run (status, datasets, business_date) SELECT 'succeeded', '{}', '2026-01-04'
FROM generate_series(1, 3);
INSERT INTO serving.products (run_id, product_key, product_name, total_sales, total_quantity, total_orders,
    last_sale_date, in_source)
SELECT r.id, n, 'Product ' || n, n * 7919 % 1009, n * 7907 % 997, n * 7901 % 991, date '2026-01-01' - n % 300, true
FROM generate_series(1, {rows}) AS n, serving.sync_run AS r;
INSERT INTO serving.customers (run_id, customer_key, customer_name, customer_segment, total_sales, total_orders,
    last_order_date, in_source)
SELECT r.id, n, 'Customer ' || n, (ARRAY['VIP', 'Regular', 'New'])[n % 3 + 1], n * 7919 % 1009, n * 7901 % 991,
    date '2026-01-01' - n % 300, true
FROM generate_series(1, {rows}) AS n, serving.sync_run AS r;
INSERT INTO overlay.products (product_key, deleted, changes) VALUES
    (5, true, '{{}}'), (6, false, '{{"cost": 1}}'), (1000000, false, '{{"product_name": "Own"}}');
"""


@pytest.fixture(scope="module")
def many_rows(shared_url: str) -> str:
    with psycopg.connect(shared_url, autocommit=True) as connection:
        for statement in MANY_ROWS.replace("'{}'", "'{{}}'").format(rows=ROWS).split(";\n"):
            connection.execute(statement)
        connection.execute("ANALYZE")
    return shared_url


SORTS = [
    (listing, name, sign, page)
    for listing, names in ((products.LISTING, PRODUCT_SORTS), (customers.LISTING, INDEXED_SORTS))
    for name in names
    for sign in ("", "-")
    for page in ("first", "deep")
]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def planned(url: str, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of a statement's plan, with sequential scans disabled."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_bitmapscan = off")
        explained = connection.execute(f"EXPLAIN (FORMAT JSON, ANALYZE) {statement}".encode(), values).fetchone()
    assert explained is not None
    return list(nodes(explained[0][0]["Plan"]))


def place(name: str, sign: str) -> list[str]:
    """Return the sort key at which the last tenth of a list starts."""
    first, last = ("5", "985") if not name.endswith("_date") else ("2025-03-10", "2025-12-31")
    if name.endswith("_name"):
        first, last = ("A", "Product 98") if name == "product_name" else ("A", "Customer 98")
    if name.endswith("_key"):
        return ["100" if sign else "2900"]
    return [first if sign else last, "1500"]


@pytest.mark.parametrize(("listing", "name", "sign", "page"), SORTS)
def test_a_page_is_read_through_the_index_of_its_sort_order(
    many_rows: str, listing: Listing, name: str, sign: str, page: str
) -> None:
    by_key, of_products = (name,) == listing.key, listing is products.LISTING
    statement = listing._sql(listing._order(name, sign == "-"), listing.key, (), following=page == "deep")
    positions = {f"position_{number}": value for number, value in enumerate(place(name, sign))}
    values = {"limit": 101, "run_id": 3, **positions}
    entity = "products" if of_products else "customers"
    index = f"pk_{entity}" if by_key else f"ix_{entity}_by_{name}"
    steps = planned(many_rows, statement, values)
    read = [step["Actual Rows"] * step["Actual Loops"] for step in steps if step.get("Index Name") == index]
    if of_products:  # the view merges rows with and without an overlay, so the plan also reads rows beyond the page
        assert page == "first" or (read and max(read) < ROWS / 3), json.dumps(steps)[:3000]
        return
    assert read, json.dumps(steps)[:3000]
    assert max(read) <= 101
    assert not [step for step in steps if step["Node Type"] == "Sort"]


def test_a_page_of_a_segment_is_read_through_its_index(many_rows: str) -> None:
    listing = customers.LISTING
    statement = listing._sql(listing._order("customer_key", False), ("customer_key",), ("segment",), following=True)
    steps = planned(many_rows, statement, {"limit": 101, "run_id": 3, "position_0": "1500", "segment": "VIP"})
    assert "ix_customers_run_id_customer_segment_customer_key" in [step.get("Index Name") for step in steps]


def test_every_indexed_sort_order_has_an_index_and_every_index_a_sort_order(shared_url: str) -> None:
    with psycopg.connect(shared_url) as connection:
        found = connection.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_by\\_%'").fetchall()
    expected = {f"ix_products_by_{name}" for name in PRODUCT_SORTS if name != "product_key"}
    expected |= {f"ix_customers_by_{name}" for name in INDEXED_SORTS if name != "customer_key"}
    assert {name for (name,) in found} == expected


def test_deep_pages_have_the_right_items(many_rows: str) -> None:
    client: FlaskClient = create_app(settings_for(many_rows)).test_client()
    address: str | None = "/api/products?sort=-total_sales&limit=1000&fields=product_key,total_sales"
    seen: list[dict[str, Any]] = []
    while address:
        document = client.get(address).get_json()
        seen += document["items"]
        address = document["next"]
    unknown = -1
    places = [(unknown if item["total_sales"] is None else item["total_sales"], item["product_key"]) for item in seen]
    assert places == sorted(places, reverse=True)
    assert len({item["product_key"] for item in seen}) == ROWS  # one was deleted, one created by users

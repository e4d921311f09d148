"""Schemas serving and overlay with their tables, views, roles and permissions.

The roles cannot log in; the logins of a deployment become their members (GRANT serving_api TO …).

- ``serving_loader`` is for the sync: it writes only the tables of gold and the sync runs.
- ``serving_api`` is for requests: it reads both schemas and writes only overlay. Neither role may create objects.
"""

from alembic import op

revision = "0001"
down_revision = None

# Before migrations existed, the sync created these tables. They hold only copies of gold.
REMOVE_EARLIER_COPIES = """
DROP TABLE IF EXISTS serving.products, serving.customers, serving.sales, serving.sync_run;
"""

ROLES = """
DO $$
DECLARE
    missing text;
BEGIN
    FOREACH missing IN ARRAY ARRAY['serving_loader', 'serving_api'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = missing) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', missing);
        END IF;
    END LOOP;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- a concurrent migration of another database created them
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The roles serving_loader and serving_api are missing, and % may not create them.', current_user
            USING HINT = 'Have an administrator run:'
                ' CREATE ROLE serving_loader NOLOGIN; CREATE ROLE serving_api NOLOGIN;';
END $$;
"""

TABLES = """
CREATE SCHEMA overlay;

CREATE TABLE serving.sync_run (
    id               integer GENERATED ALWAYS AS IDENTITY,
    status           text NOT NULL DEFAULT 'running',
    datasets         text[] NOT NULL,
    sample_customers integer,
    started_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at      timestamptz,
    batch_id         integer,
    business_date    date,
    rows_products    integer,
    rows_customers   integer,
    rows_sales       bigint,
    staged           text[] NOT NULL DEFAULT '{}',
    checksums        jsonb,
    kpis             jsonb,
    error            text,
    superseded_at    timestamptz,
    pruned_at        timestamptz,
    CONSTRAINT pk_sync_run PRIMARY KEY (id),
    CONSTRAINT ck_sync_run_status CHECK (status IN ('running', 'succeeded', 'failed'))
);
CREATE INDEX ix_sync_run_succeeded ON serving.sync_run (id) WHERE status = 'succeeded';

CREATE TABLE serving.products (
    run_id              integer NOT NULL,
    product_key         integer NOT NULL,
    product_id          integer,
    product_number      text,
    product_name        text,
    category_id         text,
    category            text,
    subcategory         text,
    maintenance         text,
    cost                integer,
    product_line        text,
    start_date          date,
    in_source           boolean NOT NULL,
    last_sale_date      date,
    recency             integer,
    product_segment     text,
    lifespan            integer,
    total_orders        integer,
    total_sales         bigint,
    total_quantity      bigint,
    total_customers     integer,
    avg_selling_price   double precision,
    avg_order_revenue   bigint,
    avg_monthly_revenue bigint,
    CONSTRAINT pk_products PRIMARY KEY (run_id, product_key)
);

CREATE TABLE serving.customers (
    run_id            integer NOT NULL,
    customer_key      integer NOT NULL,
    customer_id       integer,
    customer_number   text,
    first_name        text,
    last_name         text,
    country           text,
    marital_status    text,
    gender            text,
    birthdate         date,
    create_date       date,
    in_source         boolean NOT NULL,
    customer_name     text,
    age               integer,
    age_group         text,
    customer_segment  text,
    last_order_date   date,
    recency           integer,
    total_orders      integer,
    total_sales       bigint,
    total_quantity    bigint,
    total_products    integer,
    lifespan          integer,
    avg_order_value   bigint,
    avg_monthly_spend bigint,
    CONSTRAINT pk_customers PRIMARY KEY (run_id, customer_key)
);
CREATE INDEX ix_customers_run_id_customer_segment_customer_key
    ON serving.customers (run_id, customer_segment, customer_key);

CREATE TABLE serving.sales (
    run_id        integer NOT NULL,
    order_number  text NOT NULL,
    product_key   integer NOT NULL,
    customer_key  integer NOT NULL,
    order_date    date,
    shipping_date date,
    due_date      date,
    sales_amount  integer,
    quantity      integer,
    price         integer,
    cost          integer,
    profit        bigint
);
CREATE INDEX ix_sales_run_id_order_date ON serving.sales USING brin (run_id, order_date);

CREATE TABLE serving.api_key (
    id         integer GENERATED ALWAYS AS IDENTITY,
    name       text NOT NULL,
    key_hash   bytea NOT NULL,
    scopes     text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at timestamptz,
    CONSTRAINT pk_api_key PRIMARY KEY (id),
    CONSTRAINT uq_api_key_key_hash UNIQUE (key_hash),
    CONSTRAINT ck_api_key_scopes CHECK (scopes <@ ARRAY['read', 'write', 'sync'])
);

CREATE SEQUENCE overlay.product_key_seq AS integer START WITH 1000000 MINVALUE 1000000;

CREATE TABLE overlay.products (
    product_key integer NOT NULL,
    deleted     boolean NOT NULL DEFAULT false,
    changes     jsonb NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by  integer,
    CONSTRAINT pk_products PRIMARY KEY (product_key)
);

CREATE TABLE overlay.revision (
    single boolean NOT NULL DEFAULT true,
    number bigint NOT NULL DEFAULT 0,
    CONSTRAINT pk_revision PRIMARY KEY (single),
    CONSTRAINT ck_revision_single CHECK (single)
);
INSERT INTO overlay.revision DEFAULT VALUES;

CREATE TABLE overlay.idempotency_key (
    caller       integer NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    answer       jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT pk_idempotency_key PRIMARY KEY (caller, key)
);
"""

# Indexes on the sort keys of lists (see models.sort_key), so that the last page is as fast as the first.
SORTS = {
    "products": ("product_key", ("total_sales", "total_quantity", "total_orders", "last_sale_date", "product_name")),
    "customers": ("customer_key", ("total_sales", "total_orders", "last_order_date", "customer_name")),
}

# Products without an overlay come from the warehouse's table through its indexes. The few with one are merged row by
# row, looked up by run and key. Deleted products are left out, and so are overlays of products that the warehouse no
# longer has.
VIEWS = """
CREATE VIEW serving.served_products AS
SELECT p.*, 'warehouse' AS origin
FROM serving.products AS p
WHERE NOT EXISTS (SELECT FROM overlay.products AS o WHERE o.product_key = p.product_key)
UNION ALL
SELECT
    r.id AS run_id,
    o.product_key,
    merged.product_id,
    merged.product_number,
    merged.product_name,
    merged.category_id,
    merged.category,
    merged.subcategory,
    merged.maintenance,
    merged.cost,
    merged.product_line,
    merged.start_date,
    merged.in_source,
    merged.last_sale_date,
    merged.recency,
    merged.product_segment,
    merged.lifespan,
    merged.total_orders,
    merged.total_sales,
    merged.total_quantity,
    merged.total_customers,
    merged.avg_selling_price,
    merged.avg_order_revenue,
    merged.avg_monthly_revenue,
    CASE WHEN p.product_key IS NULL THEN 'api' ELSE 'changed' END AS origin
FROM overlay.products AS o
CROSS JOIN serving.sync_run AS r
LEFT JOIN serving.products AS p ON p.run_id = r.id AND p.product_key = o.product_key
CROSS JOIN LATERAL jsonb_populate_record(
    p,
    CASE WHEN p.product_key IS NULL THEN '{"in_source": false}'::jsonb ELSE '{}'::jsonb END
    || o.changes || jsonb_build_object('run_id', r.id, 'product_key', o.product_key)
) AS merged
WHERE NOT o.deleted AND (p.product_key IS NOT NULL OR o.product_key >= 1000000);
"""

GRANTS = """
GRANT USAGE ON SCHEMA serving TO serving_loader, serving_api;
GRANT USAGE ON SCHEMA overlay TO serving_api;

GRANT SELECT, INSERT, DELETE ON serving.products, serving.customers, serving.sales TO serving_loader;
GRANT SELECT, INSERT, UPDATE ON serving.sync_run TO serving_loader;

GRANT SELECT ON ALL TABLES IN SCHEMA serving TO serving_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON overlay.products, overlay.idempotency_key TO serving_api;
GRANT SELECT, UPDATE ON overlay.revision TO serving_api;
GRANT USAGE ON SEQUENCE overlay.product_key_seq TO serving_api;
"""

# The loader runs ANALYZE on the tables that it has written. Before Postgres 17 only the owner may: there ANALYZE is
# skipped with a warning, and autovacuum runs it within a minute.
GRANT_ANALYZE = """
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON serving.products, serving.customers, serving.sales TO serving_loader';
    END IF;
END $$;
"""


def upgrade() -> None:
    """Create all objects."""
    for script in (REMOVE_EARLIER_COPIES, ROLES, TABLES):
        op.execute(script)
    for table, (key, columns) in SORTS.items():
        for column in columns:
            op.execute(f"CREATE INDEX ix_{table}_by_{column} ON serving.{table} (run_id, {_sort_key(column)}, {key})")
    for script in (VIEWS, GRANTS, GRANT_ANALYZE):
        op.execute(script)


def _sort_key(column: str) -> str:
    if column.endswith("_name"):
        return f"""(coalesce({column}, '') COLLATE "C")"""
    smallest = "'-infinity'::date" if column.endswith("_date") else "'-9223372036854775808'::bigint"
    return f"coalesce({column}, {smallest})"


def downgrade() -> None:
    """Drop all objects except the roles, which other databases of the server may use."""
    op.execute("DROP VIEW serving.served_products")
    op.execute("DROP SCHEMA overlay CASCADE")
    op.execute("DROP TABLE serving.products, serving.customers, serving.sales, serving.sync_run, serving.api_key")

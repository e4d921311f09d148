"""Schema monitoring with copies of gold's monitoring views: batches, steps, files, rejected rows and checks.

``serving_loader`` writes it, ``serving_api`` reads it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
CREATE SCHEMA monitoring;

CREATE TABLE monitoring.load_batches (
    batch_id            integer NOT NULL,
    run_id              text NOT NULL,
    business_date       date NOT NULL,
    source_dir          text,
    is_replay           boolean NOT NULL,
    is_history          boolean NOT NULL,
    same_drop           boolean NOT NULL,
    reject_limit        numeric NOT NULL,
    status              text NOT NULL,
    opened_at           timestamptz NOT NULL,
    published_at        timestamptz,
    shown_at            timestamptz,
    closed_at           timestamptz,
    restated_cost       bigint,
    rejects_accepted    integer,
    rejects_accepted_by text,
    rejects_note        text,
    withdrawn_at        timestamptz,
    withdrawn_reason    text,
    CONSTRAINT pk_load_batches PRIMARY KEY (batch_id)
);

CREATE TABLE monitoring.load_steps (
    batch_id      integer NOT NULL,
    step_name     text NOT NULL,
    status        text NOT NULL,
    started_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    rows_read     integer,
    rows_inserted integer,
    rows_updated  integer,
    error_number  integer,
    error_message text
);
CREATE INDEX ix_load_steps_batch_id ON monitoring.load_steps (batch_id);

CREATE TABLE monitoring.load_reconciliation (
    batch_id         integer NOT NULL,
    source_table     text NOT NULL,
    file_rows        integer NOT NULL,
    staged_rows      integer NOT NULL,
    bronze_rows      integer,
    loaded_rows      integer,
    superseded_rows  integer,
    rejected_rows    integer,
    unaccounted_rows integer,
    CONSTRAINT pk_load_reconciliation PRIMARY KEY (batch_id, source_table)
);

CREATE TABLE monitoring.rejected_rows (
    batch_id     integer NOT NULL,
    source_table text NOT NULL,
    source_file  text NOT NULL,
    source_line  integer NOT NULL,
    column_name  text,
    reason       text NOT NULL,
    raw_row      text
);
CREATE INDEX ix_rejected_rows_batch_id ON monitoring.rejected_rows (batch_id);

CREATE TABLE monitoring.quality_results (
    batch_id    integer NOT NULL,
    check_name  text NOT NULL,
    subject     text NOT NULL,
    severity    text NOT NULL,
    passed      boolean NOT NULL,
    waived      boolean NOT NULL,
    observed    bigint,
    observed_of bigint,
    expected    bigint,
    expected_of bigint,
    checked_at  timestamptz NOT NULL,
    CONSTRAINT pk_quality_results PRIMARY KEY (batch_id, check_name, subject)
);

CREATE TABLE monitoring.quality_rules (
    check_name   text NOT NULL,
    layer        text NOT NULL,
    severity     text NOT NULL,
    expectation  text NOT NULL,
    minimum      bigint,
    warning_fall numeric,
    error_fall   numeric,
    warning_rise numeric,
    error_rise   numeric,
    first_limit  numeric,
    reason       text NOT NULL,
    since        date NOT NULL,
    CONSTRAINT pk_quality_rules PRIMARY KEY (check_name)
);

CREATE TABLE monitoring.waivers (
    batch_id   integer NOT NULL,
    check_name text NOT NULL,
    waived_by  text NOT NULL,
    reason     text NOT NULL,
    waived_at  timestamptz NOT NULL,
    CONSTRAINT pk_waivers PRIMARY KEY (batch_id, check_name)
);

CREATE TABLE monitoring.copy (
    single    boolean NOT NULL DEFAULT true,
    copied_at timestamptz,
    CONSTRAINT pk_copy PRIMARY KEY (single),
    CONSTRAINT ck_copy_single CHECK (single)
);
INSERT INTO monitoring.copy DEFAULT VALUES;
"""

GRANTS = """
GRANT USAGE ON SCHEMA monitoring TO serving_loader, serving_api;
GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA monitoring TO serving_loader;
REVOKE INSERT, DELETE ON monitoring.copy FROM serving_loader;
GRANT UPDATE ON monitoring.copy TO serving_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA monitoring TO serving_api;
"""


def upgrade() -> None:
    """Create the schema."""
    op.execute(TABLES)
    op.execute(GRANTS)


def downgrade() -> None:
    """Drop the schema; a copy restores its rows."""
    op.execute("DROP SCHEMA monitoring CASCADE")

"""Alembic's entry: migrates the database of SERVING_DATABASE_URL, as its owner.

SERVING_DATABASE_URL=postgresql://owner@host/serving python -m alembic upgrade head
"""

from alembic import context
from sqlalchemy import create_engine

from api.database import psycopg_url
from api.models import Base
from api.settings import migration_url

engine = create_engine(psycopg_url(migration_url()))
with engine.begin() as connection:
    # Two deployments at once: the second waits, then finds nothing left to do.
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('serving.migrations', 0))")
    # Schema public may be closed to the owner: the version lies beside the tables that it speaks of.
    connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS serving")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table_schema="serving",
        include_schemas=True,
    )
    context.run_migrations()
engine.dispose()

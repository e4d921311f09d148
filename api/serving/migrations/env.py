"""The script of Alembic: migrates the database in SERVING_DATABASE_URL with its owner's login.

SERVING_DATABASE_URL=postgresql://owner@host/serving python -m alembic upgrade head
"""

from alembic import context
from sqlalchemy import create_engine

from api.serving.database import psycopg_url
from api.serving.models import Base
from api.settings import migration_url

engine = create_engine(psycopg_url(migration_url()))
with engine.begin() as connection:
    # Of two concurrent deployments, the second waits and then has nothing to do.
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('serving.migrations', 0))")
    # The owner may lack permissions on the schema public, so the version table is in serving.
    connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS serving")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table_schema="serving",
        include_schemas=True,
    )
    context.run_migrations()
engine.dispose()

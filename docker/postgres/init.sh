#!/bin/sh
# Run once by the image of Postgres, on an empty volume: creates Airflow's database, and the serving one with its owner.
# The owner may create roles, because the migrations and python -m api.serving.logins do.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv airflow POSTGRES_AIRFLOW_PASSWORD
\getenv owner SERVING_OWNER_PASSWORD
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE DATABASE airflow OWNER airflow;
CREATE ROLE serving_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE DATABASE serving OWNER serving_owner;
REVOKE CONNECT ON DATABASE airflow FROM PUBLIC;
SQL

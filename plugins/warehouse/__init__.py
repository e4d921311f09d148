"""Airflow's side of the warehouse: connections, deployment, staging, operators; no business rules."""

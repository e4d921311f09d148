"""Airflow's side of the warehouse. It has no business rules; those are in include/sql.

``sources``     the files of a drop and their columns
``csv_lines``   the fields of a line
``template``    the folder of a drop, as a template of its business date
``staging``     writes the landing folder of a drop; also ``python -m warehouse.staging``
``execution``   runs one T-SQL batch over ODBC
``deploy``      deploys include/sql; also ``python -m warehouse.deploy``
``connection``  ODBC connection strings, and Airflow's connections from the settings
``settings``    the settings that the DAGs read from the environment
``assets``      the assets that connect the DAGs
``operators``   procedure calls, opening and closing a batch, staging, deployment
``quality``     the gold checks
``serving``     the calls of the API
``tableau``     exports gold as an extract and a workbook for Tableau; also ``python -m warehouse.tableau``
"""

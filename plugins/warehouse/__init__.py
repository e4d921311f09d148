"""Airflow's side of the warehouse. No business rule lives here: those are in include/sql.

``sources``     the six files of a drop and their columns
``csv_lines``   what a line of them is
``template``    the folder of a drop, as a template of its business date
``staging``     a drop becomes the landing folder that SQL Server loads; also ``python -m warehouse.staging``
``execution``   one T-SQL batch over ODBC, to its end
``deploy``      include/sql onto a server; also ``python -m warehouse.deploy``
``connection``  ODBC connection strings, and Airflow's connections made of the settings
``settings``    what the DAGs read from the environment and have in common
``assets``      what the DAGs hand to each other
``operators``   procedure calls, opening and closing a batch, staging, deployment
``quality``     the checks of gold
``serving``     the calls of the API
``tableau``     gold as an extract and a workbook for Tableau; also ``python -m warehouse.tableau``
"""

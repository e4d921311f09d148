"""Gold for Tableau: an extract of the star schema, and a workbook with two dashboards on it.

``sales_warehouse.twb``  the workbook in Tableau's own format: data source, worksheets, dashboards
``extract``              gold as tables of a Hyper file
``export``               both files of the export folder, replaced at once; also ``python -m warehouse.tableau``
``operator``             the task of the serving DAG

pandas and the Hyper libraries are imported by ``extract`` alone, which a DAG file must not import.
"""

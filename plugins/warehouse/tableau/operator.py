"""The operator that writes the files for Tableau."""

from typing import TYPE_CHECKING, Any

from airflow.providers.common.sql.operators.sql import BaseSQLOperator
from airflow.sdk import Context

from warehouse import failures, settings
from warehouse.execution import WarehouseError
from warehouse.serving import describe_served

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage


class TableauExportOperator(BaseSQLOperator):
    """Writes the extract and the workbook into EXPORTS_DIR, as the reader of gold."""

    ui_color = "#eaf5ea"

    def __init__(self, *, conn_id: str = settings.READER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)
        self.exported: dict[str, Any] = {}

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Return the views of gold and the files for Tableau."""
        from warehouse import lineage

        return lineage.of_export(self.exported["rows"], self.exported["bytes"])

    def execute(self, context: Context) -> dict[str, Any]:
        """Export; returns batch, business date, rows of each table and bytes of each file."""
        # pandas and Hyper take a second to import: not at each parse of the DAG file.
        from warehouse.tableau.export import export
        from warehouse.tableau.extract import NothingPublishedError

        try:
            extract, files = export(self.get_db_hook().odbc_connection_string, settings.exports_dir())
        except NothingPublishedError as error:
            raise failures.final(str(error), self.log) from None
        except WarehouseError as error:
            raise failures.of_warehouse(error, "the extract for Tableau", self.log) from None
        written = {
            "batch_id": extract.batch_id,
            "business_date": extract.business_date.isoformat(),
            "rows": extract.rows,
            "bytes": {str(file): file.stat().st_size for file in files},
        }
        self.log.info("Exported: %s", written)
        describe_served(context, written)
        self.exported = written
        return written

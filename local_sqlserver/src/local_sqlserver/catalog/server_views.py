"""Views of the server and of the files of its databases. Source: the T-SQL reference, "System views".

The stand-in is a server on Linux without linked servers, mirroring and a registry.
"""

from __future__ import annotations

from local_sqlserver.catalog.view_declaration import declare
from local_sqlserver.compiler.fragments import quote
from local_sqlserver.errors import MESSAGES

_FILES = """(
    SELECT d.database_id, d.name AS database_name, f.*, p.path FROM {home}.sys_databases d
    CROSS JOIN (VALUES (1, 'ROWS'), (2, 'LOG')) f (file_id, kind)
    LEFT JOIN duckdb_databases() p ON p.database_name = d.name)"""
_FILE_NAME = (
    "CASE database_name || file_id WHEN 'master2' THEN 'mastlog' WHEN 'tempdb1' THEN 'tempdev' "
    "WHEN 'tempdb2' THEN 'templog' ELSE database_name || CASE kind WHEN 'LOG' THEN '_log' ELSE '' END END"
)
_FILE = f"""
    file_id int
    file_guid uniqueidentifier? = NULL
    type tinyint = file_id - 1
    type_desc nvarchar(60)? = kind
    data_space_id int = 2 - file_id
    name sysname = {_FILE_NAME}
    physical_name nvarchar(260) = coalesce(path || CASE kind WHEN 'LOG' THEN '.wal' ELSE '' END, '')
    state tinyint? = 0
    state_desc nvarchar(60)? = 'ONLINE'
    is_media_read_only bit = FALSE
    is_read_only bit = FALSE
    is_sparse bit = FALSE
    is_percent_growth bit = FALSE
    is_name_reserved bit = FALSE
"""
_IDENTIFIER = "md5(name || created::VARCHAR)::UUID"

_SCOPED_CONFIGURATIONS = (
    (1, "MAXDOP", 0),
    (2, "LEGACY_CARDINALITY_ESTIMATION", 0),
    (3, "PARAMETER_SNIFFING", 1),
    (4, "QUERY_OPTIMIZER_HOTFIXES", 0),
    (6, "IDENTITY_CACHE", 1),
    (7, "INTERLEAVED_EXECUTION_TVF", 1),
    (8, "BATCH_MODE_MEMORY_GRANT_FEEDBACK", 1),
    (9, "BATCH_MODE_ADAPTIVE_JOINS", 1),
    (10, "TSQL_SCALAR_UDF_INLINING", 1),
    (13, "OPTIMIZE_FOR_AD_HOC_WORKLOADS", 0),
    (14, "XTP_PROCEDURE_EXECUTION_STATISTICS", 0),
    (15, "XTP_QUERY_EXECUTION_STATISTICS", 0),
    (16, "ROW_MODE_MEMORY_GRANT_FEEDBACK", 1),
    (17, "ISOLATE_SECURITY_POLICY_CARDINALITY", 0),
    (18, "BATCH_MODE_ON_ROWSTORE", 1),
    (19, "DEFERRED_COMPILATION_TV", 1),
    (20, "ACCELERATED_PLAN_FORCING", 1),
    (21, "GLOBAL_TEMPORARY_TABLE_AUTO_DROP", 1),
    (22, "LIGHTWEIGHT_QUERY_PROFILING", 1),
    (23, "VERBOSE_TRUNCATION_WARNINGS", 1),
    (24, "LAST_QUERY_PLAN_STATS", 0),
    (25, "PAUSED_RESUMABLE_INDEX_ABORT_DURATION_MINUTES", 1440),
    (27, "EXEC_QUERY_STATS_FOR_SCALAR_FUNCTIONS", 1),
    (28, "PARAMETER_SENSITIVE_PLAN_OPTIMIZATION", 1),
    (29, "ASYNC_STATS_UPDATE_WAIT_AT_LOW_PRIORITY", 0),
    (31, "CE_FEEDBACK", 1),
    (33, "MEMORY_GRANT_FEEDBACK_PERSISTENCE", 1),
    (34, "MEMORY_GRANT_FEEDBACK_PERCENTILE_GRANT", 1),
    (35, "OPTIMIZED_PLAN_FORCING", 1),
    (37, "DOP_FEEDBACK", 0),
)
"""The options whose value is a number, with the defaults of a new database of SQL Server 2022."""
_SCOPED = ", ".join(map(str, _SCOPED_CONFIGURATIONS))

_CLR_NAME = (
    "microsoft.sqlserver.types, version=16.0.0.0, culture=neutral, publickeytoken=89845dcd8080cc91, "
    "processorarchitecture=msil"
)

_MESSAGES = ", ".join(f"({number}, {row.severity}, {quote(row.text)})" for number, row in MESSAGES.items())
"""The messages that the stand-in raises, with %s for each argument."""

VIEWS = (
    declare(
        "sys.database_filestream_options",
        "{home}.databases",
        """
        database_id int
        non_transacted_access tinyint = 0
        non_transacted_access_desc nvarchar(60) = 'OFF'
        directory_name nvarchar(255)? = NULL
        """,
        of_server=True,
    ),
    declare(
        "sys.messages",
        f"(VALUES {_MESSAGES}) m (message_id, severity, text)",
        """
        message_id int
        language_id smallint = 1033
        severity tinyint?
        text nvarchar(2048)
        """,
        of_server=True,
    ),
    declare(
        "sys.database_mirroring",
        "{home}.databases",
        """
        database_id int
        mirroring_guid uniqueidentifier? = NULL
        mirroring_state tinyint? = NULL
        mirroring_state_desc nvarchar(60)? = NULL
        mirroring_role tinyint? = NULL
        mirroring_role_desc nvarchar(60)? = NULL
        mirroring_role_sequence int? = NULL
        mirroring_safety_level tinyint? = NULL
        mirroring_safety_level_desc nvarchar(60)? = NULL
        mirroring_safety_sequence int? = NULL
        mirroring_partner_name nvarchar(128)? = NULL
        mirroring_partner_instance nvarchar(128)? = NULL
        mirroring_witness_name nvarchar(128)? = NULL
        mirroring_witness_state tinyint? = NULL
        mirroring_witness_state_desc nvarchar(60)? = NULL
        mirroring_failover_lsn numeric(25,0)? = NULL
        mirroring_connection_timeout int? = NULL
        mirroring_redo_queue int? = NULL
        mirroring_redo_queue_type nvarchar(60)? = NULL
        mirroring_end_of_log_lsn numeric(25,0)? = NULL
        mirroring_replication_lsn numeric(25,0)? = NULL
        """,
        of_server=True,
    ),
    declare(
        "sys.dm_os_host_info",
        "(SELECT 1)",
        """
        host_platform nvarchar(256) = 'Linux'
        host_service_pack_level nvarchar(256) = ''
        host_sku int? = NULL
        os_language_version int = 0
        """,
        of_server=True,
    ),
    declare("sys.master_files", _FILES, "database_id int" + _FILE, of_server=True),
    declare("sys.database_files", f"{_FILES} WHERE database_name = {{name}}", _FILE),
    declare(
        "sys.servers",
        "(SELECT 1)",
        """
        server_id int = 0
        name sysname = tsql_server_name()
        product sysname = 'SQL Server'
        provider sysname = 'SQLNCLI'
        data_source nvarchar(4000)? = tsql_server_name()
        location nvarchar(4000)? = NULL
        provider_string nvarchar(4000)? = NULL
        catalog sysname? = NULL
        connect_timeout int? = 0
        query_timeout int? = 0
        is_linked bit = FALSE
        is_remote_login_enabled bit = TRUE
        is_rpc_out_enabled bit = TRUE
        is_data_access_enabled bit = FALSE
        is_collation_compatible bit = FALSE
        uses_remote_collation bit = TRUE
        collation_name sysname? = NULL
        lazy_schema_validation bit = FALSE
        is_system bit = FALSE
        is_publisher bit = FALSE
        is_subscriber bit? = FALSE
        is_distributor bit? = FALSE
        is_nonsql_subscriber bit? = FALSE
        is_remote_proc_transaction_promotion_enabled bit? = TRUE
        modify_date datetime = (SELECT created FROM {home}.databases WHERE database_id = 1)
        is_rda_server bit? = FALSE
        """,
        of_server=True,
    ),
    declare(
        "sys.endpoints",
        "(SELECT 1)",
        """
        name sysname = 'TSQL Default TCP'
        endpoint_id int = 4
        principal_id int? = 1
        protocol tinyint = 2
        protocol_desc nvarchar(60)? = 'TCP'
        type tinyint = 2
        type_desc nvarchar(60)? = 'TSQL'
        state tinyint? = 0
        state_desc nvarchar(60)? = 'STARTED'
        is_admin_endpoint bit = FALSE
        """,
        of_server=True,
    ),
    declare(
        "sys.syslanguages",
        "(VALUES (0, 'mdy', 7, 'us_english', 'English', 1033), (23, 'dmy', 1, 'British', 'British English', 2057)) "
        "languages(langid, dateformat, datefirst, name, alias, lcid)",
        """
        langid smallint
        dateformat nchar(3)
        datefirst tinyint
        upgrade int? = 0
        name sysname
        alias sysname
        months nvarchar(372)? = 'January,February,March,April,May,June,July,August,September,October,November,December'
        shortmonths nvarchar(132)? = 'Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec'
        days nvarchar(217)? = 'Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday'
        lcid int
        msglangid smallint = 1033
        """,
        of_server=True,
        compatibility=True,
    ),
    declare(
        "sys.xml_schema_collections",
        "(SELECT 1)",
        """
        xml_collection_id int = 1
        schema_id int = 4
        principal_id int? = NULL
        name sysname = 'sys'
        create_date datetime = TIMESTAMP '2009-04-13 12:59:13'
        modify_date datetime = TIMESTAMP '2022-10-08 06:30:00'
        """,
    ),
    declare(
        "sys.assemblies",
        "(SELECT 1)",
        f"""
        name sysname = 'Microsoft.SqlServer.Types'
        principal_id int? = 4
        assembly_id int = 1
        clr_name nvarchar(4000)? = '{_CLR_NAME}'
        permission_set tinyint? = 3
        permission_set_desc nvarchar(60)? = 'UNSAFE_ACCESS'
        is_visible bit = TRUE
        create_date datetime = TIMESTAMP '2022-10-08 06:30:00'
        modify_date datetime = TIMESTAMP '2022-10-08 06:30:00'
        is_user_defined bit? = FALSE
        """,
    ),
    declare(
        "sys.assembly_types",
        "(SELECT t.*, c.* FROM {home}.sys_types t JOIN (VALUES ('hierarchyid', 'SqlHierarchyId'), ('geometry', "
        "'SqlGeometry'), ('geography', 'SqlGeography')) c (type_name, class) ON c.type_name = t.name)",
        """
        name sysname
        system_type_id tinyint
        user_type_id int
        schema_id int
        principal_id int?
        max_length smallint
        precision tinyint
        scale tinyint
        collation_name sysname?
        is_nullable bit?
        is_user_defined bit
        is_assembly_type bit
        default_object_id int
        rule_object_id int
        assembly_id int = 1
        assembly_class sysname? = 'Microsoft.SqlServer.Types.' || class
        is_binary_ordered bit? = name = 'hierarchyid'
        is_fixed_length bit? = FALSE
        prog_id nvarchar(40)? = NULL
        is_table_type bit
        """,
    ),
    declare(
        "sys.database_scoped_configurations",
        f"(VALUES {_SCOPED}) c (configuration_id, name, value)",
        """
        configuration_id int?
        name nvarchar(60)?
        value int?
        value_for_secondary int? = NULL
        is_value_default bit? = TRUE
        """,
    ),
    declare(
        "sys.database_recovery_status",
        "{home}.databases",
        f"""
        database_id int
        database_guid uniqueidentifier? = {_IDENTIFIER}
        family_guid uniqueidentifier? = {_IDENTIFIER}
        last_log_backup_lsn numeric(25,0)? = NULL
        recovery_fork_guid uniqueidentifier? = {_IDENTIFIER}
        first_recovery_fork_guid uniqueidentifier? = NULL
        fork_point_lsn numeric(25,0)? = NULL
        """,
        of_server=True,
    ),
)

SPT_VALUES = declare(
    "dbo.spt_values",
    "range(2048) AS numbers(number)",
    """
    name nvarchar(35)? = NULL
    number int
    type nchar(3) = 'P  '
    low int? = number // 8 + 1
    high int? = 1 << (number % 8)
    status int? = 0
    """,
    of_server=True,
)
"""A table of master, which queries use as a source of numbers. It has the rows of type P alone."""

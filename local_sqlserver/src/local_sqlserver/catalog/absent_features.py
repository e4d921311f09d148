"""Views of features that no database of the stand-in has, without rows. Source: the T-SQL reference, "System views".

Each has the columns of the reference. A tool that reads a table reads them, too, to learn what the table does not have.
"""

from __future__ import annotations

from local_sqlserver.catalog.view_declaration import empty

_OBJECT = """
    name sysname
    object_id int
    principal_id int?
    schema_id int
    parent_object_id int
    type char(2)
    type_desc nvarchar(60)?
    create_date datetime
    modify_date datetime
    is_ms_shipped bit
    is_published bit
    is_schema_published bit
"""
_INDEX = """
    object_id int
    name sysname?
    index_id int
    type tinyint
    type_desc nvarchar(60)?
    is_unique bit?
    data_space_id int
    ignore_dup_key bit?
    is_primary_key bit?
    is_unique_constraint bit?
    fill_factor tinyint
    is_padded bit?
    is_disabled bit?
    is_hypothetical bit?
    is_ignored_in_optimization bit?
    allow_row_locks bit?
    allow_page_locks bit?
"""

VIEWS = (
    empty(
        "sys.assembly_modules",
        """
        object_id int
        assembly_id int
        assembly_class sysname?
        assembly_method sysname?
        null_on_null_input bit?
        execute_as_principal_id int?
        """,
    ),
    empty(
        "sys.asymmetric_keys",
        """
        name sysname
        principal_id int?
        asymmetric_key_id int
        pvt_key_encryption_type char(2)
        pvt_key_encryption_type_desc nvarchar(60)?
        thumbprint varbinary(32)
        algorithm char(2)
        algorithm_desc nvarchar(60)?
        key_length int
        sid varbinary(85)?
        string_sid nvarchar(128)?
        public_key varbinary(max)
        attested_by nvarchar(260)?
        provider_type nvarchar(120)?
        cryptographic_provider_guid uniqueidentifier?
        """,
    ),
    empty(
        "sys.change_tracking_databases",
        """
        database_id int
        is_auto_cleanup_on bit?
        retention_period int?
        retention_period_units tinyint?
        retention_period_units_desc nvarchar(60)?
        max_cleanup_version bigint?
        """,
        of_server=True,
    ),
    empty(
        "sys.change_tracking_tables",
        """
        object_id int
        is_track_columns_updated_on bit?
        min_valid_version bigint?
        begin_version bigint?
        cleanup_version bigint?
        """,
    ),
    empty(
        "sys.column_encryption_keys",
        """
        name sysname
        column_encryption_key_id int
        create_date datetime
        modify_date datetime
        """,
    ),
    empty(
        "sys.column_master_keys",
        """
        name sysname
        column_master_key_id int
        create_date datetime
        modify_date datetime
        key_store_provider_name sysname?
        key_path nvarchar(4000)?
        allow_enclave_computations bit
        signature varbinary(max)?
        """,
    ),
    empty(
        "sys.credentials",
        """
        credential_id int
        name sysname
        credential_identity nvarchar(4000)?
        create_date datetime
        modify_date datetime
        target_type nvarchar(100)?
        target_id int?
        """,
        of_server=True,
    ),
    empty(
        "sys.cryptographic_providers",
        """
        provider_id int
        name sysname
        guid uniqueidentifier?
        version nvarchar(24)?
        dll_path nvarchar(520)?
        is_enabled bit?
        """,
        of_server=True,
    ),
    empty(
        "sys.database_audit_specifications",
        """
        database_specification_id int
        name sysname
        create_date datetime
        modify_date datetime
        audit_guid uniqueidentifier?
        is_state_enabled bit?
        """,
    ),
    empty(
        "sys.database_scoped_credentials",
        """
        name sysname
        credential_id int
        credential_identity nvarchar(4000)?
        create_date datetime
        modify_date datetime
        target_type nvarchar(100)?
        target_id int?
        """,
    ),
    empty(
        "sys.destination_data_spaces",
        """
        partition_scheme_id int
        destination_id int
        data_space_id int
        """,
    ),
    empty(
        "sys.dm_database_encryption_keys",
        """
        database_id int?
        encryption_state int?
        create_date datetime?
        regenerate_date datetime?
        modify_date datetime?
        set_date datetime?
        opened_date datetime?
        key_algorithm nvarchar(32)?
        key_length int?
        encryptor_thumbprint varbinary(20)?
        encryptor_type nvarchar(32)?
        percent_complete real?
        encryption_state_desc nvarchar(32)?
        encryption_scan_state int?
        encryption_scan_state_desc nvarchar(32)?
        encryption_scan_modify_date datetime?
        """,
        of_server=True,
    ),
    empty(
        "sys.dm_hadr_cluster",
        """
        cluster_name nvarchar(128)
        quorum_type tinyint
        quorum_type_desc nvarchar(60)
        quorum_state tinyint
        quorum_state_desc nvarchar(60)
        """,
        of_server=True,
    ),
    empty(
        "sys.edge_constraint_clauses",
        """
        object_id int
        from_object_id int
        to_object_id int
        """,
    ),
    empty(
        "sys.edge_constraints",
        _OBJECT
        + """
        is_disabled bit
        is_not_trusted bit
        is_system_named bit
        delete_referential_action tinyint?
        delete_referential_action_desc nvarchar(60)?
        """,
    ),
    empty(
        "sys.external_data_sources",
        """
        data_source_id int
        name sysname
        location nvarchar(4000)
        type_desc nvarchar(255)?
        type tinyint
        resource_manager_location nvarchar(4000)?
        credential_id int
        database_name sysname?
        shard_map_name sysname?
        connection_options nvarchar(4000)?
        pushdown nvarchar(256)
        """,
    ),
    empty(
        "sys.external_file_formats",
        """
        file_format_id int
        name sysname
        format_type nvarchar(255)
        field_terminator nvarchar(10)?
        string_delimiter nvarchar(10)?
        date_format nvarchar(50)?
        use_type_default bit
        serde_method nvarchar(255)?
        row_terminator nvarchar(10)?
        encoding nvarchar(10)?
        data_compression nvarchar(255)?
        first_row int?
        """,
    ),
    empty(
        "sys.external_tables",
        _OBJECT
        + """
        max_column_id_used int
        uses_ansi_nulls bit?
        data_source_id int
        file_format_id int?
        location nvarchar(4000)?
        reject_type nvarchar(20)?
        reject_value float?
        reject_sample_value float?
        distribution_type tinyint?
        distribution_desc nvarchar(120)?
        sharding_col_id int?
        remote_schema_name sysname?
        remote_object_name sysname?
        """,
    ),
    empty(
        "sys.filetable_system_defined_objects",
        """
        object_id int
        parent_object_id int
        """,
    ),
    empty(
        "sys.filetables",
        """
        object_id int
        is_enabled bit
        directory_name nvarchar(255)?
        filename_collation_id int
        filename_collation_name sysname
        """,
    ),
    empty(
        "sys.fulltext_catalogs",
        """
        fulltext_catalog_id int
        name sysname
        path nvarchar(260)?
        is_default bit
        is_accent_sensitivity_on bit
        data_space_id int?
        file_id int?
        principal_id int?
        is_importing bit
        """,
    ),
    empty(
        "sys.fulltext_index_columns",
        """
        object_id int
        column_id int
        type_column_id int?
        language_id int
        statistical_semantics int
        """,
    ),
    empty(
        "sys.fulltext_indexes",
        """
        object_id int
        unique_index_id int?
        fulltext_catalog_id int?
        is_enabled bit?
        change_tracking_state char(1)?
        change_tracking_state_desc nvarchar(60)?
        has_crawl_completed bit?
        crawl_type char(1)
        crawl_type_desc nvarchar(60)?
        crawl_start_date datetime?
        crawl_end_date datetime?
        incremental_timestamp binary(8)?
        stoplist_id int?
        property_list_id int?
        data_space_id int
        """,
    ),
    empty(
        "sys.fulltext_languages",
        """
        lcid int
        name sysname
        """,
        of_server=True,
    ),
    empty(
        "sys.fulltext_stoplists",
        """
        stoplist_id int
        name sysname
        create_date datetime
        modify_date datetime
        principal_id int?
        """,
    ),
    empty(
        "sys.function_order_columns",
        """
        object_id int
        order_column_id int
        column_id int
        is_descending bit?
        """,
    ),
    empty(
        "sys.hash_indexes",
        _INDEX
        + """
        has_filter bit
        filter_definition nvarchar(max)?
        bucket_count int
        auto_created bit?
        """,
    ),
    empty(
        "sys.index_resumable_operations",
        """
        object_id int
        index_id int
        name sysname
        sql_text nvarchar(max)?
        last_max_dop_used smallint
        partition_number int?
        state tinyint
        state_desc nvarchar(60)?
        start_time datetime
        last_pause_time datetime?
        total_execution_time int
        percent_complete real
        page_count bigint
        """,
    ),
    empty(
        "sys.internal_tables",
        _OBJECT
        + """
        internal_type tinyint?
        internal_type_desc nvarchar(60)?
        parent_id int
        parent_minor_id int
        lob_data_space_id int
        filestream_data_space_id int?
        """,
    ),
    empty(
        "sys.masked_columns",
        """
        object_id int
        name sysname?
        column_id int
        is_masked bit
        masking_function nvarchar(4000)?
        """,
    ),
    empty(
        "sys.numbered_procedure_parameters",
        """
        object_id int
        procedure_number smallint?
        name sysname?
        parameter_id int
        system_type_id tinyint
        user_type_id int
        max_length smallint
        precision tinyint
        scale tinyint
        is_output bit
        is_cursor_ref bit
        """,
    ),
    empty(
        "sys.numbered_procedures",
        """
        object_id int
        procedure_number smallint?
        definition nvarchar(max)?
        """,
    ),
    empty(
        "sys.partition_functions",
        """
        name sysname
        function_id int
        type char(2)
        type_desc nvarchar(60)?
        fanout int
        boundary_value_on_right bit
        is_system bit
        create_date datetime
        modify_date datetime
        """,
    ),
    empty(
        "sys.partition_parameters",
        """
        function_id int
        parameter_id int
        system_type_id tinyint
        max_length smallint
        precision tinyint
        scale tinyint
        collation_name sysname?
        user_type_id int
        """,
    ),
    empty(
        "sys.partition_range_values",
        """
        function_id int
        boundary_id int
        parameter_id int
        value nvarchar(4000)?
        """,
    ),
    empty(
        "sys.partition_schemes",
        """
        name sysname
        data_space_id int
        type char(2)
        type_desc nvarchar(60)?
        is_default bit?
        is_system bit?
        function_id int
        """,
    ),
    empty(
        "sys.periods",
        """
        name sysname
        period_type tinyint?
        period_type_desc nvarchar(60)?
        object_id int?
        start_column_id int?
        end_column_id int?
        """,
    ),
    empty(
        "sys.plan_guides",
        """
        plan_guide_id int
        name sysname
        create_date datetime
        modify_date datetime
        is_disabled bit
        query_text nvarchar(max)?
        scope_type tinyint
        scope_type_desc nvarchar(60)?
        scope_object_id int?
        scope_batch nvarchar(max)?
        parameters nvarchar(max)?
        hints nvarchar(max)?
        """,
    ),
    empty(
        "sys.registered_search_property_lists",
        """
        property_list_id int
        name sysname
        create_date datetime
        modify_date datetime
        principal_id int?
        """,
    ),
    empty(
        "sys.remote_data_archive_tables",
        """
        object_id int
        remote_database_id int?
        remote_table_name sysname?
        filter_predicate nvarchar(max)?
        migration_direction tinyint?
        migration_direction_desc nvarchar(60)?
        is_migration_paused bit?
        is_reconciled bit?
        """,
    ),
    empty(
        "sys.security_policies",
        _OBJECT
        + """
        is_enabled bit
        is_not_for_replication bit
        uses_database_collation bit?
        is_schema_bound bit
        """,
    ),
    empty(
        "sys.security_predicates",
        """
        object_id int
        security_predicate_id int
        target_object_id int
        predicate_definition nvarchar(max)
        predicate_type int?
        predicate_type_desc nvarchar(60)?
        operation int?
        operation_desc nvarchar(60)?
        """,
    ),
    empty(
        "sys.selective_xml_index_namespaces",
        """
        object_id int
        index_id int
        is_default_uri bit?
        uri nvarchar(4000)?
        prefix nvarchar(4000)?
        """,
    ),
    empty(
        "sys.selective_xml_index_paths",
        """
        object_id int
        index_id int
        path_id int
        path nvarchar(4000)?
        name sysname?
        path_type tinyint
        path_type_desc nvarchar(60)?
        xml_component_id int?
        xquery_type_description nvarchar(4000)?
        is_xquery_type_inferred bit
        xquery_max_length smallint?
        is_xquery_max_length_inferred bit
        is_node bit
        system_type_id tinyint?
        user_type_id int?
        max_length smallint?
        precision tinyint?
        scale tinyint?
        collation_name sysname?
        is_singleton bit
        """,
    ),
    empty(
        "sys.sensitivity_classifications",
        """
        class int
        class_desc nvarchar(16)?
        major_id int
        minor_id int
        label sysname?
        label_id sysname?
        information_type sysname?
        information_type_id sysname?
        rank int?
        rank_desc nvarchar(64)?
        """,
    ),
    empty(
        "sys.server_assembly_modules",
        """
        object_id int
        assembly_id int
        assembly_class sysname?
        assembly_method sysname?
        execute_as_principal_id int?
        """,
        of_server=True,
    ),
    empty(
        "sys.server_audit_specifications",
        """
        server_specification_id int
        name sysname
        create_date datetime
        modify_date datetime
        audit_guid uniqueidentifier?
        is_state_enabled bit?
        """,
        of_server=True,
    ),
    empty(
        "sys.server_audits",
        """
        audit_id int
        name sysname
        audit_guid uniqueidentifier?
        create_date datetime
        modify_date datetime
        principal_id int?
        type char(2)
        type_desc nvarchar(60)?
        on_failure tinyint?
        on_failure_desc nvarchar(60)?
        is_state_enabled bit?
        queue_delay int?
        predicate nvarchar(3000)?
        """,
        of_server=True,
    ),
    empty(
        "sys.server_sql_modules",
        """
        object_id int
        definition nvarchar(max)?
        uses_ansi_nulls bit?
        uses_quoted_identifier bit?
        execute_as_principal_id int?
        """,
        of_server=True,
    ),
    empty(
        "sys.server_triggers",
        """
        name sysname
        object_id int
        parent_class tinyint
        parent_class_desc nvarchar(60)?
        parent_id int
        type char(2)
        type_desc nvarchar(60)?
        create_date datetime
        modify_date datetime
        is_ms_shipped bit
        is_disabled bit
        """,
        of_server=True,
    ),
    empty(
        "sys.spatial_index_tessellations",
        """
        object_id int
        index_id int
        tessellation_scheme sysname
        bounding_box_xmin float?
        bounding_box_ymin float?
        bounding_box_xmax float?
        bounding_box_ymax float?
        level_1_grid smallint?
        level_1_grid_desc nvarchar(60)?
        level_2_grid smallint?
        level_2_grid_desc nvarchar(60)?
        level_3_grid smallint?
        level_3_grid_desc nvarchar(60)?
        level_4_grid smallint?
        level_4_grid_desc nvarchar(60)?
        cells_per_object int?
        """,
    ),
    empty(
        "sys.spatial_indexes",
        _INDEX
        + """
        spatial_index_type tinyint
        spatial_index_type_desc nvarchar(60)?
        tessellation_scheme sysname?
        has_filter bit?
        filter_definition nvarchar(max)?
        auto_created bit?
        """,
    ),
    empty(
        "sys.symmetric_keys",
        """
        name sysname
        principal_id int?
        symmetric_key_id int
        key_length int
        key_algorithm char(2)
        algorithm_desc nvarchar(60)?
        create_date datetime
        modify_date datetime
        key_guid uniqueidentifier?
        provider_type nvarchar(120)?
        cryptographic_provider_guid uniqueidentifier?
        """,
    ),
    empty(
        "sys.trigger_events",
        """
        object_id int
        type int
        type_desc nvarchar(60)
        is_trigger_event bit?
        event_group_type int?
        event_group_type_desc nvarchar(60)?
        is_first bit?
        is_last bit?
        """,
    ),
    empty(
        "sys.triggers",
        """
        name sysname
        object_id int
        parent_class tinyint
        parent_class_desc nvarchar(60)?
        parent_id int
        type char(2)
        type_desc nvarchar(60)?
        create_date datetime
        modify_date datetime
        is_ms_shipped bit
        is_disabled bit
        is_not_for_replication bit
        is_instead_of_trigger bit
        """,
    ),
    empty(
        "sys.xml_indexes",
        """
        object_id int
        name sysname?
        index_id int
        type tinyint
        type_desc nvarchar(60)?
        is_unique bit?
        data_space_id int?
        ignore_dup_key bit?
        is_primary_key bit?
        is_unique_constraint bit?
        fill_factor tinyint
        is_padded bit?
        is_disabled bit?
        is_hypothetical bit?
        allow_row_locks bit?
        allow_page_locks bit?
        using_xml_index_id int?
        secondary_type char(1)?
        secondary_type_desc nvarchar(60)?
        has_filter bit?
        filter_definition nvarchar(max)?
        xml_index_type tinyint?
        xml_index_type_description nvarchar(60)?
        path_id int?
        """,
    ),
)

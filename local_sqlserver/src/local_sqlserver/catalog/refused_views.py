"""System that SQL Server 2022 has and the stand-in refuses (error 40510), by schema.

Source: the T-SQL reference, "System ". Every name that begins with dm_ is a dynamic management view or function.
"""

# ruff: noqa: SIM905

from __future__ import annotations

_SYS = frozenset(
    """
    allocation_units assembly_files assembly_references
    availability_databases_cluster availability_group_listener_ip_addresses
    availability_group_listeners availability_groups availability_groups_cluster availability_read_only_routing_lists
    availability_replicas backup_devices column_encryption_key_values
    column_store_dictionaries column_store_row_groups column_store_segments
    column_type_usages column_xml_schema_collection_usages conversation_endpoints conversation_groups
    conversation_priorities database_audit_specification_details
    database_automatic_tuning_mode database_automatic_tuning_options
    database_credentials database_event_session_actions database_event_session_events database_event_session_fields
    database_event_session_targets database_event_sessions
    database_ledger_blocks database_ledger_digest_locations database_ledger_transactions
    database_mirroring_endpoints database_mirroring_witnesses database_principal_aliases
    database_query_store_internal_state database_query_store_options

    endpoint_webmethods event_notification_event_types event_notifications events
    external_job_streams external_language_files external_languages
    external_libraries external_library_files external_stream_columns external_streaming_jobs external_streams
    fulltext_document_types
    fulltext_index_catalog_usages fulltext_index_fragments
    fulltext_semantic_language_statistics_database fulltext_semantic_languages fulltext_stopwords
    fulltext_system_stopwords http_endpoints
    internal_partitions key_encryptions ledger_column_history ledger_table_history linked_logins
    login_token master_key_passwords memory_optimized_tables_internal_attributes
    message_type_xml_schema_collection_usages module_assembly_usages
    openkeys parameter_type_usages parameter_xml_schema_collection_usages
    persisted_sku_features
    pdw_column_distribution_properties pdw_table_distribution_properties
    query_context_settings query_store_plan query_store_plan_feedback query_store_plan_forcing_locations
    query_store_query query_store_query_hints query_store_query_text query_store_query_variant query_store_replicas
    query_store_runtime_stats query_store_runtime_stats_interval query_store_wait_stats registered_search_properties
    remote_data_archive_databases remote_logins
    remote_service_bindings resource_governor_configuration resource_governor_external_resource_pools
    resource_governor_resource_pools resource_governor_workload_groups routes securable_classes

    server_audit_specification_details
    server_event_notifications server_event_session_actions server_event_session_events server_event_session_fields
    server_event_session_targets server_event_sessions server_events server_file_audits
    server_memory_optimized_hybrid_buffer_pool_configuration
    server_permissions server_principal_credentials server_role_members server_trigger_events
    service_broker_endpoints service_contract_message_usages service_contract_usages
    service_contracts service_message_types service_queue_usages service_queues services soap_endpoints
    spatial_reference_systems sql_dependencies
    system_components_surface_area_configuration system_internals_allocation_units system_internals_partition_columns
    system_internals_partitions system_parameters tcp_endpoints time_zone_info trace_categories
    trace_columns trace_event_bindings trace_events trace_subclass_values traces transmission_queue
    trigger_event_types trusted_assemblies type_assembly_usages user_token vector_indexes
    via_endpoints xml_schema_attributes xml_schema_component_placements xml_schema_components
    xml_schema_elements xml_schema_facets xml_schema_model_groups xml_schema_namespaces xml_schema_types
    xml_schema_wildcard_namespaces xml_schema_wildcards
    sysaltfiles syscacheobjects syscharsets sysconfigures sysconstraints syscurconfigs syscursorcolumns
    syscursorrefs syscursors syscursortables sysdepends sysdevices sysfilegroups sysfiles sysforeignkeys
    sysfulltextcatalogs sysindexkeys syslockinfo syslogins sysmembers sysmessages sysobjvalues
    sysoledbusers sysopentapes sysperfinfo syspermissions sysprotects sysreferences sysremotelogins sysservers
    """.split()
)
_INFORMATION_SCHEMA = frozenset(
    """
    column_domain_usage column_privileges domain_constraints routine_columns table_privileges
    """.split()
)


def is_refused(schema: str, name: str) -> bool:
    """Whether SQL Server has a system view of this name that the stand-in has not."""
    if schema.lower() == "sys":
        return name.lower() in _SYS or name.lower().startswith("dm_")
    return name.lower() in _INFORMATION_SCHEMA

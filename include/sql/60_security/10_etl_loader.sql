/*
Purpose: the role of the loader: EXECUTE on the procedures of a load, and no permission on tables, views or the
         procedures that these call. etl.bulk_load is signed and puts @target into dynamic SQL, so its caller could
         run any statement.
         The login also needs the server permission ADMINISTER BULK OPERATIONS (python -m warehouse.logins).
*/
IF DATABASE_PRINCIPAL_ID(N'etl_loader') IS NULL
    CREATE ROLE etl_loader AUTHORIZATION dbo;
GO
GRANT EXECUTE ON OBJECT::etl.open_batch TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.register_landing TO etl_loader;
GRANT EXECUTE ON OBJECT::bronze.load_table TO etl_loader;
GRANT EXECUTE ON OBJECT::silver.load_table TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.reconcile TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.publish TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.accept_rejects TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.waive_checks TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.close_batch TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.load_day TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.retry_rejected TO etl_loader;
GRANT EXECUTE ON OBJECT::etl.purge_history TO etl_loader;
GO

/*
Purpose:    locks the table of a step until the transaction ends: Exclusive for the procedure that loads it, Shared for
            one that reads it. So no other batch can empty the table meanwhile. Called in a transaction.
Parameters: @step_name  the step that loads the table; @lock_mode  Exclusive to load it, Shared to build on it
Errors:     50013 another batch has held the table for a minute
Example:    EXEC etl.lock_step N'bronze.load_crm_cust_info', N'Exclusive';
*/
CREATE OR ALTER PROCEDURE etl.lock_step
    @step_name NVARCHAR(128),
    @lock_mode NVARCHAR(32)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @lock_result INT;
    DECLARE @message NVARCHAR(2048);

    EXEC @lock_result = sp_getapplock
        @Resource = @step_name,
        @LockMode = @lock_mode,
        @LockOwner = N'Transaction',
        @LockTimeout = 60000;

    IF @lock_result < 0
        BEGIN
            SET @message = CONCAT(
                @step_name, N': another batch has held its table for a minute.', CHAR(10),
                N'Try again when that batch has ended.'
            );
            THROW 50013, @message, 1;
        END;
END;
GO

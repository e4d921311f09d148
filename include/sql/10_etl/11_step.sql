/*
Purpose: the calls of load procedures, with row counts, duration and error.
Grain:   procedure call. The last succeeded call of a batch counts.
Columns: step_id          key of the call
         batch_id         batch that the call belongs to
         step_name        name of the procedure, and of the table that it loads
         status           running, succeeded, failed, or interrupted: the call was cut off, or a deployment made its
                          table again
         started_at       begin of the call, UTC
         ended_at         end of the call, UTC; NULL while it runs
         rows_read        rows that the step read
         rows_inserted    rows that it added
         rows_updated     rows that it changed
         rows_superseded  good rows that lost against another row with their key
         rows_rejected    rows that it rejected
         error_number     number of the error that ended the step
         error_message    message of that error
*/
IF OBJECT_ID(N'etl.step', N'U') IS NULL
    CREATE TABLE etl.step
    (
        step_id INT IDENTITY (1, 1) NOT NULL,
        batch_id INT NOT NULL,
        step_name NVARCHAR(128) NOT NULL,
        status NVARCHAR(20) NOT NULL,
        started_at DATETIME2(3) NOT NULL CONSTRAINT df_step_started_at DEFAULT SYSUTCDATETIME(),
        ended_at DATETIME2(3) NULL,
        rows_read INT NULL,
        rows_inserted INT NULL,
        rows_updated INT NULL,
        rows_superseded INT NULL,
        rows_rejected INT NULL,
        error_number INT NULL,
        error_message NVARCHAR(4000) NULL,
        CONSTRAINT pk_step PRIMARY KEY (step_id),
        CONSTRAINT ck_step_status CHECK (status IN (N'running', N'succeeded', N'failed', N'interrupted'))
    );
GO

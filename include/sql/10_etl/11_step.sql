/*
Purpose: one row a call of a load procedure, with its row counts, duration and error.
         status interrupted: the call was cut off, and its batch was opened again or closed later; or a deployment made
         its table again.
Grain:   procedure call. The last succeeded call of a batch counts.
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

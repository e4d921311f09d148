/*
Purpose: one row a batch: the load of one drop for one business date, by one run.
Grain:   batch. A run that is repeated under the same run_id is the same batch.
*/
IF OBJECT_ID(N'etl.batch', N'U') IS NULL
    CREATE TABLE etl.batch
    (
        batch_id INT IDENTITY (1, 1) NOT NULL,
        run_id NVARCHAR(250) NOT NULL,
        business_date DATE NOT NULL,
        source_dir NVARCHAR(400) NULL,
        landing_dir NVARCHAR(400) NULL,
        is_replay BIT NOT NULL,
        reject_limit DECIMAL(9, 6) NOT NULL,
        status NVARCHAR(20) NOT NULL,
        opened_at DATETIME2(3) NOT NULL CONSTRAINT df_batch_opened_at DEFAULT SYSUTCDATETIME(),
        published_at DATETIME2(7) NULL,
        closed_at DATETIME2(3) NULL,
        CONSTRAINT pk_batch PRIMARY KEY (batch_id),
        CONSTRAINT uq_batch_run_id UNIQUE (run_id),
        CONSTRAINT ck_batch_status CHECK (status IN (N'running', N'succeeded', N'failed')),
        CONSTRAINT ck_batch_reject_limit CHECK (reject_limit BETWEEN 0 AND 1)
    );
GO

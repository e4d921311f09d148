/*
Purpose: one row a batch: the load of one drop for one business date, by one run.
         published_at: time of the last publish. shown_at: time from which gold shows the batch; NULL for a history
         batch (is_history), which only adds rows of an older day, and for a batch that etl.withdraw_batch has loaded
         again, because the new batch replaces it.
         status checked: a dry run passed, nothing was published. A withdrawn batch counts as never published.
         restated_cost: by how much the batch changed the cost of order lines that gold showed before: the sum of the
         changes without their signs.
         rejects_accepted: the number of rejected rows above the limit that rejects_accepted_by accepted.
Grain:   batch. A run that is repeated under the same run_id is the same batch.
*/
IF OBJECT_ID(N'etl.batch', N'U') IS NULL
    CREATE TABLE etl.batch
    (
        batch_id INT IDENTITY (1, 1) NOT NULL,
        run_id NVARCHAR(250) COLLATE Latin1_General_100_BIN2 NOT NULL,
        business_date DATE NOT NULL,
        source_dir NVARCHAR(400) NULL,
        landing_dir NVARCHAR(400) NULL,
        is_replay BIT NOT NULL,
        reject_limit DECIMAL(9, 6) NOT NULL,
        status NVARCHAR(20) NOT NULL,
        opened_at DATETIME2(3) NOT NULL CONSTRAINT df_batch_opened_at DEFAULT SYSUTCDATETIME(),
        published_at DATETIME2(7) NULL,
        closed_at DATETIME2(3) NULL,
        is_history BIT NOT NULL CONSTRAINT df_batch_is_history DEFAULT 0,
        same_drop BIT NOT NULL CONSTRAINT df_batch_same_drop DEFAULT 0,
        shown_at DATETIME2(7) NULL,
        rejects_accepted INT NULL,
        rejects_accepted_by NVARCHAR(128) NULL,
        rejects_accepted_at DATETIME2(3) NULL,
        rejects_note NVARCHAR(1000) NULL,
        withdrawn_at DATETIME2(3) NULL,
        withdrawn_reason NVARCHAR(1000) NULL,
        restated_cost BIGINT NULL,
        CONSTRAINT pk_batch PRIMARY KEY (batch_id),
        CONSTRAINT uq_batch_run_id UNIQUE (run_id),
        CONSTRAINT ck_batch_reject_limit CHECK (reject_limit BETWEEN 0 AND 1),
        CONSTRAINT ck_batch_status CHECK (status IN (N'running', N'succeeded', N'failed', N'checked', N'withdrawn'))
    );
GO

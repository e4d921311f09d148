/*
Purpose: the batches: each is the load of one drop for one business date, by one run. A withdrawn batch counts as never
         published.
Grain:   batch. A run that is repeated under the same run_id is the same batch.
Columns: batch_id             key of the batch
         run_id               run that opened the batch; the same run_id opens it again
         business_date        day that the drop belongs to
         source_dir           folder of the drop
         landing_dir          folder with staging's copies, as SQL Server sees it
         is_replay            1: the batch may make gold show an older day than the latest
         reject_limit         share of rejected rows above which the batch stops, 0 to 1
         status               running, succeeded, failed, checked (a dry run passed) or withdrawn
         opened_at            time at which the batch was first opened, UTC
         published_at         time of the last publish, UTC; NULL if there was none
         closed_at            time at which the batch was last closed, UTC
         is_history           1: the batch only added rows of an older day, gold kept its day
         same_drop            1: the drop may be one that another business date was published from
         shown_at             time from which gold shows the batch, UTC; NULL if it never did, or if a withdrawal has
                              loaded it again
         rejects_accepted     number of rejected rows above the limit that a person accepted
         rejects_accepted_by  login that accepted them
         rejects_accepted_at  time of the acceptance, UTC
         rejects_note         reason of the acceptance
         withdrawn_at         time of the withdrawal, UTC
         withdrawn_reason     reason of the withdrawal; also set while it is under way
         restated_cost        sum of the changes of published costs, without their signs
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

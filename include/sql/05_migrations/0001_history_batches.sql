/*
Purpose: history batches, dry runs, withdrawals and accepted rejects: their columns and statuses in etl.batch and
         etl.step, and the files that each batch was published from.
*/
IF COL_LENGTH(N'etl.batch', N'is_history') IS NULL
    ALTER TABLE etl.batch ADD
    is_history BIT NOT NULL CONSTRAINT df_batch_is_history DEFAULT 0,
    same_drop BIT NOT NULL CONSTRAINT df_batch_same_drop DEFAULT 0,
    shown_at DATETIME2(7) NULL,
    rejects_accepted INT NULL,
    rejects_accepted_by NVARCHAR(128) NULL,
    rejects_accepted_at DATETIME2(3) NULL,
    rejects_note NVARCHAR(1000) NULL,
    withdrawn_at DATETIME2(3) NULL,
    withdrawn_reason NVARCHAR(1000) NULL;
GO

IF OBJECT_DEFINITION(OBJECT_ID(N'etl.ck_batch_status', N'C')) NOT LIKE N'%withdrawn%'
    ALTER TABLE etl.batch DROP CONSTRAINT ck_batch_status;
GO

IF OBJECT_ID(N'etl.ck_batch_status', N'C') IS NULL
    ALTER TABLE etl.batch ADD CONSTRAINT ck_batch_status
    CHECK (status IN (N'running', N'succeeded', N'failed', N'checked', N'withdrawn'));
GO

IF OBJECT_DEFINITION(OBJECT_ID(N'etl.ck_step_status', N'C')) NOT LIKE N'%interrupted%'
    ALTER TABLE etl.step DROP CONSTRAINT ck_step_status;
GO

IF OBJECT_ID(N'etl.ck_step_status', N'C') IS NULL
    ALTER TABLE etl.step ADD CONSTRAINT ck_step_status
    CHECK (status IN (N'running', N'succeeded', N'failed', N'interrupted'));
GO

IF OBJECT_ID(N'etl.published_file', N'U') IS NULL
    CREATE TABLE etl.published_file
    (
        batch_id INT NOT NULL,
        source_table NVARCHAR(50) NOT NULL,
        sha256 NVARCHAR(64) NOT NULL,
        CONSTRAINT pk_published_file PRIMARY KEY (batch_id, source_table)
    );
GO

-- Batches that an earlier version published, except those whose manifest may have been replaced later.
INSERT INTO etl.published_file (batch_id, source_table, sha256)
SELECT
    m.batch_id,
    m.source_table,
    m.sha256
FROM etl.manifest AS m
INNER JOIN etl.batch AS b
    ON m.batch_id = b.batch_id
WHERE
    b.published_at IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM etl.published_file AS p
        WHERE p.batch_id = m.batch_id
    )
    AND NOT EXISTS (
        SELECT 1 FROM etl.step AS s
        WHERE
            s.batch_id = m.batch_id
            AND s.step_name = N'etl.register_landing'
            AND s.status <> N'failed'
            AND s.started_at > b.published_at
    );
GO

-- Earlier versions had no history batches, so gold showed each batch from its publish on.
IF
    NOT EXISTS (
        SELECT 1 FROM etl.batch
        WHERE
            shown_at IS NOT NULL
            OR is_history = 1
    )
    UPDATE etl.batch
    SET shown_at = published_at
    WHERE published_at IS NOT NULL;
GO

/*
Purpose: which files a batch was published from. etl.manifest says what was registered last, and a run that is repeated
         registers other files in the same batch and the same landing folder; if it fails, gold still shows the earlier
         ones. etl.publish writes it in its transaction; a drop is compared with it by etl.register_landing, a landing
         folder by etl.withdraw_batch. etl.purge_history leaves it alone.
Grain:   published batch and source table. The last publication of a batch counts.
*/
IF OBJECT_ID(N'etl.published_file', N'U') IS NULL
    CREATE TABLE etl.published_file
    (
        batch_id INT NOT NULL,
        source_table NVARCHAR(50) NOT NULL,
        sha256 NVARCHAR(64) NOT NULL,
        CONSTRAINT pk_published_file PRIMARY KEY (batch_id, source_table)
    );
GO

-- Batches published before there was this table, but for those whose manifest may have been replaced since.
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

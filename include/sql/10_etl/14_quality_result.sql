/*
Purpose: the findings of each gold check of a publish, kept even if the publish was rolled back.
Grain:   publish and check.
*/
IF OBJECT_ID(N'etl.quality_result', N'U') IS NULL
    CREATE TABLE etl.quality_result
    (
        quality_result_id INT IDENTITY (1, 1) NOT NULL,
        batch_id INT NOT NULL,
        check_name NVARCHAR(128) NOT NULL,
        severity NVARCHAR(10) NOT NULL,
        passed BIT NOT NULL,
        observed BIGINT NULL,
        expected BIGINT NULL,
        checked_at DATETIME2(3) NOT NULL CONSTRAINT df_quality_result_checked_at DEFAULT SYSUTCDATETIME(),
        CONSTRAINT pk_quality_result PRIMARY KEY (quality_result_id),
        CONSTRAINT ck_quality_result_severity CHECK (severity IN (N'error', N'warning'))
    );
GO

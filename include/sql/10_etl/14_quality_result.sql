/*
Purpose: what each check of a publish found, kept even if the publish was rolled back.
         subject: the file, column or dimension that a check measures, if it measures several.
         observed and observed_of: what was counted, of how many. expected and expected_of: the value required, or the
         one of the day before.
         passed = 0 with severity error stopped the publish, unless the rule was waived for the batch (waived = 1).
Grain:   publish, check and subject.
*/
IF OBJECT_ID(N'etl.quality_result', N'U') IS NULL
    CREATE TABLE etl.quality_result
    (
        quality_result_id INT IDENTITY (1, 1) NOT NULL,
        batch_id INT NOT NULL,
        check_name NVARCHAR(128) NOT NULL,
        subject NVARCHAR(128) NOT NULL CONSTRAINT df_quality_result_subject DEFAULT N'',
        severity NVARCHAR(10) NOT NULL,
        passed BIT NOT NULL,
        waived BIT NOT NULL CONSTRAINT df_quality_result_waived DEFAULT 0,
        observed BIGINT NULL,
        observed_of BIGINT NULL,
        expected BIGINT NULL,
        expected_of BIGINT NULL,
        checked_at DATETIME2(3) NOT NULL CONSTRAINT df_quality_result_checked_at DEFAULT SYSUTCDATETIME(),
        CONSTRAINT pk_quality_result PRIMARY KEY (quality_result_id),
        CONSTRAINT ck_quality_result_severity CHECK (severity IN (N'error', N'warning'))
    );
GO

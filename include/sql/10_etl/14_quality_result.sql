/*
Purpose: what each check of a publish found, kept even if the publish was rolled back.
Grain:   publish, check and subject.
Columns: quality_result_id  number of the result
         batch_id           batch that was checked
         check_name         name of the rule
         subject            file, column or dimension, if the rule measures several
         severity           error: a deviation stops the publish, unless its rule is waived; warning: it is shown
         passed             1: the day meets the rule
         waived             1: the rule was waived for the batch
         observed           value that was found
         observed_of        number of which it was found
         expected           value that was required, or that of the day before
         expected_of        number of which that of the day before was found
         checked_at         time of the check, UTC
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

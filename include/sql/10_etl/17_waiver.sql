/*
Purpose: the rules that a batch need not meet: its deviations are kept and do not stop the publish. etl.waive_checks
         records them.
Grain:   batch and rule.
Columns: batch_id    batch that need not meet the rule
         check_name  name of the rule
         waived_by   login that waived it
         reason      why it was waived
         waived_at   time of the waiver, UTC
*/
IF OBJECT_ID(N'etl.waiver', N'U') IS NULL
    CREATE TABLE etl.waiver
    (
        batch_id INT NOT NULL,
        check_name NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        waived_by NVARCHAR(128) NOT NULL,
        reason NVARCHAR(1000) NOT NULL,
        waived_at DATETIME2(3) NOT NULL CONSTRAINT df_waiver_waived_at DEFAULT SYSUTCDATETIME(),
        CONSTRAINT pk_waiver PRIMARY KEY (batch_id, check_name)
    );
GO

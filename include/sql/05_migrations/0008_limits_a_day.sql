/*
Purpose: a limit of a quality rule may hold for each day since the day before.
*/
IF OBJECT_ID(N'etl.quality_rule', N'U') IS NOT NULL
    BEGIN
        ALTER TABLE etl.quality_rule DROP CONSTRAINT IF EXISTS ck_quality_rule_expectation;

        ALTER TABLE etl.quality_rule ADD CONSTRAINT ck_quality_rule_expectation
        CHECK (expectation IN (N'equal', N'change', N'share', N'at most', N'daily'));
    END;
GO

/*
Purpose: the quality rules: what is measured of a day, and what decides whether the day is good. 55_quality/30_rules.sql
         is the list; each deployment replaces the rows by it.
         layer        silver: checked before the publish; gold: checked on gold in the publish, before its commit
         severity     error: a deviation beyond the tolerance stops the publish. warning: it never does
         measured_by  a view with the columns check_name, subject, observed, observed_of and expected, which may
                      measure several rules, or a SELECT of one rule with the columns from subject to expected, in
                      which @batch_id may stand
         expectation  equal    observed = expected
                      change   observed is about the observed value of the day before, and at least minimum
                               expected, if measured, is the number by which it may rise besides
                      share    observed ÷ observed_of is about the share of the day before
                      at most  observed ÷ observed_of has a fixed limit
                      daily    as at most, for each day since the day before, because data change
         warning_fall, error_fall, warning_rise, error_rise
                      the tolerance: parts of the value of the day before for change, points for share (0.02 is two
                      in a hundred), the limit itself for at most and daily. NULL means no limit. A difference of
                      three rows is never an error, and a single row never exceeds a limit of at most and daily
                      that is above 0
                      A rise of change is multiplied by the days since the day before, because data grow
         first_limit  the largest share on a first day, which has no day before
         reason       why the rule exists; since: the day from which it holds
Grain:   rule. The day before is the batch published last for the latest earlier business date; batches whose rejected
         rows a person accepted are left out.
Columns: check_name    name of the rule: the sentence that is true of a good day
         layer         silver or gold
         severity      error: a deviation stops the publish; warning: it is kept and shown
         measured_by   view or SELECT that measures the rule
         expectation   equal, change, share, at most or daily
         minimum       least value, whatever the day before had
         warning_fall  fall above which the deviation is a warning
         error_fall    fall above which it is an error
         warning_rise  rise above which the deviation is a warning
         error_rise    rise above which it is an error
         first_limit   limit of a first day
         reason        why the rule exists
         since         day from which the rule applies
*/
IF OBJECT_ID(N'etl.quality_rule', N'U') IS NULL
    CREATE TABLE etl.quality_rule
    (
        check_name NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        layer NVARCHAR(10) NOT NULL,
        severity NVARCHAR(10) NOT NULL,
        measured_by NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        expectation NVARCHAR(10) NOT NULL,
        minimum BIGINT NULL,
        warning_fall DECIMAL(9, 4) NULL,
        error_fall DECIMAL(9, 4) NULL,
        warning_rise DECIMAL(9, 4) NULL,
        error_rise DECIMAL(9, 4) NULL,
        first_limit DECIMAL(9, 4) NULL,
        reason NVARCHAR(400) NOT NULL,
        since DATE NOT NULL,
        CONSTRAINT pk_quality_rule PRIMARY KEY (check_name),
        CONSTRAINT ck_quality_rule_layer CHECK (layer IN (N'silver', N'gold')),
        CONSTRAINT ck_quality_rule_severity CHECK (severity IN (N'error', N'warning')),
        CONSTRAINT ck_quality_rule_expectation
        CHECK (expectation IN (N'equal', N'change', N'share', N'at most', N'daily'))
    );
GO

/*
Purpose: the quality rules with their tolerances and reasons.
Grain:   rule.
*/
CREATE OR ALTER VIEW gold.quality_rules
AS
SELECT
    check_name,
    layer,
    severity,
    expectation,
    minimum,
    warning_fall,
    error_fall,
    warning_rise,
    error_rise,
    first_limit,
    reason,
    since
FROM etl.quality_rule;
GO

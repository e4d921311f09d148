/*
Purpose: the list of the quality rules, and the only place of their tolerances. etl.quality_rule explains the columns.
         To add a rule, add a row here with its SELECT, or a row here and a measure in the view that it names.
*/
DELETE FROM etl.quality_rule;
GO

INSERT INTO etl.quality_rule
(
    check_name, layer, severity, expectation,
    minimum, warning_fall, error_fall, warning_rise, error_rise, first_limit,
    measured_by,
    reason,
    since
)
VALUES
(
    N'each file has about as many rows as the day before', N'silver', N'error', N'change',
    1, 0.05, 0.2, 0.05, 0.5, NULL,
    N'SELECT
            m.source_table AS subject,
            m.rows_read AS observed,
            NULL AS observed_of,
            CASE
                WHEN m.source_table COLLATE Latin1_General_100_BIN2 = N''crm_prd_info'' THEN v.new_versions
            END AS expected
        FROM etl.manifest AS m
        CROSS JOIN (
            SELECT COUNT(*) AS new_versions
            FROM silver.crm_prd_info AS p
            INNER JOIN silver.products AS k ON p.product_number = k.product_number
            WHERE p.is_current = 1 AND p.prd_start_dt > k.start_date
        ) AS v
        WHERE m.batch_id = @batch_id',
    N'A file that was cut off, is empty or doubled reads like a good one. A price list brings a version a product.',
    '2026-11-29'
),
(
    N'no file is that of an earlier day', N'silver', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'SELECT
            m.source_table AS subject,
            CASE WHEN b.same_drop = 0 AND MAX(f.business_date) < MAX(y.business_date) THEN 1 ELSE 0 END AS observed,
            NULL AS observed_of,
            0 AS expected
        FROM etl.manifest AS m
        INNER JOIN etl.batch AS b ON m.batch_id = b.batch_id
        LEFT JOIN (
            SELECT e.batch_id, e.business_date, p.source_table, p.sha256
            FROM etl.published_file AS p
            INNER JOIN (
                SELECT
                    batch_id, business_date,
                    ROW_NUMBER() OVER (PARTITION BY business_date ORDER BY published_at DESC, batch_id DESC) AS place
                FROM etl.batch
                WHERE published_at IS NOT NULL AND withdrawn_at IS NULL AND (shown_at IS NOT NULL OR is_history = 1)
            ) AS e ON p.batch_id = e.batch_id AND e.place = 1
        ) AS f ON m.source_table = f.source_table AND m.sha256 = f.sha256 AND f.business_date < b.business_date
        LEFT JOIN etl.batch AS y
            ON y.published_at IS NOT NULL AND y.withdrawn_at IS NULL AND y.business_date < b.business_date
        WHERE m.batch_id = @batch_id
        GROUP BY m.source_table, b.same_drop',
    N'No file goes back to an older day.',
    '2026-11-29'
),
(
    N'some order lines are new', N'silver', N'error', N'change',
    1, NULL, NULL, NULL, NULL, NULL,
    N'silver.quality_check',
    N'Sales of an older day may have other bytes. Free days of each week are known; a holiday needs a waiver.',
    '2026-11-30'
),
(
    N'no file ends in the middle of a line', N'silver', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'SELECT m.source_table AS subject, COUNT(r.source_line) AS observed, NULL AS observed_of, 0 AS expected
        FROM etl.manifest AS m
        LEFT JOIN etl.rejected_row AS r
            ON
                m.batch_id = r.batch_id
                AND m.source_table = r.source_table
                AND r.found_by COLLATE Latin1_General_100_BIN2 = N''staging''
                AND r.source_line = 1 + m.rows_read + m.blank_lines
                AND (
                    r.reason COLLATE Latin1_General_100_BIN2 = N''open quote''
                    OR r.reason COLLATE Latin1_General_100_BIN2 LIKE N''too few columns: [2-9]%''
                    OR (
                        r.reason COLLATE Latin1_General_100_BIN2 LIKE N''too few columns: 1 %''
                        AND r.raw_row COLLATE Latin1_General_100_BIN2 NOT LIKE N''%[^-_A-Za-z0-9]%''
                    )
                )
        WHERE m.batch_id = @batch_id
        GROUP BY m.source_table',
    N'A file that was cut off lacks its last rows, too. A last line of words is no row, and only rejected.',
    '2026-11-30'
),
(
    N'no file lost the line break at its end', N'silver', N'warning', N'change',
    NULL, NULL, NULL, 0, NULL, NULL,
    N'SELECT source_table AS subject, open_lines AS observed, NULL AS observed_of, NULL AS expected
        FROM etl.manifest
        WHERE batch_id = @batch_id',
    N'A file that was cut off within its last field still has a whole row there, with a wrong value.',
    '2026-11-30'
),
(
    N'few rows of a file are superseded', N'silver', N'error', N'share',
    NULL, NULL, NULL, 0.02, 0.1, 0.25,
    N'SELECT source_table AS subject, superseded_rows AS observed, file_rows AS observed_of, NULL AS expected
        FROM gold.load_reconciliation
        WHERE batch_id = @batch_id',
    N'Rows delivered twice, or keys that became equal, supersede each other and are gone.',
    '2026-11-29'
),
(
    N'no value has an invisible character at an end', N'silver', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'SELECT source_table AS subject, invisible_ends AS observed, NULL AS observed_of, 0 AS expected
        FROM etl.manifest
        WHERE batch_id = @batch_id',
    N'Silver removes them, so the keys match; the source should know that its data have them.',
    '2026-11-29'
),
(
    N'no key has an invisible character inside', N'silver', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'SELECT
            N'''' AS subject,
            COUNT(
                CASE
                    WHEN k.keys NOT LIKE N''%[^ -~]%'' THEN NULL
                    WHEN k.keys LIKE CONCAT(N''%['', REPLACE(t.characters COLLATE Latin1_General_100_BIN2, N'' '', N''''), N'']%'') THEN 1
                END
            ) AS observed,
            NULL AS observed_of,
            0 AS expected
        FROM (
            SELECT cst_key AS keys FROM silver.crm_cust_info
            UNION ALL
            SELECT CONCAT(product_number, N'' '', category_id) FROM silver.crm_prd_info
            UNION ALL
            SELECT CONCAT(sls_ord_num, N'' '', sls_prd_key) FROM silver.crm_sales_details
            UNION ALL
            SELECT cid FROM silver.erp_cust_az12
            UNION ALL
            SELECT cid FROM silver.erp_loc_a101
            UNION ALL
            SELECT id FROM silver.erp_px_cat_g1v2
        ) AS k
        CROSS JOIN silver.trimmed_characters AS t',
    N'Such a key looks like another one, and matches none.',
    '2026-11-30'
),
(
    N'few values are missing', N'silver', N'error', N'share',
    NULL, NULL, NULL, 0.05, 0.2, 0.5,
    N'silver.quality_check',
    N'A column that comes in another form or not at all becomes NULL or n/a, and nothing is rejected.',
    '2026-11-29'
),
(
    N'few values of new rows are missing', N'silver', N'warning', N'at most',
    NULL, NULL, NULL, 0.2, NULL, NULL,
    N'silver.quality_check',
    N'A join that lost a column for the rows of the last days alone is too small a share of the whole file.',
    '2026-11-30'
),
(
    N'few new order lines repeat another', N'silver', N'warning', N'at most',
    NULL, NULL, NULL, 0.1, NULL, NULL,
    N'silver.quality_check',
    N'Orders exported twice under other numbers count twice; who orders the same twice a day is rare.',
    '2026-11-30'
),
(
    N'few new order lines are old', N'silver', N'warning', N'at most',
    NULL, NULL, NULL, 0.1, NULL, NULL,
    N'silver.quality_check',
    N'Orders with the date of another system, or of an archive, change the months that were reported.',
    '2026-11-30'
),
(
    N'few new order lines are of an old order', N'silver', N'warning', N'at most',
    NULL, NULL, NULL, 0.1, NULL, NULL,
    N'silver.quality_check',
    N'A sequence that started again gives the numbers of old orders to new ones of another day.',
    '2026-11-30'
),
(
    N'no customer id was given to another customer', N'silver', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'silver.quality_check',
    N'Ids issued again make one person of two: both names and the date of creation have changed.',
    '2026-11-30'
),
(
    N'few customers lack their row of the ERP', N'silver', N'error', N'share',
    NULL, NULL, NULL, 0.0001, 0.1, 0.5,
    N'silver.quality_check',
    N'If the keys of CRM and ERP no longer match, countries and birth dates are gone.',
    '2026-11-29'
),
(
    N'few locations lack their customer', N'silver', N'warning', N'share',
    NULL, NULL, NULL, 0.0001, NULL, NULL,
    N'silver.quality_check',
    N'A file of customers that is older than the others lacks the newest.',
    '2026-11-30'
),
(
    N'no customer number is that of two customers', N'silver', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'silver.quality_check',
    N'Customers exported again under other ids are counted twice.',
    '2026-11-30'
),
(
    N'few products lack their category', N'silver', N'error', N'share',
    NULL, NULL, NULL, 0.02, 0.1, 0.5,
    N'silver.quality_check',
    N'If the category ids no longer match, the reports by category are empty.',
    '2026-11-29'
),
(
    N'few rows have a country or category that is new', N'silver', N'error', N'at most',
    NULL, NULL, NULL, 0, 0.2, NULL,
    N'silver.quality_check',
    N'A code list that changed renames the groups of all reports.',
    '2026-11-29'
),
(
    N'few rows have left the drop', N'silver', N'error', N'at most',
    NULL, NULL, NULL, 0.02, 0.2, NULL,
    N'silver.quality_check',
    N'A drop of another client, year or format holds other rows, and as many.',
    '2026-11-29'
),
(
    N'few order lines have left the drop', N'silver', N'error', N'at most',
    NULL, NULL, NULL, 0, 0.02, NULL,
    N'silver.quality_check',
    N'The CRM delivers every line each day; lines that leave were cut off, and their sales are gone.',
    '2026-11-30'
),
(
    N'few published values have changed', N'silver', N'error', N'daily',
    NULL, NULL, NULL, 0.02, 0.1, NULL,
    N'silver.quality_check',
    N'Columns that were swapped, sorted apart from their keys or shifted by a day hold valid values, and as many.',
    '2026-11-30'
),
(
    N'few amounts of sales are repaired', N'silver', N'error', N'share',
    NULL, NULL, NULL, 0.02, 0.1, 0.5,
    N'silver.quality_check',
    N'The money rules are for single mistakes. If many amounts differ, a column means another thing.',
    '2026-11-30'
),
(
    N'every code is known', N'silver', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'silver.quality_check',
    N'A new code of gender, marital status or product line becomes n/a until a rule knows it.',
    '2026-11-30'
),
(
    N'no text was read in a wrong encoding', N'silver', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'silver.quality_check',
    N'A text with replacement or control characters, or with two characters for a letter (Ã¼), was damaged before.',
    '2026-11-30'
),
(
    N'no cost is negative', N'silver', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'silver.quality_check',
    N'A negative cost raises the profit.',
    '2026-11-30'
),
(
    N'there are about as many keys as the day before', N'silver', N'error', N'change',
    NULL, 0.05, 0.2, 0.05, 0.5, NULL,
    N'silver.quality_check',
    N'Fewer keys in as many rows are keys that were cut off.',
    '2026-11-29'
),
(
    N'sums are about those of the day before', N'silver', N'error', N'change',
    NULL, 0.05, 0.2, 0.05, 0.5, NULL,
    N'silver.quality_check',
    N'Amounts in another unit or currency, or shifted columns, are valid numbers.',
    '2026-11-29'
),
(
    N'fact_sales holds every cleansed order line', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A line without its row in gold would be missing in every figure.',
    '2026-11-22'
),
(
    N'fact_sales has the total sales of the cleansed order lines', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The joins of the load neither lose nor double an amount.',
    '2026-11-22'
),
(
    N'every sale has its customer in dim_customers', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A key without its row would fall out of every join.',
    '2026-11-22'
),
(
    N'every sale has its product in dim_products', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A key without its row would fall out of every join.',
    '2026-11-22'
),
(
    N'every sale has its versions of customer and product', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A sale is explained by the values of its order date, not by those of another day.',
    '2026-11-29'
),
(
    N'no sale is negative without a negative quantity', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The money rules repair negative sales; only returns are negative.',
    '2026-11-22'
),
(
    N'report_customers has the dated sales of known customers', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The report and the fact must give the same total.',
    '2026-11-22'
),
(
    N'report_products has the dated sales of known products', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The report and the fact must give the same total.',
    '2026-11-22'
),
(
    N'report_sales_daily has the dated sales', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The report and the fact must give the same total.',
    '2026-11-22'
),
(
    N'no order holds a known product twice', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The reports count a product''s lines as its orders.',
    '2026-11-22'
),
(
    N'dim_customers holds every cleansed customer', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A customer of the drop must be in gold.',
    '2026-11-22'
),
(
    N'dim_products holds every cleansed product', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A product of the drop must be in gold.',
    '2026-11-22'
),
(
    N'every order date is in dim_date', N'gold', N'error', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A sale without its day has no month and no year.',
    '2026-11-22'
),
(
    N'few dates of sales are missing', N'gold', N'error', N'share',
    NULL, NULL, NULL, 0.02, 0.1, 0.25,
    N'gold.quality_check',
    N'Dates in another format become NULL, and the reports leave out sales without a date.',
    '2026-11-29'
),
(
    N'few orders have a date that cannot be right', N'gold', N'error', N'share',
    NULL, NULL, NULL, 0.02, 0.1, 0.25,
    N'gold.quality_check',
    N'Swapped columns of dates, or the drop of another day, hold valid dates.',
    '2026-11-30'
),
(
    N'few customers are older than 120 years', N'gold', N'error', N'at most',
    NULL, NULL, NULL, 0, 0.1, NULL,
    N'gold.quality_check',
    N'1900-01-01 and 0001-01-01 stand for no date in many programs, and give an age.',
    '2026-11-30'
),
(
    N'few sales are of unknown customers or products', N'gold', N'error', N'share',
    NULL, NULL, NULL, 0.02, 0.1, 0.5,
    N'gold.quality_check',
    N'If the keys of the files no longer match, every customer of a sale is unknown.',
    '2026-11-29'
),
(
    N'no published cost was changed', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'SELECT N'''' AS subject, COALESCE(restated_cost, 0) AS observed, NULL AS observed_of, 0 AS expected
        FROM etl.batch
        WHERE batch_id = @batch_id',
    N'A profit that was reported is restated; the value found is the amount.',
    '2026-11-29'
),
(
    N'every sale has a known customer', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The CRM delivers some customers after their first order.',
    '2026-11-22'
),
(
    N'every sale has a known product', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A product may be sold before its master data arrive.',
    '2026-11-22'
),
(
    N'every sale has an order date', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The reports leave out sales without a date.',
    '2026-11-22'
),
(
    N'every date of a sale is within the calendar', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A date centuries away is a mistake of the source and counts as none.',
    '2026-11-22'
),
(
    N'no order is dated after its shipping or due date', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'An order is shipped after it was placed.',
    '2026-11-22'
),
(
    N'no order is dated after the business date', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'Real drops hold orders of the day of the export.',
    '2026-11-22'
),
(
    N'the last order is at most 7 days old', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'A company sells something every week.',
    '2026-11-22'
),
(
    N'no customer was created after the business date', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'Real drops hold customers of the day of the export.',
    '2026-11-22'
),
(
    N'every product has a category', N'gold', N'warning', N'equal',
    NULL, NULL, NULL, NULL, NULL, NULL,
    N'gold.quality_check',
    N'The ERP adds categories after the CRM adds products.',
    '2026-11-22'
);
GO

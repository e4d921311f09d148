/*
Purpose: the calendar, from the first day of the first order's year to the last day of the last order's year.
Grain:   day. iso_weekday is 1 for Monday to 7 for Sunday, whatever DATEFIRST says (0001-01-01 was a Monday).
         month_name is English, whatever the language of the login.
         Every order date is a day of it: silver.load_sales keeps no date beyond 52 years, and five digits cover 273.
Columns: date_key          the day as yyyymmdd
         full_date         the day
         calendar_year     year
         calendar_quarter  quarter, 1 to 4
         calendar_month    month, 1 to 12
         month_name        English name of the month
         day_of_month      day of the month, 1 to 31
         iso_weekday       day of the week, 1 for Monday to 7
*/
CREATE OR ALTER VIEW gold.dim_date
AS
WITH bounds AS (
    SELECT
        DATEFROMPARTS(YEAR(MIN(order_date)), 1, 1) AS first_day,
        DATEFROMPARTS(YEAR(MAX(order_date)), 12, 31) AS last_day
    FROM silver.sales
    WHERE in_source = 1
),

digits AS (
    SELECT digit
    FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS d(digit)
),

numbers AS (
    SELECT d1.digit + 10 * d2.digit + 100 * d3.digit + 1000 * d4.digit + 10000 * d5.digit AS n
    FROM digits AS d1
    CROSS JOIN digits AS d2
    CROSS JOIN digits AS d3
    CROSS JOIN digits AS d4
    CROSS JOIN digits AS d5
),

-- Numbers beyond the last day become NULL, because the server may add them before it filters the rows.
days AS (
    SELECT
        DATEADD(
            DAY,
            CASE WHEN numbers.n <= DATEDIFF(DAY, bounds.first_day, bounds.last_day) THEN numbers.n END,
            bounds.first_day
        ) AS full_date
    FROM numbers
    CROSS JOIN bounds
)

SELECT
    YEAR(full_date) * 10000 + MONTH(full_date) * 100 + DAY(full_date) AS date_key,
    full_date,
    YEAR(full_date) AS calendar_year,
    DATEPART(QUARTER, full_date) AS calendar_quarter,
    MONTH(full_date) AS calendar_month,
    CHOOSE(
        MONTH(full_date),
        N'January', N'February', N'March', N'April', N'May', N'June',
        N'July', N'August', N'September', N'October', N'November', N'December'
    ) AS month_name,
    DAY(full_date) AS day_of_month,
    DATEDIFF(DAY, CAST('00010101' AS DATE), full_date) % 7 + 1 AS iso_weekday
FROM days
WHERE full_date IS NOT NULL;
GO

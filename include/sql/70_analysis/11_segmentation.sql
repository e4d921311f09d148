-- How many customers and products are in each segment, and what do they bring?
SELECT
    N'customers' AS segmented,
    customer_segment AS segment,
    COUNT(*) AS members,
    SUM(total_sales) AS sales
FROM gold.report_customers
GROUP BY customer_segment

UNION ALL

SELECT
    N'products' AS segmented,
    product_segment AS segment,
    COUNT(*) AS members,
    SUM(total_sales) AS sales
FROM gold.report_products
GROUP BY product_segment
ORDER BY
    segmented ASC,
    sales DESC,
    segment ASC;

/*
Purpose: the sales fact: the order lines of the drop that gold shows.
Grain:   order line. cost is the product's cost on the order date, profit = sales_amount - quantity * cost.
*/
CREATE OR ALTER VIEW gold.fact_sales
AS
SELECT
    order_number,
    product_key,
    customer_key,
    order_date,
    shipping_date,
    due_date,
    sales_amount,
    quantity,
    price,
    cost,
    profit
FROM silver.sales
WHERE in_source = 1;
GO

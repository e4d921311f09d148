/*
Purpose: the sales fact: the order lines of the drop that gold shows.
Grain:   order line. cost is the product's cost on the order date, profit = sales_amount - quantity * cost.
         product_version_key and customer_version_key are the rows of dim_products_history and dim_customers_history
         that were valid on the order date, the current ones if there is no order date.
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
    profit,
    product_version_key,
    customer_version_key
FROM silver.sales
WHERE in_source = 1;
GO

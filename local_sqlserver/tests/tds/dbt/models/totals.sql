{{ config(materialized='table') }}
select count(*) as items, sum(price) as price from {{ ref('items') }}

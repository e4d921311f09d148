{{ config(materialized='incremental', unique_key='id') }}
select id, name, price from {{ ref('items') }}
{% if is_incremental() %} where id >= (select max(id) from {{ this }}) {% endif %}

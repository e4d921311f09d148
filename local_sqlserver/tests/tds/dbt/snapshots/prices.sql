{% snapshot prices %}
{{ config(target_schema='dbo', unique_key='id', strategy='check', check_cols=['price']) }}
select * from {{ ref('items') }}
{% endsnapshot %}

{% for table in var('files') -%}
SELECT
    '{{ table }}' AS source_table,
    count(*) AS file_rows,
    count(*) AS staged_rows,
    count(*) AS bronze_rows,
    count(*) FILTER (WHERE is_loaded) AS loaded_rows,
    count(*) FILTER (WHERE rejected_for IS NULL AND NOT is_loaded) AS superseded_rows,
    count(rejected_for) AS rejected_rows
FROM {{ ref('silver_' ~ table) }}
{{ 'UNION ALL' if not loop.last }}
{% endfor %}

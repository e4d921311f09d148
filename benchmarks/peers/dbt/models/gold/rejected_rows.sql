{% for table, file in var('files').items() -%}
SELECT '{{ table }}' AS source_table, '{{ file }}' AS source_file, source_line, rejected_for AS column_name
FROM {{ ref('silver_' ~ table) }}
WHERE rejected_for IS NOT NULL
{{ 'UNION ALL' if not loop.last }}
{% endfor %}

{#- What the models share. Each macro is one expression of DuckDB; with_duckdb.py renders them without dbt. -#}

{#- A source file as it came. A row's line in the file is its rowid + 2, because DuckDB keeps the order of the file. -#}
{% macro csv(table) -%}
SELECT * FROM read_csv('{{ var("drop") }}/{{ var("files")[table] }}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', comment = '', skip = 0)
{%- endmacro %}

{#- The plain trim takes a fifth of the other one's time, and a text of ASCII has as many bytes as characters. -#}
{% macro clean(text) -%}
nullif(CASE WHEN strlen({{ text }}) = length({{ text }}) THEN trim({{ text }})
            ELSE regexp_replace({{ text }}, '^{{ var("invisible") }}+|{{ var("invisible") }}+$', '', 'g') END, '')
{%- endmacro %}

{#- In capitals letter by letter: a letter that is not the small one of its capital (ß, ı, ſ) stays. -#}
{% macro capitals(text) -%}
CASE WHEN strlen({{ text }}) = length({{ text }}) THEN upper({{ text }})
     ELSE array_to_string(list_transform(string_split({{ text }}, ''),
         lambda c: CASE WHEN (lower(upper(c)) = c AND c <> 'ß') OR c = 'ς' THEN upper(c) ELSE c END), '') END
{%- endmacro %}

{#- Length in UTF-16 code units, of which a text has at most as many as bytes. -#}
{% macro too_long(text, limit=50) -%}
(strlen({{ text }}) > {{ limit }} AND length(regexp_replace({{ text }}, '([\x{10000}-\x{10FFFF}])', '\1.', 'g')) > {{ limit }})
{%- endmacro %}

{% macro whole(text) -%}
CASE WHEN regexp_full_match({{ text }}, '[+-]?[0-9]+') THEN TRY_CAST({{ text }} AS INTEGER) END
{%- endmacro %}

{% macro iso_date(text) -%}
CASE WHEN regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND {{ text }} >= '0001' THEN TRY_CAST({{ text }} AS DATE) END
{%- endmacro %}

{#- yyyymmdd, from 50 years before the year of the business date to the year that follows it. -#}
{% macro compact_date(text) -%}
{%- set year = var("as_of")[:4] | int -%}
CASE WHEN regexp_full_match({{ text }}, '[0-9]{8}') AND {{ text }} BETWEEN '{{ "%04d" % (year - 50) }}0101' AND '{{ "%04d" % (year + 1) }}1231'
     THEN CAST(try_strptime({{ text }}, '%Y%m%d') AS DATE) END
{%- endmacro %}

{#- Of the rows that passed, the last one of a key. -#}
{% macro is_latest(key, order="source_line DESC") -%}
(rejected_for IS NULL AND row_number() OVER (PARTITION BY rejected_for IS NULL, {{ key }} ORDER BY {{ order }}) = 1)
{%- endmacro %}

{#- The one spelling of each text of a column: that of most rows, or the first by code point. -#}
{% macro spellings(rows, text) -%}
SELECT {{ text }}, first_value({{ text }}) OVER (PARTITION BY {{ capitals(text) }} ORDER BY count(*) DESC, {{ text }}) AS spelling
FROM {{ rows }} GROUP BY {{ text }}
{%- endmacro %}

{#- Texts in the order of UTF-16 code units, in which U+E000 to U+FFFF follow all characters of two units. -#}
{% macro code_units(text) -%}
regexp_replace({{ text }}, '([\x{E000}-\x{FFFF}])', '{{ "\U0010FFFF" }}\1', 'g')
{%- endmacro %}

{% macro today() -%} DATE '{{ var("as_of") }}' {%- endmacro %}

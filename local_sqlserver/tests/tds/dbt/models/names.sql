select id, name from {{ ref('items') }}

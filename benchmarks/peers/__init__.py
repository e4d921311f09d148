"""What is measured, written once more with other means.

The load of a first day: ``with_duckdb``, ``with_dbt``, ``with_pandas`` and ``with_polars``, each a program of its own.
``dbt/`` holds the SQL of the first two, ``shared`` what all have in common, ``run`` starts them for
``benchmarks.load``, which tells what they leave out. They need requirements-bench.txt.

The API: with FastAPI and asyncpg, and with Flask and SQLAlchemy. ``contract`` holds what both services have in common.

What the services do as the API does, and the measurement compares before it begins:

- the same JSON byte for byte, the same ETag, 304, Link, Business-Date and headers for caches and browsers;
- unknown parameters refused, limit 1 to 1000, cursors decoded, checked and bound to the run they are of, keys in
  their range; 404, 410, 422, and 503 while nothing has been synced; errors as application/problem+json;
- one statement a read (the state and the rows of one snapshot), in autocommit, prepared, and two where the client
  sends If-None-Match and has an older page;
- requests counted by address, with the RateLimit headers and 429.

What they leave out, which makes them faster than a service that does it all: API keys, CSV, gzip, filters, sort,
chosen fields and other groupings than by month, figures for Prometheus, and a rate limit over all processes (each
process counts its own requests).

How they are tuned: answers are rendered by orjson and sent as bytes (a response model of pydantic, or jsonify, takes
longer), the pool does not reset its connections, statements stay prepared, nothing is logged a request, the headers
that never change are made once. Neither keeps rows or answers from one request to the next; nor does the API.
"""

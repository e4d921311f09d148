"""Gunicorn's settings, for ``python -m gunicorn -c python:api.gunicorn_config 'api:create_app()' --bind …``.

Threads let a worker go on reading while one of its requests syncs; each worker builds the application, and
with it the connection pool, after the fork.
"""

worker_class = "gthread"
workers = 2
threads = 4

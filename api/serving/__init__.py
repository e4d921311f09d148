"""The serving database: its tables and migrations, the sync from the warehouse, and connections for requests."""

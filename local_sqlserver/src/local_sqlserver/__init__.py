"""An embedded stand-in for SQL Server: it speaks TDS, runs T-SQL, and keeps its tables in DuckDB.

``tds`` speaks the wire protocol, ``language`` reads T-SQL into a syntax tree, ``compiler`` turns its statements into
DuckDB SQL, ``engine`` runs them in sessions. The README lists the differences from SQL Server.
"""

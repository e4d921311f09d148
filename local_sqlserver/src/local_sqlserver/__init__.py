"""An embedded stand-in for SQL Server: TDS in front, T-SQL inside, DuckDB underneath.

``tds`` speaks the wire protocol, ``language`` parses the procedural skeleton, ``compiler`` turns one set-based
statement into DuckDB SQL, ``engine`` runs it all. The README says what it is not.
"""

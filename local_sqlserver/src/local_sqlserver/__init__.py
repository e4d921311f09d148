"""An embedded stand-in for SQL Server: TDS in front, T-SQL inside, DuckDB underneath.

``tds`` speaks the wire protocol, ``language`` reads T-SQL into a syntax tree, ``compiler`` turns its statements into
DuckDB SQL, ``engine`` runs it all. The README says what it is not.
"""

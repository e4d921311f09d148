"""The T-SQL against the oracle and the rules, on the server of WAREHOUSE_ODBC or the stand-in."""

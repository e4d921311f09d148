"""Sessions, the interpreter, transactions, procedures, catalog views and BULK INSERT."""

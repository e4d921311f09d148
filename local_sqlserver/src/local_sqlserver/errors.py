"""SQL Server's errors: the catalogue of messages, and the one exception that carries an error to the client.

Each message's text is kept once, here; ``sql_error(207, name, line=line)`` makes the error. Source: sys.messages,
as "Database Engine events and errors" in SQL Server's documentation prints it; the severity is the one with which SQL
Server raises the message, not always the listed one (Msg 8155 is listed with 15 and raised with 16).
"""

# ruff: noqa: E501

from __future__ import annotations

from typing import NamedTuple


class SystemMessage(NamedTuple):
    """A row of sys.messages: ``text`` has ``%s`` where sys.messages has %.*ls, %d, %S_MSG and the like.

    ``state`` is the one that SQL Server raises most often; ``sql_error`` takes another.
    """

    severity: int
    text: str
    state: int = 1


# One line a message, so that a text is found by searching for it.
# fmt: off
_ROWS: dict[int, tuple[int, str] | tuple[int, str, int]] = {
    102: (15, "Incorrect syntax near '%s'."),
    104: (16, "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator."),
    105: (15, "Unclosed quotation mark after the character string '%s'."),
    107: (15, "The column prefix '%s' does not match with a table name or alias name used in the query."),
    108: (16, "The ORDER BY position number %s is out of range of the number of items in the select list."),
    109: (15, "There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement."),
    110: (15, "There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement."),
    111: (15, "'%s' must be the first statement in a query batch."),
    113: (15, "Missing end comment mark '*/'."),
    116: (16, "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS."),
    119: (15, "Must pass parameter number %s and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'."),
    120: (15, "The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns."),
    121: (15, "The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns."),
    128: (15, 'The name "%s" is not permitted in this context. Valid expressions are constants, constant expressions, and (in some contexts) variables. Column names are not permitted.'),
    131: (15, "The size (%s) given to the %s '%s' exceeds the maximum allowed for any data type (%s)."),
    134: (15, "The variable name '%s' has already been declared. Variable names must be unique within a query batch or stored procedure."),
    135: (15, "Cannot use a BREAK statement outside the scope of a WHILE statement."),
    136: (15, "Cannot use a CONTINUE statement outside the scope of a WHILE statement."),
    137: (15, 'Must declare the scalar variable "%s".'),
    141: (15, "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations."),
    144: (15, "Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause."),
    145: (15, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified."),
    147: (15, "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference."),
    148: (15, "Incorrect time syntax in time string '%s' used with WAITFOR."),
    155: (15, "'%s' is not a recognized %s option."),
    156: (15, "Incorrect syntax near the keyword '%s'."),
    157: (15, "An aggregate may not appear in the set list of an UPDATE statement."),
    164: (15, "Each GROUP BY expression must contain at least one column that is not an outer reference."),
    166: (15, "'%s' does not allow specifying the database name as a prefix to the object name."),
    174: (15, "The %s function requires %s argument(s)."),
    178: (15, "A RETURN statement with a return value cannot be used in this context."),
    179: (15, "Cannot use the OUTPUT option when passing a constant to a stored procedure."),
    189: (15, "The %s function requires %s to %s arguments."),
    192: (15, "The scale must be less than or equal to the precision."),
    195: (15, "'%s' is not a recognized %s.", 10),
    201: (16, "Procedure or function '%s' expects parameter '%s', which was not supplied.", 4),
    205: (16, "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists."),
    206: (16, "Operand type clash: %s is incompatible with %s", 2),
    207: (16, "Invalid column name '%s'."),
    208: (16, "Invalid object name '%s'."),
    209: (16, "Ambiguous column name '%s'."),
    213: (16, "Column name or number of supplied values does not match table definition."),
    214: (16, "Procedure expects parameter '%s' of type '%s'."),
    217: (16, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit %s)."),
    226: (16, "%s statement not allowed within multi-statement transaction.", 6),
    229: (14, "The %s permission was denied on the object '%s', database '%s', schema '%s'.", 5),
    235: (16, "Cannot convert a char value to money. The char value has incorrect syntax."),
    239: (16, "Duplicate common table expression name '%s' was specified."),
    240: (16, "Types don't match between the anchor and the recursive part in column \"%s\" of recursive query \"%s\"."),
    241: (16, "Conversion failed when converting date and/or time from character string."),
    242: (16, "The conversion of a %s data type to a %s data type resulted in an out-of-range value.", 3),
    243: (16, "Type %s is not a defined system type."),
    244: (16, "The conversion of the %s value '%s' overflowed an %s column. Use a larger integer column."),
    245: (16, "Conversion failed when converting the %s value '%s' to data type %s."),
    248: (16, "The conversion of the %s value '%s' overflowed an int column."),
    252: (16, "Recursive common table expression '%s' does not contain a top-level UNION ALL operator."),
    257: (16, "Implicit conversion from data type %s to %s is not allowed. Use the CONVERT function to run this query.", 3),
    259: (16, "Ad hoc updates to system catalogs are not allowed."),
    262: (14, "%s permission denied in database '%s'."),
    263: (16, "Must specify table to select from."),
    264: (16, "The column name '%s' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code."),
    266: (16, "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = %s, current count = %s.", 2),
    271: (16, 'The column "%s" cannot be modified because it is either a computed column or is the result of a UNION operator.'),
    281: (16, "%s is not a valid style number when converting from %s to a character string."),
    289: (16, "Cannot construct data type %s, some of the arguments have values which are not valid."),
    293: (16, "Cannot convert char value to smallmoney. The char value has incorrect syntax."),
    310: (15, "The value %s specified for the MAXRECURSION option exceeds the allowed maximum of %s."),
    319: (15, "Incorrect syntax near the keyword 'with'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon."),
    321: (15, '"%s" is not a recognized table hints option.'),
    336: (15, "Incorrect syntax near '%s'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon."),
    343: (15, "Unknown object type '%s' used in a CREATE, DROP, or ALTER statement."),
    402: (16, "The data types %s and %s are incompatible in the %s operator."),
    408: (16, "A constant expression was encountered in the ORDER BY list, position %s."),
    446: (16, "Cannot resolve collation conflict for %s operation."),
    447: (16, "Expression type %s is invalid for COLLATE clause."),
    448: (16, "Invalid collation '%s'."),
    451: (16, "Cannot resolve collation conflict for column %s in %s statement."),
    468: (16, 'Cannot resolve the collation conflict between "%s" and "%s" in the %s operation.', 9),
    512: (16, "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression."),
    515: (16, "Cannot insert the value NULL into column '%s', table '%s'; column does not allow nulls. %s fails.", 2),
    517: (16, "Adding a value to a '%s' column caused an overflow."),
    529: (16, "Explicit conversion from data type %s to %s is not allowed.", 2),
    530: (16, "The statement terminated. The maximum recursion %s has been exhausted before statement completion."),
    535: (16, "The %s function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use %s with a less precise datepart."),
    536: (16, "Invalid length parameter passed to the %s function."),
    537: (16, "Invalid length parameter passed to the LEFT or SUBSTRING function."),
    544: (16, "Cannot insert explicit value for identity column in table '%s' when IDENTITY_INSERT is set to OFF."),
    545: (16, "Explicit value must be specified for identity column in table '%s' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column."),
    547: (16, 'The %s statement conflicted with the %s constraint "%s". The conflict occurred in database "%s", table "%s"%s.'),
    596: (21, "Cannot continue the execution because the session is in the kill state."),
    701: (17, "There is insufficient system memory in resource pool '%s' to run this query.", 123),
    911: (16, "Database '%s' does not exist. Make sure that the name is entered correctly."),
    916: (14, 'The server principal "%s" is not able to access the database "%s" under the current security context.'),
    924: (14, "Database '%s' is already open and can only have one user at a time."),
    1001: (15, "Line %s: Length or precision specification %s is invalid."),
    1002: (15, "Line %s: Specified scale %s is invalid."),
    1007: (15, "The number '%s' is out of the range for numeric representation (maximum precision %s)."),
    1011: (16, "The correlation name '%s' is specified multiple times in a FROM clause."),
    1023: (15, "Invalid parameter %s specified for %s."),
    1033: (15, "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified."),
    1038: (15, 'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.', 5),
    1062: (16, "The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause."),
    1087: (15, 'Must declare the table variable "%s".'),
    1088: (16, 'Cannot find the object "%s" because it does not exist or you do not have permissions.'),
    1105: (17, "Could not allocate space for object '%s'%s in database '%s' because the '%s' filegroup is full. Create disk space by deleting unneeded files, dropping objects in the filegroup, adding additional files to the filegroup, or setting autogrowth on for existing files in the filegroup.", 2),
    1205: (13, "Transaction (Process ID %s) was deadlocked on %s resources with another process and has been chosen as the deadlock victim. Rerun the transaction.", 51),
    1223: (16, "Cannot release the application lock (Database Principal: '%s', Resource: '%s') because it is not currently held."),
    1226: (16, "An invalid application lock owner was passed to %s."),
    1752: (16, "Column '%s' in table '%s' is invalid for creating a default constraint."),
    1779: (16, "Table '%s' already has a primary key defined on it."),
    1781: (16, "Column already has a DEFAULT bound to it."),
    1801: (16, "Database '%s' already exists. Choose a different database name.", 3),
    1911: (16, "Column name '%s' does not exist in the target table or view."),
    1913: (16, "The operation failed because an index or statistics with name '%s' already exists on %s '%s'."),
    2010: (16, "Cannot perform alter on '%s' because it is an incompatible object type."),
    2601: (14, "Cannot insert duplicate key row in object '%s' with unique index '%s'. The duplicate key value is %s."),
    2627: (14, "Violation of %s constraint '%s'. Cannot insert duplicate key in object '%s'. The duplicate key value is %s."),
    2628: (16, "String or binary data would be truncated in table '%s', column '%s'. Truncated value: '%s'."),
    2705: (16, "Column names in each table must be unique. Column name '%s' in table '%s' is specified more than once."),
    2714: (16, "There is already an object named '%s' in the database.", 6),
    2715: (16, "Column, parameter, or variable #%s: Cannot find data type %s."),
    2744: (16, "Multiple identity columns specified for table '%s'. Only one identity column per table is allowed."),
    2749: (16, "Identity column '%s' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable."),
    2754: (16, "Error severity levels greater than %s can only be specified by members of the sysadmin role, using the WITH LOG option."),
    2760: (16, 'The specified schema name "%s" either does not exist or you do not have permission to use it.'),
    2775: (17, "The code page %s is not supported by the server."),
    2786: (16, "The data type of substitution parameter %s does not match the expected type of the format specification."),
    2812: (16, "Could not find stored procedure '%s'.", 62),
    3701: (11, "Cannot %s the %s '%s', because it does not exist or you do not have permission.", 5),
    3702: (16, 'Cannot drop database "%s" because it is currently in use.', 4),
    3705: (16, "Cannot use DROP %s with '%s' because '%s' is a %s. Use %s."),
    3708: (16, "Cannot %s the %s '%s' because it is a system %s.", 4),
    3723: (16, "An explicit DROP INDEX is not allowed on index '%s'. It is being used for %s constraint enforcement."),
    3728: (16, "'%s' is not a constraint."),
    3729: (16, "Cannot %s '%s' because it is being referenced by object '%s'."),
    3902: (16, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."),
    3903: (16, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."),
    3906: (16, 'Failed to update database "%s" because the database is read-only.'),
    3918: (16, "The statement or function must be executed in the context of a user transaction."),
    3930: (16, "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction."),
    3998: (16, "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back."),
    4060: (11, 'Cannot open database "%s" requested by the login. The login failed.'),
    4104: (16, 'The multi-part identifier "%s" could not be bound.'),
    4112: (15, "The function '%s' must have an OVER clause with ORDER BY."),
    4113: (16, "The function '%s' is not a valid windowing function, and cannot be used with the OVER clause."),
    4114: (16, "The function '%s' takes exactly %s argument(s)."),
    4127: (16, "At least one of the arguments to COALESCE must be an expression that is not the NULL constant."),
    4145: (15, "An expression of non-boolean type specified in a context where a condition is expected, near '%s'."),
    4151: (16, "The type of the first argument to NULLIF cannot be the NULL constant because the type of the first argument has to be known."),
    4193: (16, "'%s' is not a valid window frame and cannot be used with the OVER clause."),
    4194: (16, "RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters."),
    4502: (16, "View or function '%s' has more column names specified than columns defined."),
    4506: (16, "Column names in each view or function must be unique. Column name '%s' in view or function '%s' is specified more than once."),
    4511: (16, "Create View or Function failed because no column name was specified for column %s."),
    4621: (16, "Permissions at the server scope can only be granted when the current database is master"),
    4804: (21, "While reading current row from host, a premature end-of-message was encountered--an incoming data stream was interrupted when the server expected to see more data. The host program may have terminated. Ensure that you are using a supported client application programming interface (API)."),
    4815: (16, "Received an invalid column length from the bcp client for colid %s."),
    4830: (10, "Bulk load: DataFileType was incorrectly specified as char. DataFileType will be assumed to be widechar because the data file has a Unicode signature."),
    4831: (10, "Bulk load: DataFileType was incorrectly specified as widechar. DataFileType will be assumed to be char because the data file does not have a Unicode signature."),
    4832: (16, "Bulk load: An unexpected end of file was encountered in the data file."),
    4834: (16, "You do not have permission to use the bulk load statement."),
    4860: (16, "Cannot bulk load. The file \"%s\" does not exist or you don't have file access rights."),
    4861: (16, 'Cannot bulk load because the file "%s" could not be opened. Operating system error code %s.'),
    4863: (16, "Bulk load data conversion error (truncation) for row %s, column %s (%s)."),
    4864: (16, "Bulk load data conversion error (type mismatch or invalid character for the specified codepage) for row %s, column %s (%s)."),
    4865: (16, "Cannot bulk load because the maximum number of errors (%s) was exceeded."),
    4866: (16, "The bulk load failed. The column is too long in the data file for row %s, column %s. Verify that the field terminator and row terminator are specified correctly."),
    4867: (16, "Bulk load data conversion error (overflow) for row %s, column %s (%s)."),
    4869: (16, "The bulk load failed. Unexpected NULL value in data file row %s, column %s. The destination column (%s) is defined as NOT NULL."),
    4878: (16, "Invalid quote character specified for bulk load. Quote character can be one single byte or Unicode character."),
    4879: (16, "Bulk load failed due to invalid column value in CSV data file %s in row %s, column %s."),
    4880: (16, "Cannot bulk load. When you use the FIRSTROW/FIRST_ROW and LASTROW parameters, the value for FIRSTROW/FIRST_ROW cannot be greater than the value for LASTROW."),
    4902: (16, 'Cannot find the object "%s" because it does not exist or you do not have permissions.'),
    4922: (16, "%s %s failed because one or more objects access this column."),
    4924: (16, "%s failed because column '%s' does not exist in table '%s'."),
    5011: (14, "User does not have permission to alter database '%s', the database does not exist, or the database is not in a state that allows access checks.", 5),
    5074: (16, "The %s '%s' is dependent on %s '%s'."),
    5308: (16, "Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions."),
    5309: (16, "Windowed functions, aggregates and NEXT VALUE FOR functions do not support constants as ORDER BY clause expressions."),
    5339: (16, "CSV format option is supported for char and widechar datafiletype options."),
    5701: (10, "Changed database context to '%s'.", 2),
    5703: (10, "Changed language setting to %s."),
    7301: (16, 'Cannot obtain the required interface ("%s") from OLE DB provider "%s" for linked server "%s".', 2),
    7330: (16, 'Cannot fetch a row from OLE DB provider "%s" for linked server "%s".', 2),
    7399: (16, 'The OLE DB provider "%s" for linked server "%s" reported an error. %s'),
    8102: (16, "Cannot update identity column '%s'."),
    8106: (16, "Table '%s' does not have the identity property. Cannot perform SET operation."),
    8107: (16, "IDENTITY_INSERT is already ON for table '%s'. Cannot perform SET operation for table '%s'."),
    8110: (16, "Cannot add multiple PRIMARY KEY constraints to table '%s'."),
    8111: (16, "Cannot define PRIMARY KEY constraint on nullable column in table '%s'."),
    8114: (16, "Error converting data type %s to %s.", 5),
    8115: (16, "Arithmetic overflow error converting %s to data type %s.", 2),
    8116: (16, "Argument data type %s is invalid for argument %s of %s function."),
    8117: (16, "Operand data type %s is invalid for %s operator."),
    8120: (16, "Column '%s' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause."),
    8121: (16, "Column '%s' is invalid in the HAVING clause because it is not contained in either an aggregate function or the GROUP BY clause."),
    8127: (16, 'Column "%s" is invalid in the ORDER BY clause because it is not contained in either an aggregate function or the GROUP BY clause.'),
    8133: (16, "At least one of the result expressions in a CASE specification must be an expression other than the NULL constant."),
    8134: (16, "Divide by zero error encountered."),
    8143: (16, "Parameter '%s' was supplied multiple times."),
    8144: (16, "Procedure or function %s has too many arguments specified.", 2),
    8145: (16, "%s is not a parameter for procedure %s."),
    8148: (16, "More than one column %s constraint specified for column '%s', table '%s'."),
    8154: (16, "The table '%s' is ambiguous."),
    8155: (16, "No column name was specified for column %s of '%s'."),
    8156: (16, "The column '%s' was specified multiple times for '%s'."),
    8158: (16, "'%s' has more columns than were specified in the column list."),
    8159: (16, "'%s' has fewer columns than were specified in the column list."),
    8161: (16, "Argument %s of the %s function does not match any of the expressions in the GROUP BY clause."),
    8162: (16, 'The formal parameter "%s" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.', 2),
    8164: (16, "An INSERT EXEC statement cannot be nested."),
    8169: (16, "Conversion failed when converting from a character string to uniqueidentifier.", 2),
    8170: (16, "Insufficient result space to convert uniqueidentifier value to char."),
    8179: (16, "Could not find prepared statement with handle %s.", 2),
    9810: (16, "The datepart %s is not supported by date function %s for data type %s."),
    9828: (16, "The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters."),
    10704: (15, "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement."),
    10709: (16, "The number of columns for each row in a table value constructor must be the same."),
    10711: (15, "An action of type '%s' is not allowed in the '%s' clause of a MERGE statement."),
    10713: (15, "A MERGE statement must be terminated by a semi-colon (;)."),
    10715: (15, "'%s' is not a valid hint."),
    10741: (15, "A TOP can not be used in the same query or sub-query as a OFFSET."),
    10752: (15, "The function '%s' may not have a window frame."),
    10753: (15, "The function '%s' must have an OVER clause."),
    10756: (15, "Window frame with ROWS or RANGE must have an ORDER BY clause."),
    10759: (15, "Use of DISTINCT is not allowed with the OVER clause."),
    10760: (15, "The %s function takes between %s and %s arguments."),
    12703: (16, 'Referenced external data source "%s" not found.', 2),
    15007: (16, "'%s' is not a valid login or you do not have permission."),
    15009: (16, "The object '%s' does not exist in database '%s' or is invalid for this operation."),
    15010: (16, "The database '%s' does not exist. Supply a valid database name. To see available databases, use sys.databases."),
    15023: (16, "User, group, or role '%s' already exists in the current database."),
    15025: (16, "The server principal '%s' already exists."),
    15063: (16, "The login already has an account under a different user name."),
    15123: (16, "The configuration option '%s' does not exist, or it may be an advanced option."),
    15135: (16, "Object is invalid. Extended properties are not permitted on '%s', or the object does not exist."),
    15144: (16, "The role has members. It must be empty before it can be dropped."),
    15150: (16, "Cannot %s the %s '%s'."),
    15151: (16, "Cannot %s the %s '%s', because it does not exist or you do not have permission."),
    15197: (16, "There is no text for object '%s'."),
    15217: (16, "Property cannot be updated or deleted. Property '%s' does not exist for '%s'."),
    15232: (16, "A certificate with name '%s' already exists or this certificate already has been added to the database."),
    15233: (16, "Property cannot be added. Property '%s' already exists for '%s'."),
    15234: (16, "Objects of this type have no space allocated."),
    15247: (16, "User does not have permission to perform this action."),
    15352: (16, "The %s cannot be dropped because one or more entities are either signed or encrypted using it."),
    15410: (11, "User or role '%s' does not exist in this database."),
    15466: (16, "An error occurred during decryption."),
    15469: (10, "No constraints are defined on object '%s', or you do not have permissions."),
    15470: (10, "No foreign keys reference table '%s', or you do not have permissions on referencing tables."),
    15472: (10, "The object '%s' does not have any indexes, or you do not have permissions."),
    15559: (16, "Cannot drop %s '%s' because there is a %s mapped to it."),
    15560: (16, "Cannot add or drop a signature on '%s' because only modules can be signed."),
    15563: (16, "The %s has no private key set for it."),
    15600: (15, "An invalid parameter or option was specified for procedure '%s'."),
    15647: (10, "No views with schema binding reference table '%s'."),
    16905: (16, "The cursor is already open."),
    16911: (16, "%s: The fetch type %s cannot be used with forward only cursors."),
    16915: (16, "A cursor with the name '%s' already exists."),
    16916: (16, "A cursor with the name '%s' does not exist."),
    16917: (16, "Cursor is not open."),
    16924: (16, "Cursorfetch: The number of variables declared in the INTO list must match that of selected columns."),
    18054: (16, "Error %s, severity %s, state %s was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage."),
    18452: (14, "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.%s"),
    18456: (14, "Login failed for user '%s'.%s"),
    35100: (16, "Error number %s in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647."),
    40510: (16, "%s is not supported by local_sqlserver."),
    50000: (16, "DuckDB: %s"),
}
# fmt: on

MESSAGES = {number: SystemMessage(*row) for number, row in _ROWS.items()}
"""The messages by number. 40510 is the stand-in's refusal (Azure SQL has the number), 50000 a failure of DuckDB
without a counterpart in SQL Server."""


class SqlError(Exception):
    """A SQL Server error, with the values of ERROR_NUMBER(), ERROR_SEVERITY() … and of the TDS ERROR token.

    ``sql_error`` makes it for a message of the catalogue. THROW and RAISERROR, which bring a text, make it directly.
    ``line`` is 1-based within the batch or procedure; ``procedure`` is empty outside procedures. Severity 20 and up
    closes the connection.
    """

    def __init__(
        self,
        number: int,
        message: str,
        *,
        severity: int = 16,
        state: int = 1,
        line: int = 0,
        procedure: str = "",
    ) -> None:
        super().__init__(message)
        self.number = number
        self.message = message
        self.severity = severity
        self.state = state
        self.line = line
        self.procedure = procedure

    def __str__(self) -> str:
        where = f", procedure {self.procedure}" if self.procedure else ""
        return f"Msg {self.number}, level {self.severity}, state {self.state}{where}, line {self.line}: {self.message}"


def message_text(number: int, *arguments: object) -> str:
    """The text of a message with its placeholders filled in order; raises TypeError if the counts differ."""
    return MESSAGES[number].text % arguments


def sql_error(
    number: int, *arguments: object, state: int | None = None, line: int = 0, procedure: str = ""
) -> SqlError:
    """The error of a message: ``sql_error(207, "qty", line=3)`` is "Invalid column name 'qty'." at line 3."""
    row = MESSAGES[number]
    return SqlError(
        number,
        row.text % arguments,
        severity=row.severity,
        state=row.state if state is None else state,
        line=line,
        procedure=procedure,
    )


def unsupported(construct: str, line: int = 0) -> SqlError:
    """The refusal of a construct that SQL Server supports and the stand-in does not (error 40510, which Azure SQL uses)."""
    return sql_error(40510, construct, line=line)

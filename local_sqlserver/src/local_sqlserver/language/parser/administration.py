"""Statements about databases, principals and files: CREATE DATABASE, GRANT, BULK INSERT and others."""

from __future__ import annotations

from local_sqlserver.collation import DATABASE, find
from local_sqlserver.errors import unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.cursor import TokenCursor, syntax_error
from local_sqlserver.language.datatypes import parse_parameter_type
from local_sqlserver.language.keywords import RESERVED
from local_sqlserver.language.tokens import BINARY, END, NUMBER, QUOTED, STRING, WORD
from local_sqlserver.types import SqlType

_BULK_OPTIONS = frozenset(
    (
        "BATCHSIZE",
        "CHECK_CONSTRAINTS",
        "CODEPAGE",
        "DATAFILETYPE",
        "DATA_SOURCE",
        "ERRORFILE",
        "ERRORFILE_DATA_SOURCE",
        "FIELDQUOTE",
        "FIELDTERMINATOR",
        "FIRE_TRIGGERS",
        "FIRSTROW",
        "FORMAT",
        "FORMATFILE",
        "FORMATFILE_DATA_SOURCE",
        "KEEPIDENTITY",
        "KEEPNULLS",
        "KILOBYTES_PER_BATCH",
        "LASTROW",
        "MAXERRORS",
        "ORDER",
        "ROWS_PER_BATCH",
        "ROWTERMINATOR",
        "TABLOCK",
    )
)
_COUNTS = ("KILOBYTES_PER_BATCH", "ROWS_PER_BATCH")
_INSERT_BULK_OPTIONS = (*_COUNTS, "CHECK_CONSTRAINTS", "FIRE_TRIGGERS", "KEEP_NULLS", "ORDER", "TABLOCK")
_PERMISSIONS = ("AUTHENTICATE", "CONTROL", "DELETE", "EXEC", "EXECUTE", "INSERT", "REFERENCES", "SELECT", "UPDATE")
_PERMISSION_VERBS = (
    *("ADMINISTER", "ALL", "ALTER", "BACKUP", "CHECKPOINT", "CONNECT", "CREATE", "EXTERNAL", "IMPERSONATE", "KILL"),
    *("RECEIVE", "SEND", "SHOWPLAN", "SHUTDOWN", "SUBSCRIBE", "TAKE", "UNMASK", "UNSAFE", "VIEW"),
)
"""The first words of permissions. Those of ``_PERMISSIONS`` are whole names, these may have further words."""

_RESERVED_IN_PERMISSIONS = (
    *("ANY", "BULK", "DATABASE", "DEFAULT", "EXTERNAL", "FUNCTION", "PROCEDURE", "RULE", "SCHEMA", "TABLE", "TRIGGER"),
    *("USER", "VIEW"),
)
_SECURABLES = frozenset({"SCHEMA", "OBJECT", "DATABASE", "TYPE"})


def parse_database(cursor: TokenCursor, action: str) -> syntax.Statement:
    """CREATE DATABASE and ALTER DATABASE."""
    line = cursor.advance().line
    cursor.advance()
    if action == "CREATE":
        for words in (("SCOPED", "CREDENTIAL"), ("AUDIT", "SPECIFICATION"), ("ENCRYPTION", "KEY")):
            if cursor.at_words(*words):
                raise unsupported(f"CREATE DATABASE {' '.join(words)}", line)
        name = cursor.expect_identifier()
        if cursor.accept_word("CONTAINMENT"):
            cursor.expect_operator("=")
            if not cursor.accept_word("NONE"):
                raise unsupported(f"CONTAINMENT = {cursor.token.upper}", line)
        _files(cursor)
        if cursor.accept_word("COLLATE"):
            collation = find(cursor.expect_identifier(), line)
            if collation != DATABASE:
                raise unsupported(f"A database with a collation other than {DATABASE.name}", line)
        if cursor.at_word("LOG", "WITH", "FOR", "AS"):
            raise unsupported(f"CREATE DATABASE … {cursor.token.upper}", cursor.token.line)
        return syntax.CreateDatabase(name=name, line=line)
    if cursor.at_word("SCOPED", "AUDIT", "ENCRYPTION"):
        raise unsupported(f"ALTER DATABASE {cursor.token.upper}", line)
    name = "" if cursor.accept_word("CURRENT") else cursor.expect_identifier()
    if not cursor.accept_word("SET"):
        if cursor.token.kind == WORD:
            raise unsupported(f"ALTER DATABASE … {cursor.token.upper}", cursor.token.line)
        raise cursor.error()
    options = [_database_option(cursor)]
    while cursor.accept_operator(","):
        options.append(_database_option(cursor))
    rollback = False
    if cursor.accept_word("WITH"):
        if cursor.accept_word("ROLLBACK"):
            if cursor.accept_word("AFTER"):
                cursor.expect_integer()
                cursor.accept_word("SECONDS")
            else:
                cursor.expect_word("IMMEDIATE")
            rollback = True
        else:
            cursor.expect_word("NO_WAIT")
    return syntax.AlterDatabase(name=name, options=tuple(options), rollback_immediate=rollback, line=line)


def _files(cursor: TokenCursor) -> None:
    """Step over ON [PRIMARY] (file), … LOG ON (file), …: names, sizes and growth of files do not affect results."""
    while cursor.at_word("ON") or cursor.at_words("LOG", "ON"):
        cursor.accept_word("LOG")
        cursor.advance()
        cursor.accept_word("PRIMARY")
        while True:
            if cursor.at_word("FILEGROUP"):
                raise unsupported("CREATE DATABASE … FILEGROUP", cursor.token.line)
            cursor.expect_operator("(")
            while not cursor.accept_operator(")"):
                cursor.expect_word("NAME", "FILENAME", "SIZE", "MAXSIZE", "FILEGROWTH")
                cursor.expect_operator("=")
                while not cursor.at_operator(",", ")"):
                    if cursor.token.kind == END:
                        raise cursor.error()
                    cursor.advance()
                cursor.accept_operator(",")
            if not cursor.accept_operator(","):
                break


def _database_option(cursor: TokenCursor) -> tuple[str, str]:
    if cursor.token.kind != WORD:
        raise cursor.error()
    option = cursor.advance().upper
    cursor.accept_operator("=")
    if cursor.at_operator("("):
        raise unsupported(f"ALTER DATABASE … SET {option} (…)", cursor.token.line)
    if option in (
        "SINGLE_USER",
        "MULTI_USER",
        "RESTRICTED_USER",
        "ONLINE",
        "OFFLINE",
        "READ_ONLY",
        "READ_WRITE",
    ):
        return option, ""
    if cursor.token.kind not in (WORD, NUMBER):
        raise cursor.error()
    return option, cursor.advance().text.upper()


def parse_security(cursor: TokenCursor) -> syntax.Statement:
    """CREATE/ALTER/DROP LOGIN, USER, ROLE; GRANT, DENY, REVOKE."""
    token = cursor.advance()
    if token.upper in ("GRANT", "DENY", "REVOKE"):
        return _permission(cursor, token.upper, token.line)
    kind = cursor.expect_word("LOGIN", "USER", "ROLE").upper
    if_exists = token.upper == "DROP" and cursor.accept_word("IF") is not None
    if if_exists:
        cursor.expect_word("EXISTS")
    name = cursor.expect_identifier()
    options: list[tuple[str, str]] = []
    if token.upper == "ALTER" and kind == "ROLE" and cursor.at_word("ADD", "DROP"):
        action = cursor.advance().upper
        cursor.expect_word("MEMBER")
        options.append((f"{action} MEMBER", cursor.expect_identifier()))
    elif kind == "ROLE" and cursor.accept_word("AUTHORIZATION"):
        options.append(("AUTHORIZATION", cursor.expect_identifier()))
    elif kind == "USER" and cursor.accept_word("FOR", "FROM"):
        source = cursor.expect_word("LOGIN", "CERTIFICATE").upper
        options.append((source, cursor.expect_identifier()))
    elif kind == "USER" and cursor.accept_word("WITHOUT"):
        cursor.expect_word("LOGIN")
        options.append(("WITHOUT LOGIN", ""))
    elif token.upper == "ALTER" and kind == "LOGIN" and cursor.at_word("ENABLE", "DISABLE"):
        options.append((cursor.advance().upper, ""))
    elif kind == "LOGIN" and cursor.at_word("FROM"):
        raise unsupported("CREATE LOGIN … FROM", cursor.token.line)
    if cursor.accept_word("WITH"):
        options.append(_principal_option(cursor))
        while cursor.accept_operator(","):
            options.append(_principal_option(cursor))
    return syntax.Principal(
        action=token.upper, kind=kind, name=name, options=tuple(options), if_exists=if_exists, line=token.line
    )


def _principal_option(cursor: TokenCursor) -> tuple[str, str]:
    option = cursor.token
    if option.kind != WORD:
        raise cursor.error()
    cursor.expect_identifier()
    cursor.expect_operator("=")
    value = cursor.token
    if value.kind in (STRING, NUMBER, BINARY) or cursor.at_word("ON", "OFF", "NULL"):
        cursor.advance()
    else:
        cursor.expect_identifier()
    if option.upper == "PASSWORD":
        if value.kind != STRING:
            raise unsupported("A hashed password", value.line)
        if cursor.at_word("HASHED", "MUST_CHANGE", "OLD_PASSWORD", "UNLOCK"):
            raise unsupported(f"PASSWORD … {cursor.token.upper}", value.line)
    return option.upper, value.value


def parse_certificate(cursor: TokenCursor) -> syntax.Statement:
    """CREATE CERTIFICATE with a password of its own, ALTER CERTIFICATE … REMOVE PRIVATE KEY, DROP CERTIFICATE."""
    token = cursor.advance()
    cursor.expect_word("CERTIFICATE")
    name = cursor.expect_identifier()
    if token.upper == "DROP":
        return syntax.Certificate(action="DROP", name=name, line=token.line)
    if token.upper == "ALTER":
        if not cursor.at_word("REMOVE"):
            raise unsupported(f"ALTER CERTIFICATE … {cursor.token.upper}", cursor.token.line)
        for word in ("REMOVE", "PRIVATE", "KEY"):
            cursor.expect_word(word)
        return syntax.Certificate(action="ALTER", name=name, line=token.line)
    if cursor.accept_word("AUTHORIZATION") and cursor.expect_identifier().lower() != "dbo":
        raise unsupported("A certificate with an owner other than dbo", token.line)
    if cursor.at_word("FROM"):
        raise unsupported("CREATE CERTIFICATE … FROM", cursor.token.line)
    if not cursor.at_word("ENCRYPTION"):
        raise unsupported("A certificate without a password (there is no database master key)", token.line)
    for word in ("ENCRYPTION", "BY", "PASSWORD"):
        cursor.expect_word(word)
    password = _equals_string(cursor)
    cursor.expect_word("WITH")
    cursor.expect_word("SUBJECT")
    subject = _equals_string(cursor)
    while cursor.accept_operator(","):
        cursor.expect_word("START_DATE", "EXPIRY_DATE")  # SQL Server does not check the dates of signatures
        _equals_string(cursor)
    return syntax.Certificate(action="CREATE", name=name, password=password, subject=subject, line=token.line)


def parse_signature(cursor: TokenCursor) -> syntax.Statement:
    """ADD SIGNATURE TO and DROP SIGNATURE FROM a procedure BY CERTIFICATE."""
    token = cursor.advance()
    if cursor.at_word("COUNTER"):
        raise unsupported("A countersignature", token.line)
    if cursor.at_word("SENSITIVITY", "SYMMETRIC", "ASYMMETRIC"):
        raise unsupported(f"{token.upper} {cursor.token.upper}", token.line)
    cursor.expect_word("SIGNATURE")
    cursor.expect_word("TO" if token.upper == "ADD" else "FROM")
    kind, module = _securable(cursor)
    if kind != "OBJECT":
        raise unsupported(f"A signature of a {kind}", token.line)
    cursor.expect_word("BY")
    if not cursor.at_word("CERTIFICATE"):
        raise unsupported(f"A signature by {cursor.token.upper}", cursor.token.line)
    cursor.advance()
    certificate, password = cursor.expect_identifier(), ""
    if token.upper == "ADD" and cursor.accept_word("WITH"):
        cursor.expect_word("PASSWORD")
        password = _equals_string(cursor)
    if cursor.at_operator(","):
        raise unsupported("Signatures of several certificates at once", cursor.token.line)
    return syntax.Signature(
        action=token.upper, module=module, certificate=certificate, password=password, line=token.line
    )


def _equals_string(cursor: TokenCursor) -> str:
    cursor.expect_operator("=")
    if cursor.token.kind != STRING:
        raise cursor.error()
    return cursor.advance().value


def _permission(cursor: TokenCursor, action: str, line: int) -> syntax.Statement:
    if action == "REVOKE" and cursor.at_words("GRANT", "OPTION"):
        raise unsupported("REVOKE GRANT OPTION FOR", line)
    permissions: list[str] = []
    while True:
        permissions.append(_permission_name(cursor))
        if cursor.at_operator("("):
            raise unsupported("A permission on columns", cursor.token.line)
        if not cursor.accept_operator(","):
            break
    securable: tuple[str, tuple[str, ...]] = ("DATABASE", ())
    if cursor.accept_word("ON"):
        securable = _securable(cursor)
        if cursor.at_operator("("):
            raise unsupported("A permission on columns", cursor.token.line)
    cursor.expect_word(*("TO", "FROM") if action == "REVOKE" else ("TO",))
    principals = [_principal_name(cursor)]
    while cursor.accept_operator(","):
        principals.append(_principal_name(cursor))
    if cursor.at_words("WITH", "GRANT"):
        raise unsupported("WITH GRANT OPTION", cursor.token.line)
    if cursor.at_word("AS", "CASCADE"):
        raise unsupported(f"{action} … {cursor.token.upper}", cursor.token.line)
    return syntax.Permission(
        action=action,
        permissions=tuple(permissions),
        securable=securable,
        principals=tuple(principals),
        line=line,
    )


def _permission_name(cursor: TokenCursor) -> str:
    if not cursor.at_word(*_PERMISSION_VERBS, *_PERMISSIONS):
        raise cursor.error()
    words = [cursor.advance().upper]
    if words[0] in _PERMISSION_VERBS:
        while cursor.token.kind == WORD and (
            cursor.token.upper not in RESERVED or cursor.at_word(*_RESERVED_IN_PERMISSIONS)
        ):
            words.append(cursor.advance().upper)
    return "EXECUTE" if words == ["EXEC"] else " ".join(words)


def _principal_name(cursor: TokenCursor) -> str:
    token = cursor.accept_word("PUBLIC")
    return token.value if token else cursor.expect_identifier()


def _securable(cursor: TokenCursor) -> tuple[str, tuple[str, ...]]:
    kind = "OBJECT"
    if cursor.peek().text == "::":
        kind = cursor.advance().upper
        cursor.advance()
        if kind not in _SECURABLES:
            raise unsupported(f"A permission on {kind}", cursor.token.line)
    return kind, cursor.name()


def parse_bulk_insert(cursor: TokenCursor) -> syntax.Statement:
    """BULK INSERT; SQL Server accepts a path in double quotes too."""
    line = cursor.advance().line
    cursor.expect_word("INSERT")
    table = cursor.name()
    cursor.expect_word("FROM")
    token = cursor.token
    if token.kind != STRING and not (token.kind == QUOTED and token.text.startswith('"')):
        raise cursor.error()
    cursor.advance()
    options: list[syntax.BulkOption] = []
    if cursor.accept_word("WITH"):
        cursor.expect_operator("(")
        while True:
            options.append(_bulk_option(cursor))
            if not cursor.accept_operator(","):
                break
        cursor.expect_operator(")")
    return syntax.BulkInsert(table=table, path=token.value, options=tuple(options), line=line)


def parse_insert_bulk(cursor: TokenCursor) -> syntax.InsertBulk:
    """INSERT BULK table [(column type, …)] [WITH (option, …)] (MS-TDS 2.2.6.1)."""
    line = cursor.advance().line
    cursor.expect_word("BULK")
    table = cursor.name()
    columns: list[tuple[str, SqlType]] = []
    if cursor.accept_operator("("):
        while True:
            name = cursor.expect_identifier()
            columns.append((name, parse_parameter_type(cursor, len(columns) + 1)))
            if cursor.accept_word("COLLATE"):
                cursor.expect_identifier()
            if not cursor.accept_operator(","):
                break
        cursor.expect_operator(")")
    options = set()
    if cursor.accept_word("WITH"):
        cursor.expect_operator("(")
        while True:
            option = cursor.expect_word(*_INSERT_BULK_OPTIONS).upper
            options.add(option)
            if option == "ORDER":
                _sort_columns(cursor)
            elif option in _COUNTS:
                cursor.expect_operator("=")
                cursor.expect_integer()
            if not cursor.accept_operator(","):
                break
        cursor.expect_operator(")")
    return syntax.InsertBulk(table=table, columns=tuple(columns), options=frozenset(options), line=line)


def _sort_columns(cursor: TokenCursor) -> None:
    cursor.expect_operator("(")
    while True:
        cursor.expect_identifier()
        cursor.accept_word("ASC", "DESC")
        if not cursor.accept_operator(","):
            break
    cursor.expect_operator(")")


def _bulk_option(cursor: TokenCursor) -> syntax.BulkOption:
    token = cursor.token
    if token.kind != WORD or token.upper not in _BULK_OPTIONS:
        raise cursor.error()
    cursor.advance()
    if not cursor.accept_operator("="):
        if cursor.at_operator("("):
            raise unsupported(f"BULK INSERT with {token.upper} (…)", token.line)
        return syntax.BulkOption(name=token.upper, value=None, line=token.line)
    value = cursor.advance()
    if value.kind == NUMBER:
        if not value.text.isdigit():
            raise syntax_error(value)
        return syntax.BulkOption(name=token.upper, value=int(value.text), line=token.line)
    if value.kind == STRING or (value.kind == QUOTED and value.text.startswith('"')):
        return syntax.BulkOption(name=token.upper, value=value.value, line=token.line)
    raise syntax_error(value)

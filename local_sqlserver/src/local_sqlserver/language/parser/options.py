"""SET options: their names (195), and values of the right kind (102, 156)."""

from __future__ import annotations

from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.language.parser.expressions import ExpressionParser
from local_sqlserver.language.tokens import BINARY, NUMBER, QUOTED, STRING, VARIABLE, WORD

_SWITCHES = frozenset(
    [
        "ANSI_DEFAULTS",
        "ANSI_NULLS",
        "ANSI_NULL_DFLT_OFF",
        "ANSI_NULL_DFLT_ON",
        "ANSI_PADDING",
        "ANSI_WARNINGS",
        "ARITHABORT",
        "ARITHIGNORE",
        "CONCAT_NULL_YIELDS_NULL",
        "CURSOR_CLOSE_ON_COMMIT",
        "FIPS_FLAGGER",
        "FMTONLY",
        "FORCEPLAN",
        "IMPLICIT_TRANSACTIONS",
        "NOCOUNT",
        "NOEXEC",
        "NO_BROWSETABLE",
        "NUMERIC_ROUNDABORT",
        "PARSEONLY",
        "QUOTED_IDENTIFIER",
        "REMOTE_PROC_TRANSACTIONS",
        "RESULT_SET_CACHING",
        "SHOWPLAN_ALL",
        "SHOWPLAN_TEXT",
        "SHOWPLAN_XML",
        "XACT_ABORT",
    ]
)
_VALUES = frozenset(
    [
        "CONTEXT_INFO",
        "DATEFIRST",
        "DATEFORMAT",
        "DEADLOCK_PRIORITY",
        "ERRLVL",
        "LANGUAGE",
        "LOCK_TIMEOUT",
        "QUERY_GOVERNOR_COST_LIMIT",
        "ROWCOUNT",
        "TEXTSIZE",
    ]
)
_STATISTICS = ("IO", "PROFILE", "TIME", "XML")
_ISOLATION_LEVELS = (
    ("READ", "UNCOMMITTED"),
    ("READ", "COMMITTED"),
    ("REPEATABLE", "READ"),
    ("SNAPSHOT",),
    ("SERIALIZABLE",),
)


def parse_set_option(parser: ExpressionParser, line: int) -> syntax.Statement:
    """SET of anything but a variable, from the word after SET on; raises 195 for an unknown option."""
    if parser.accept_word("IDENTITY_INSERT"):
        table = parser.name()
        return syntax.SetIdentityInsert(table=table, on=_switch(parser) == "ON", line=line)
    if parser.accept_word("TRANSACTION"):
        parser.expect_word("ISOLATION")
        parser.expect_word("LEVEL")
        level = next((level for level in _ISOLATION_LEVELS if parser.at_words(*level)), None)
        if level is None:
            raise parser.error()
        parser.position += len(level)
        return syntax.SetOption(options=("TRANSACTION ISOLATION LEVEL",), value=" ".join(level), line=line)
    if parser.accept_word("STATISTICS"):
        names = [f"STATISTICS {parser.expect_word(*_STATISTICS).upper}"]
        while parser.accept_operator(","):
            names.append(f"STATISTICS {parser.expect_word(*_STATISTICS).upper}")
        return syntax.SetOption(options=tuple(names), value=_switch(parser), line=line)
    token = parser.token
    if token.kind != WORD:
        raise parser.error()
    if parser.accept_word(*_VALUES):
        return syntax.SetOption(options=(token.upper,), value=_value(parser), line=line)
    names = [_switch_name(parser)]
    while parser.accept_operator(","):
        names.append(_switch_name(parser))
    return syntax.SetOption(options=tuple(names), value=_switch(parser), line=line)


def _switch_name(parser: ExpressionParser) -> str:
    token = parser.token
    if token.kind != WORD:
        raise parser.error()
    if token.upper not in _SWITCHES:
        parser.expect_identifier()
        raise sql_error(195, token.text, "SET option", state=1, line=token.line)
    return parser.advance().upper


def _switch(parser: ExpressionParser) -> str:
    return parser.expect_word("ON", "OFF").upper


def _value(parser: ExpressionParser) -> str:
    first = parser.position
    if parser.accept_operator("-"):
        if parser.token.kind != NUMBER:
            raise parser.error()
        parser.advance()
    elif parser.token.kind == VARIABLE:
        parser.scalar_variable()
    elif parser.token.kind in (NUMBER, STRING, BINARY, QUOTED):
        parser.advance()
    else:
        parser.expect_identifier()
    return parser.text_since(first).upper()

"""Where a set-based statement or a scalar expression ends, without semicolons.

T-SQL's grammar makes this decidable because reserved words are never bare aliases: a statement ends where a
word that opens statements stands outside parentheses and CASE, unless one of the rules in ``_continues`` says
that it belongs to the statement.
"""

from __future__ import annotations

from local_sqlserver.errors import SqlError
from local_sqlserver.language.cursor import TokenCursor, syntax_error
from local_sqlserver.language.keywords import OPERATOR_WORDS, RESERVED, STARTERS
from local_sqlserver.language.tokens import END, NUMBER, OPERATOR, QUOTED, STRING, VARIABLE, WORD, Token

_DEFINITIONS = frozenset({"CREATE", "ALTER", "DROP", "GRANT", "DENY", "REVOKE"})


class _Extent:
    """What has been seen of the statement so far."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.body_seen = False
        self.set_seen = False
        self.common_tables = False
        self.action_seen = False
        self.previous: Token | None = None
        self.before_previous: Token | None = None

    def start(self, token: Token) -> None:
        """Return a WITH list's main verb takes over."""
        self.verb = token.upper
        self.common_tables = False

    def word_before(self) -> str:
        return self.previous.upper if self.previous is not None else ""


def _continues(state: _Extent, cursor: TokenCursor) -> bool:
    """Whether the statement-opening word at the position belongs to the statement being read."""
    token, before = cursor.token, state.word_before()
    word = token.upper
    if state.common_tables and word in ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"):
        state.start(token)
        return True
    if before in ("ON", "FOR") and word in ("UPDATE", "DELETE"):
        return True
    if before in ("UPDATE", "DELETE") and word == "SET" and state.verb in _DEFINITIONS:
        return True
    if word == "SELECT":
        two_before = state.before_previous.upper if state.before_previous is not None else ""
        if before in ("UNION", "EXCEPT", "INTERSECT") or (before == "ALL" and two_before == "UNION"):
            return True
        if state.verb == "INSERT" and not state.body_seen:
            state.body_seen = True
            return True
    if word in ("EXEC", "EXECUTE") and state.verb == "INSERT" and not state.body_seen:
        raise _InsertExec
    if word == "SET" and state.verb in ("UPDATE", "MERGE") and (not state.set_seen or before == "UPDATE"):
        state.set_seen = True
        return True
    if state.verb == "MERGE" and before == "THEN" and word in ("INSERT", "UPDATE", "DELETE"):
        return True
    if word == "FETCH" and before in ("ROW", "ROWS"):
        return True
    if word == "MERGE" and cursor.peek().upper in ("JOIN", "UNION"):
        return True
    if state.verb == "ALTER" and word in ("ALTER", "DROP", "SET") and not state.action_seen:
        state.action_seen = True
        return True
    if word == "ALTER" and before == "OR":
        return True
    if word == "IF" and cursor.peek().upper in ("EXISTS", "NOT") and state.verb in ("DROP", "ALTER"):
        return True
    return state.verb in ("GRANT", "DENY", "REVOKE") and not state.action_seen


class _InsertExec(Exception):
    """INSERT … EXEC found: the position is at EXEC."""


def skip_set_based(cursor: TokenCursor) -> bool:
    """Step over one set-based statement from its verb on; True when it stopped at the EXEC of an INSERT … EXEC.

    Raises SqlError 102, 156, 319/336 (a WITH list after an unterminated statement), 10713 (MERGE without semicolon).
    """
    first = cursor.advance()
    state = _Extent(first.upper)
    state.common_tables = first.upper == "WITH"
    state.previous = first
    if first.text == "(":
        state.verb = "SELECT"
        cursor.position -= 1
    depth = cases = 0
    while True:
        token = cursor.token
        if token.kind == END or (depth == 0 and token.kind == OPERATOR and token.text == ";"):
            break
        if token.kind == OPERATOR and token.text in "()":
            depth += 1 if token.text == "(" else -1
            if depth < 0:
                raise cursor.error()
            if depth == 1 and token.text == "(" and cursor.peek().upper in ("SELECT", "WITH"):
                state.body_seen = state.verb == "INSERT"
        elif token.kind == WORD and token.upper == "CASE":
            cases += 1
        elif token.kind == WORD and cases and token.upper == "END":
            cases -= 1
        elif depth == 0 and token.kind == WORD and not (cases and token.upper == "ELSE"):
            if token.upper in STARTERS:
                try:
                    if not _continues(state, cursor):
                        break
                except _InsertExec:
                    return True
            elif token.upper == "WITH" and _opens_common_tables(cursor):
                raise _unterminated_before_with(cursor)
            elif token.upper in ("VALUES", "DEFAULT") and state.verb == "INSERT":
                state.body_seen = True
            elif (state.verb == "ALTER" and token.upper in ("ADD", "CHECK", "NOCHECK")) or (
                state.verb in ("GRANT", "DENY", "REVOKE") and token.upper == "ON"
            ):
                state.action_seen = True
        state.before_previous, state.previous = state.previous, token
        cursor.advance()
    if depth or cases or state.common_tables:
        raise cursor.error()
    if state.verb == "MERGE" and not cursor.at_operator(";"):
        text = "A MERGE statement must be terminated by a semi-colon (;)."
        raise SqlError(10713, text, severity=15, line=state.previous.line)
    return False


def _opens_common_tables(cursor: TokenCursor) -> bool:
    """WITH name AS ( … or WITH name ( … : a hint list has its parenthesis at once."""
    name, after = cursor.peek(1), cursor.peek(2)
    return name.is_name and (after.upper == "AS" and cursor.peek(3).text == "(")


def _unterminated_before_with(cursor: TokenCursor) -> SqlError:
    name = cursor.peek()
    text = (
        f"Incorrect syntax near '{name.value}'. If this is intended to be a common table expression, "
        "you need to explicitly terminate the previous statement with a semi-colon."
    )
    return SqlError(336, text, severity=15, line=name.line)


def skip_expression(cursor: TokenCursor, *stops: str, condition: bool = False) -> tuple[int, int]:
    """Step over a scalar expression (or condition) and return its first and past-the-last token index.

    It ends at one of ``stops`` (operators or words), a semicolon, or the next statement; THROW ends a condition.
    """
    first = cursor.position
    depth = cases = 0
    previous: Token | None = None
    while True:
        token = cursor.token
        if token.kind == END:
            break
        if token.kind == OPERATOR:
            if depth == 0 and (token.text == ";" or token.text in stops):
                break
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                if depth == 0:
                    break
                depth -= 1
        elif token.kind == WORD and depth == 0 and not cases and token.upper in stops:
            break
        elif token.kind == WORD and token.upper == "CASE":
            cases += 1
        elif token.kind == WORD and cases and token.upper == "END":
            cases -= 1
        elif depth == 0 and not cases:
            if token.kind == WORD and (token.upper in STARTERS or token.upper == "WITH"):
                break
            if previous is not None and _two_operands(previous, token):
                if condition and token.upper == "THROW":
                    break
                raise syntax_error(token)
        previous = token
        cursor.advance()
    if cursor.position == first or depth or cases:
        raise cursor.error()
    return first, cursor.position


def _two_operands(previous: Token, token: Token) -> bool:
    """Whether an operand follows an operand, which no expression allows."""
    if token.kind == OPERATOR:
        return False
    if token.kind == WORD and token.upper in OPERATOR_WORDS:
        return False
    if previous.kind == OPERATOR:
        return previous.text == ")"
    if previous.kind == WORD and (previous.upper in OPERATOR_WORDS - {"NULL", "END"} or previous.upper == "DISTINCT"):
        return False
    if token.kind == WORD and token.upper in RESERVED and token.upper not in ("LEFT", "RIGHT"):
        return previous.kind in (NUMBER, STRING, VARIABLE, QUOTED)
    return True

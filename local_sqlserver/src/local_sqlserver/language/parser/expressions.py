"""Expressions and conditions: precedence as in the T-SQL reference, "Operator precedence"."""

from __future__ import annotations

from dataclasses import replace

from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.cursor import TokenCursor
from local_sqlserver.language.datatypes import parse_type
from local_sqlserver.language.keywords import RESERVED
from local_sqlserver.language.tokens import BINARY, END, NUMBER, OPERATOR, QUOTED, STRING, VARIABLE, WORD, tokenize
from local_sqlserver.types import TYPES, SqlType, UserType

_COMPARISONS = {"=", "<>", "!=", "<", "<=", ">", ">=", "!<", "!>"}
_SAME_COMPARISON = {"!=": "<>", "!<": ">=", "!>": "<="}
CALLABLE_KEYWORDS = frozenset(
    [
        "COALESCE",
        "NULLIF",
        "LEFT",
        "RIGHT",
        "CONVERT",
        "TRY_CONVERT",
        "USER",
        "CURRENT_USER",
        "SESSION_USER",
        "SYSTEM_USER",
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
    ]
)
"""The reserved words that begin an expression, besides CASE and NULL."""
_NILADIC = {
    "CURRENT_TIMESTAMP": "GETDATE",
    "CURRENT_USER": "USER_NAME",
    "SESSION_USER": "USER_NAME",
    "USER": "USER_NAME",
    "SYSTEM_USER": "SUSER_SNAME",
}
_PROPERTY_COLUMNS = {
    "$IDENTITY": "$IDENTITY",
    "IDENTITYCOL": "$IDENTITY",
    "$ROWGUID": "$ROWGUID",
    "ROWGUIDCOL": "$ROWGUID",
}
_NULL_TREATMENT = ("FIRST_VALUE", "LAG", "LAST_VALUE", "LEAD")
_SIZED = frozenset(["char", "varchar", "nchar", "nvarchar", "binary", "varbinary"])


class ExpressionParser(TokenCursor):
    """Parses expressions; ``QueryParser`` parses the queries inside them.

    ``scalars`` are the scalar variables declared so far, in lower case, ``tables`` the table variables. Any other
    variable is error 137 or 1087, unless ``undeclared`` (sp_describe_undeclared_parameters) allows it.
    """

    def __init__(self, text: str, *, undeclared: bool = False, types: tuple[UserType, ...] = ()) -> None:
        super().__init__(text, tokenize(text), types)
        self.undeclared = undeclared
        self.scalars: dict[str, SqlType] = {}
        self.tables: set[str] = set()
        self._windows: int | None = None
        """The position of the WINDOW clause whose definitions are being read."""
        self._open_windows: list[str] = []

    def query(self) -> syntax.Query:
        """A query, up to a closing parenthesis or the end."""
        raise NotImplementedError

    def scalar_variable(self, *, read: bool = False) -> str:
        """Step over the name of a declared scalar variable, which is read or gets a value; raises 137."""
        token = self.expect_variable()
        if token.text.lower() not in self.scalars and not self.undeclared:
            raise sql_error(137, token.text, state=2 if read else 1, line=token.line)
        return token.text

    def table_variable(self) -> str:
        """Step over the name of a declared table variable; raises 1087."""
        token = self.expect_variable()
        if token.text.lower() not in self.tables and not self.undeclared:
            raise sql_error(1087, token.text, line=token.line)
        return token.text

    def collation_name(self) -> str:
        """The name after COLLATE."""
        if self.token.kind != WORD:
            raise self.error()
        return self.expect_identifier()

    def constant(self) -> syntax.Expression:
        """An argument of EXEC, THROW or RAISERROR: a literal with or without a sign, a variable or NULL."""
        token = self.token
        if self.accept_operator("-", "+"):
            if self.token.kind != NUMBER:
                raise self.error()
            return syntax.Unary(operator=token.text, operand=self._primary(), line=token.line)
        if token.kind in (NUMBER, STRING, VARIABLE, BINARY) or self.at_word("NULL"):
            return self._primary()
        raise self.error()

    def condition(self) -> syntax.Expression:
        """A search condition; raises 4145 for a value."""
        parsed = self._or()
        if not isinstance(parsed, syntax.Condition):
            near = self.token.value
            raise sql_error(4145, near, line=self.token.line)
        return parsed

    def value(self) -> syntax.Expression:
        """A value; raises 102 or 156 for a condition."""
        parsed = self._additive()
        self._refuse_conditions(parsed)
        return parsed

    def value_or_condition(self) -> syntax.Expression:
        """A value or a condition."""
        return self._or()

    def _or(self) -> syntax.Expression:
        left = self._and()
        while token := self.accept_word("OR"):
            right = self._and()
            left = self._logical("OR", left, right, token.line)
        return left

    def _and(self) -> syntax.Expression:
        left = self._not()
        while token := self.accept_word("AND"):
            right = self._not()
            left = self._logical("AND", left, right, token.line)
        return left

    def _logical(self, operator: str, left: syntax.Expression, right: syntax.Expression, line: int) -> syntax.Logical:
        for side in (left, right):
            if not isinstance(side, syntax.Condition):
                raise sql_error(4145, operator, line=line)
        return syntax.Logical(operator=operator, left=left, right=right, line=line)

    def _not(self) -> syntax.Expression:
        if token := self.accept_word("NOT"):
            operand = self._not()
            if not isinstance(operand, syntax.Condition):
                raise sql_error(4145, self.token.value, line=self.token.line)
            return syntax.Not(operand=operand, line=token.line)
        return self._predicate()

    def _predicate(self) -> syntax.Expression:
        line = self.token.line
        if self.at_word("CONTAINS", "FREETEXT", "MATCH") and self.peek().text == "(":
            raise unsupported(f"The predicate {self.token.upper}", line)
        if self.accept_word("EXISTS"):
            self.expect_operator("(")
            query = self.query()
            self.expect_operator(")")
            return syntax.Exists(query=query, line=line)
        left = self._additive()
        if isinstance(left, syntax.Condition):  # in parentheses
            return left
        if self.token.kind == OPERATOR and self.token.text in _COMPARISONS | {"!"}:
            return self._comparison(left)
        negated = self.accept_word("NOT") is not None
        if self.accept_word("IN"):
            return self._in(left, negated, line)
        if self.accept_word("LIKE"):
            pattern = self._additive()
            escape = self._additive() if self.accept_word("ESCAPE") else None
            return syntax.Like(operand=left, pattern=pattern, escape=escape, negated=negated, line=line)
        if self.accept_word("BETWEEN"):
            low = self._additive()
            self.expect_word("AND")
            high = self._additive()
            return syntax.Between(operand=left, low=low, high=high, negated=negated, line=line)
        if negated:
            raise self.error()
        if self.accept_word("IS"):
            negated = self.accept_word("NOT") is not None
            if self.accept_word("DISTINCT"):
                self.expect_word("FROM")
                right = self._additive()
                return syntax.DistinctFrom(left=left, right=right, negated=negated, line=line)
            self.expect_word("NULL")
            return syntax.IsNull(operand=left, negated=negated, line=line)
        return left

    def _comparison(self, left: syntax.Expression) -> syntax.Condition:
        line = self.token.line
        operator = self.advance().text
        if operator in ("<", ">", "!") and self.at_operator("=", ">", "<"):
            operator += self.advance().text  # `< =` with a blank is one operator
        if operator not in _COMPARISONS:
            raise self.error()
        operator = _SAME_COMPARISON.get(operator, operator)
        if word := self.accept_word("ALL", "ANY", "SOME"):
            quantifier = "ALL" if word.upper == "ALL" else "ANY"
            self.expect_operator("(")
            query = self.query()
            self.expect_operator(")")
            return syntax.Quantified(operator=operator, quantifier=quantifier, left=left, query=query, line=line)
        right = self._additive()
        if isinstance(right, syntax.Condition):
            raise self.error()
        return syntax.Comparison(operator=operator, left=left, right=right, line=line)

    def _in(self, left: syntax.Expression, negated: bool, line: int) -> syntax.Condition:
        self.expect_operator("(")
        if self.at_word("SELECT"):
            query = self.query()
            self.expect_operator(")")
            return syntax.InQuery(operand=left, query=query, negated=negated, line=line)
        values = self._values_until_parenthesis()
        return syntax.InList(operand=left, values=values, negated=negated, line=line)

    def _values_or_defaults(self) -> tuple[syntax.Expression, ...]:
        """The arguments of a system function, up to its parenthesis; their DEFAULT is NULL."""
        values: list[syntax.Expression] = []
        while True:
            token = self.accept_word("DEFAULT")
            values.append(syntax.Literal(kind="null", value="", line=token.line) if token else self.value())
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return tuple(values)

    def _values_until_parenthesis(self) -> tuple[syntax.Expression, ...]:
        values = [self.value()]
        while self.accept_operator(","):
            values.append(self.value())
        self.expect_operator(")")
        return tuple(values)

    def _additive(self) -> syntax.Expression:
        left = self._multiplicative()
        while self.at_operator("+", "-", "&", "|", "^") or self._at_shift():
            token = self.advance()
            shift = {"<": "LEFT_SHIFT", ">": "RIGHT_SHIFT"}.get(token.text)
            if shift:
                self.advance()
            right = self._multiplicative()
            self._refuse_conditions(left, right)
            if shift:
                left = syntax.Call(name=shift, arguments=(left, right), line=token.line)
            else:
                left = syntax.Binary(operator=token.text, left=left, right=right, line=token.line)
        return left

    def _at_shift(self) -> bool:
        """Whether << or >> follows: two tokens without a blank between them."""
        following = self.peek()
        doubled = (following.kind, following.text, following.start) == (OPERATOR, self.token.text, self.token.end)
        return self.at_operator("<", ">") and doubled

    def _multiplicative(self) -> syntax.Expression:
        left = self._unary()
        while self.at_operator("*", "/", "%"):
            token = self.advance()
            right = self._unary()
            self._refuse_conditions(left, right)
            left = syntax.Binary(operator=token.text, left=left, right=right, line=token.line)
        return left

    def _refuse_conditions(self, *operands: syntax.Expression) -> None:
        for operand in operands:
            if isinstance(operand, syntax.Comparison):
                raise sql_error(102, operand.operator, line=operand.line)
            if isinstance(operand, syntax.Condition):
                raise self.error()

    def _unary(self) -> syntax.Expression:
        if self.at_operator("-", "+", "~"):
            token = self.advance()
            # A sign has the precedence of addition: 100 / -10 / 2 is 100 / (-(10 / 2)).
            operand = self._unary() if token.text == "~" else self._multiplicative()
            self._refuse_conditions(operand)
            return syntax.Unary(operator=token.text, operand=operand, line=token.line)
        operand = self._primary()
        while True:
            if not isinstance(operand, syntax.Collate) and (collate := self.accept_word("COLLATE")):
                operand = syntax.Collate(operand=operand, collation=self.collation_name(), line=collate.line)
            elif self.at_words("AT", "TIME", "ZONE"):
                line = self.token.line
                for _ in range(3):
                    self.advance()
                operand = syntax.AtTimeZone(operand=operand, zone=self._primary(), line=line)
            elif self.at_operator("::"):
                name = operand.parts[-1].lower() if isinstance(operand, syntax.Column) else ""
                if name in ("geography", "geometry", "hierarchyid"):
                    raise unsupported(f"The data type {name}", self.token.line)
                raise self.error()
            else:
                return operand

    def _primary(self) -> syntax.Expression:
        token = self.token
        if token.kind == NUMBER:
            self.advance()
            return _number(token.text, token.line)
        if token.kind == STRING:
            self.advance()
            kind = "nvarchar" if token.text[0] in "nN" else "varchar"
            return syntax.Literal(kind=kind, value=token.value, line=token.line)
        if token.kind == BINARY:
            self.advance()
            return syntax.Literal(kind="binary", value=token.text[2:], line=token.line)
        if token.kind == VARIABLE:
            if token.text.startswith("@@"):
                return syntax.Variable(name=self.advance().text, line=token.line)
            return syntax.Variable(name=self.scalar_variable(read=True), line=token.line)
        if self.at_operator("("):
            return self._parenthesised()
        if self.at_operator("{"):
            return self._odbc_escape()
        if token.kind == WORD:
            if token.upper == "NULL":
                self.advance()
                return syntax.Literal(kind="null", value="", line=token.line)
            if token.upper == "CASE":
                return self._case()
            if token.upper in ("CAST", "TRY_CAST") and self.peek().text == "(":
                return self._cast()
            if token.upper in ("CONVERT", "TRY_CONVERT"):
                return self._convert()
            if token.upper in ("PARSE", "TRY_PARSE") and self.peek().text == "(":
                return self._parse()
            if self.at_words("NEXT", "VALUE", "FOR"):
                self.position += 3
                sequence = self.name()
                if self.at_word("OVER"):
                    raise unsupported("NEXT VALUE FOR … OVER", token.line)
                return syntax.NextValue(sequence=sequence, line=token.line)
            if token.upper == "IDENTITY" and self.peek().text == "(":
                return self._identity()
            if token.upper in _NILADIC and self.peek().text != "(":
                self.advance()
                return syntax.Call(name=_NILADIC[token.upper], arguments=(), line=token.line)
            if token.upper == "$ACTION":
                self.advance()
                return syntax.Column(parts=("$action",), line=token.line)
            if token.upper == "$PARTITION":
                raise unsupported(token.upper, token.line)
            if token.upper in _PROPERTY_COLUMNS:
                self.advance()
                return syntax.Column(parts=(_PROPERTY_COLUMNS[token.upper],), line=token.line)
            if token.upper in RESERVED and token.upper not in CALLABLE_KEYWORDS:
                raise self.error()
        if token.kind in (WORD, QUOTED):
            return self._name_or_call()
        raise self.error()

    def _parenthesised(self) -> syntax.Expression:
        line = self.advance().line
        if self.at_word("SELECT"):
            query = self.query()
            self.expect_operator(")")
            subquery = syntax.Subquery(query=query, line=line)
            return self._value_method(subquery) if query.form is not None and query.form.raw else subquery
        inner = self._or()
        self.expect_operator(")")
        return inner

    def _odbc_escape(self) -> syntax.Cast:
        """{d '…'} and {ts '…'} are a DATETIME, {guid '…'} a UNIQUEIDENTIFIER."""
        line = self.advance().line
        kind = self.expect_word(*_ODBC_ESCAPES).upper
        declared = _ODBC_ESCAPES[kind]
        if declared is None:
            raise unsupported(f"ODBC escape {{{kind.lower()} …}}", line)
        if self.token.kind != STRING:
            raise self.error()
        operand = self._primary()
        self.expect_operator("}")
        return syntax.Cast(operand=operand, type=declared, line=line)

    def _value_method(self, subquery: syntax.Subquery) -> syntax.Cast:
        """.value('.', 'type') of FOR XML PATH(''), TYPE: the text of the whole XML as a type."""
        self.advance()
        self.advance()
        self.expect_operator("(")
        path = self.advance()
        if path.kind != STRING or path.value.strip() not in (".", "(./text())[1]", "text()[1]", "./text()[1]", ".[1]"):
            raise unsupported(f"value() with the path {path.value}", path.line)
        self.expect_operator(",")
        if self.token.kind != STRING:
            raise self.error()
        named = self.advance().value
        self.expect_operator(")")
        declared = ExpressionParser(named)._target_type()
        return syntax.Cast(operand=subquery, type=declared, line=subquery.line)

    def _identity(self) -> syntax.IdentityFunction:
        """IDENTITY(type [, seed, increment])."""
        line = self.advance().line
        self.expect_operator("(")
        declared, numbers = parse_type(self), [1, 1]
        if self.accept_operator(","):
            seed = self.signed()
            self.expect_operator(",")
            numbers = [seed, self.signed()]
        self.expect_operator(")")
        return syntax.IdentityFunction(type=declared, seed=numbers[0], increment=numbers[1], line=line)

    def signed(self) -> int:
        """An integer with an optional minus."""
        sign = -1 if self.accept_operator("-") else 1
        return sign * self.expect_integer()

    def _case(self) -> syntax.Expression:
        line = self.advance().line
        operand = None if self.at_word("WHEN") else self.value()
        whens = []
        while self.accept_word("WHEN"):
            when = self.condition() if operand is None else self.value()
            self.expect_word("THEN")
            whens.append((when, self.value()))
        if not whens:
            raise self.error()
        otherwise = self.value() if self.accept_word("ELSE") else None
        self.expect_word("END")
        return syntax.Case(operand=operand, whens=tuple(whens), otherwise=otherwise, line=line)

    def _target_type(self) -> SqlType:
        """A type in CAST or CONVERT, where the default length is 30."""
        first = self.position
        declared = parse_type(self)
        if TYPES[declared.name].longest and all(token.text != "(" for token in self.tokens[first : self.position]):
            is_sysname = declared.length == 128
            return declared if is_sysname else replace(declared, length=30)
        return declared

    def _cast(self) -> syntax.Expression:
        token = self.advance()
        self.expect_operator("(")
        operand = self.value()
        self.expect_word("AS")
        target = self._target_type()
        self.expect_operator(")")
        return syntax.Cast(operand=operand, type=target, lenient=token.upper == "TRY_CAST", line=token.line)

    def _parse(self) -> syntax.Parse:
        token = self.advance()
        self.expect_operator("(")
        operand = self.value()
        self.expect_word("AS")
        declared = parse_type(self)
        culture = ""
        if self.accept_word("USING"):
            if self.token.kind != STRING:
                raise unsupported(f"{token.upper} with a culture that is not a constant", token.line)
            culture = self.advance().value
        self.expect_operator(")")
        return syntax.Parse(
            operand=operand, type=declared, culture=culture, lenient=token.upper == "TRY_PARSE", line=token.line
        )

    def _convert(self) -> syntax.Expression:
        token = self.advance()
        self.expect_operator("(")
        target = self._target_type()
        self.expect_operator(",")
        operand = self.value()
        style = self.value() if self.accept_operator(",") else None
        self.expect_operator(")")
        lenient = token.upper == "TRY_CONVERT"
        return syntax.Cast(operand=operand, type=target, style=style, lenient=lenient, line=token.line)

    def _name_or_call(self) -> syntax.Expression:
        token = self.advance()
        if self.at_operator("(") and token.kind == WORD:
            return self._call(token.text, token.line)
        if token.kind == WORD and token.upper in CALLABLE_KEYWORDS:
            self.position -= 1
            raise self.error()
        parts = [token.value]
        while self.at_operator(".") and self.peek().is_name:
            self.advance()
            if self.token.upper in _PROPERTY_COLUMNS:
                return syntax.Column(parts=(*parts, _PROPERTY_COLUMNS[self.advance().upper]), line=token.line)
            parts.append(self.expect_identifier())
        if self.at_operator("("):
            if len(parts) == 1:
                return self._call(parts[0], token.line)
            return self.function_call(tuple(parts), token.line)
        if self.at_operator("."):
            raise self.error()
        return syntax.Column(parts=tuple(parts), line=token.line)

    def function_call(self, name: syntax.Name, line: int) -> syntax.FunctionCall:
        """A call of a user-defined function, from its parenthesis on."""
        self.expect_operator("(")
        arguments: list[syntax.Expression] = []
        while not self.accept_operator(")"):
            if arguments:
                self.expect_operator(",")
            word = self.accept_word("DEFAULT")
            if word:
                arguments.append(syntax.Literal(kind="default", value="", line=word.line))
            elif self.token.text.lower() in self.tables:
                token = self.advance()
                arguments.append(syntax.Variable(name=token.text, line=token.line))
            else:
                arguments.append(self.value())
        if self.at_operator("."):
            raise unsupported("A method of a value", line)
        return syntax.FunctionCall(name=name, arguments=tuple(arguments), line=line)

    def _call(self, written: str, line: int) -> syntax.Call:
        self.expect_operator("(")
        name = written.upper()
        if name == "TRIM":
            return self._trim(line)
        if name in ("JSON_ARRAY", "JSON_OBJECT"):
            return self._json(name, line)
        distinct = self.accept_word("DISTINCT") is not None
        if not distinct:
            self.accept_word("ALL")
        star = False
        arguments: tuple[syntax.Expression, ...] = ()
        if not distinct and self.at_operator("*") and self.peek().text == ")":
            self.advance()
            self.advance()
            star = True
        elif not self.accept_operator(")"):
            if name.startswith("FN_"):
                arguments = self._values_or_defaults()
            elif name == "IIF":
                first = self.condition()
                self.expect_operator(",")
                arguments = (first, *self._values_until_parenthesis())
            else:
                arguments = self._values_until_parenthesis()
                if distinct and len(arguments) > 1:
                    self.position -= 1
                    raise self.error()
        within: tuple[syntax.OrderItem, ...] = ()
        if self.accept_word("WITHIN"):
            self.expect_word("GROUP")
            self.expect_operator("(")
            within = self.order_by()
            self.expect_operator(")")
        ignore_nulls = False
        if name in _NULL_TREATMENT and self.at_word("IGNORE", "RESPECT") and self.peek().upper == "NULLS":
            ignore_nulls = self.advance().upper == "IGNORE"
            self.advance()
        window = self._window() if self.accept_word("OVER") else None
        return syntax.Call(
            name=name,
            arguments=arguments,
            distinct=distinct,
            star=star,
            window=window,
            within=within,
            ignore_nulls=ignore_nulls,
            written=written,
            line=line,
        )

    def _json(self, name: str, line: int) -> syntax.Call:
        """JSON_OBJECT(name: value, … [NULL | ABSENT ON NULL]), JSON_ARRAY(value, … [NULL | ABSENT ON NULL])."""
        arguments: list[syntax.Expression] = []
        while not self.at_operator(")") and not self._at_null_clause():
            if arguments:
                self.expect_operator(",")
            arguments.append(self.value())
            if name == "JSON_OBJECT":
                self.expect_operator(":")
                arguments.append(self.value())
        absent = name == "JSON_ARRAY"
        if self._at_null_clause():
            absent = self.advance().upper == "ABSENT"
            self.advance()
            self.advance()
        self.expect_operator(")")
        return syntax.Call(name=name, arguments=tuple(arguments), ignore_nulls=absent, line=line)

    def _at_null_clause(self) -> bool:
        return self.at_words("NULL", "ON", "NULL") or self.at_words("ABSENT", "ON", "NULL")

    def _trim(self, line: int) -> syntax.Call:
        """TRIM([LEADING | TRAILING | BOTH] [characters FROM] text)."""
        name = "TRIM"
        if word := self.accept_word("LEADING", "TRAILING", "BOTH"):
            name = {"LEADING": "LTRIM", "TRAILING": "RTRIM", "BOTH": "TRIM"}[word.upper]
        arguments = [self.value()]
        if self.accept_word("FROM"):
            arguments.insert(0, self.value())
        self.expect_operator(")")
        return syntax.Call(name=name, arguments=tuple(arguments), line=line)

    def order_by(self) -> tuple[syntax.OrderItem, ...]:
        """ORDER BY items."""
        self.expect_word("ORDER")
        self.expect_word("BY")
        items = []
        while True:
            line = self.token.line
            value = self.value()
            word = self.accept_word("ASC", "DESC")
            descending = word is not None and word.upper == "DESC"
            items.append(syntax.OrderItem(value=value, descending=descending, line=line))
            if not self.accept_operator(","):
                return tuple(items)

    def _window(self) -> syntax.Window:
        """OVER (…), OVER name, and the definition of a name in the WINDOW clause."""
        line = self.token.line
        if self.token.is_name:
            return self._named_window(self.expect_identifier())
        self.expect_operator("(")
        base = syntax.Window(partition=(), order=(), frame="", line=line)
        if self.token.is_name and not self.at_word("PARTITION", "ORDER", "ROWS", "RANGE"):
            base = self._named_window(self.expect_identifier())
        partition = base.partition
        if self.accept_word("PARTITION"):
            self.expect_word("BY")
            keys = [self.value()]
            while self.accept_operator(","):
                keys.append(self.value())
            partition = tuple(keys)
        order = self.order_by() if self.at_word("ORDER") else base.order
        frame = self._frame() if self.at_word("ROWS", "RANGE") else base.frame
        self.expect_operator(")")
        return syntax.Window(partition=partition, order=order, frame=frame, line=line)

    def _named_window(self, name: str) -> syntax.Window:
        """The window that the WINDOW clause of the query, which comes later in the text, gives a name."""
        returned, outer = self.position, self._windows
        wanted = name.lower()
        if outer is None:
            self._windows = self._find_windows()
        elif wanted in self._open_windows:
            raise self.error()  # a window that is defined by itself
        self._open_windows.append(wanted)
        self.position = self._windows or 0
        while self.expect_identifier().lower() != wanted:
            self.expect_word("AS")
            self._step_over_parentheses()
            self.expect_operator(",")
        self.expect_word("AS")
        window = self._window()
        self._open_windows.pop()
        self.position, self._windows = returned, outer
        return window

    def _find_windows(self) -> int:
        """The position of the first definition in the WINDOW clause of the query at the position."""
        returned, depth, lowest = self.position, 0, 0
        while self.token.kind != END:
            depth += self.at_operator("(") - self.at_operator(")")
            lowest = min(depth, lowest)  # the call may stand in parentheses of its query
            if depth == lowest and self.at_window_clause():
                found = self.position + 1
                self.position = returned
                return found
            self.advance()
        self.position = returned
        raise self.error()

    def _step_over_parentheses(self) -> None:
        depth = 0
        while True:
            depth += self.at_operator("(") - self.at_operator(")")
            self.advance()
            if depth <= 0:
                return

    def window_clause(self) -> None:
        """WINDOW name AS (…), …: only checked, because the windows are read where OVER names them."""
        if not self.at_window_clause():
            return
        self.advance()
        self._windows = self.position
        while True:
            self.expect_identifier()
            self.expect_word("AS")
            self._window()
            if not self.accept_operator(","):
                self._windows = None
                return

    def at_window_clause(self) -> bool:
        """Whether the next tokens are WINDOW name AS (."""
        return (
            self.at_word("WINDOW") and self.peek().is_name and self.peek(2).upper == "AS" and self.peek(3).text == "("
        )

    def _frame(self) -> str:
        token = self.advance()
        unit = token.upper
        between = self.accept_word("BETWEEN") is not None
        first = self._bound(unit)
        last = "CURRENT ROW"
        if between:
            self.expect_word("AND")
            last = self._bound(unit)
        if _frame_place(first) > _frame_place(last) or (not between and first.endswith("FOLLOWING")):
            raise sql_error(4193, f"BETWEEN ... {first} AND {last}", line=token.line)
        return f"{unit} BETWEEN {first} AND {last}"

    def _bound(self, unit: str) -> str:
        if self.accept_word("CURRENT"):
            self.expect_word("ROW")
            return "CURRENT ROW"
        if self.accept_word("UNBOUNDED"):
            return f"UNBOUNDED {self.expect_word('PRECEDING', 'FOLLOWING').upper}"
        line = self.token.line
        count = self.expect_integer()
        if unit == "RANGE":
            raise sql_error(4194, line=line)
        return f"{count} {self.expect_word('PRECEDING', 'FOLLOWING').upper}"


_ODBC_ESCAPES = {
    "D": SqlType("datetime"),
    "TS": SqlType("datetime"),
    "GUID": SqlType("uniqueidentifier"),
    "T": None,
    "FN": None,
}
"""The escapes of ODBC in braces, and their types; None for those that are refused."""


def _frame_place(bound: str) -> int:
    """The order of a bound of a frame: 0 and 4 are the ends of the partition, 2 is the current row."""
    if bound.startswith("UNBOUNDED"):
        return 0 if bound.endswith("PRECEDING") else 4
    return 2 if bound == "CURRENT ROW" else 1 if bound.endswith("PRECEDING") else 3


def _number(text: str, line: int) -> syntax.Literal:
    if text[0] in "$£€":
        return syntax.Literal(kind="money", value=text[1:].lstrip("+") or "0", line=line)
    if "e" in text.lower():
        mantissa, _, exponent = text.lower().partition("e")
        return syntax.Literal(kind="float", value=f"{mantissa}e{exponent or 0}", line=line)  # 1E is 1E0
    if "." in text:
        return syntax.Literal(kind="decimal", value=text, line=line)
    kind = "integer" if int(text) < 2**31 else "decimal"
    return syntax.Literal(kind=kind, value=text, line=line)

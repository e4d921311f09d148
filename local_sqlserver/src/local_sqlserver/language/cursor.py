"""A cursor over a token list, and the syntax errors 102 and 156."""

from __future__ import annotations

from local_sqlserver.errors import SqlError, sql_error
from local_sqlserver.language.keywords import RESERVED
from local_sqlserver.language.tokens import END, NUMBER, OPERATOR, QUOTED, VARIABLE, WORD, Token
from local_sqlserver.types import UserType


def syntax_error(token: Token) -> SqlError:
    """Error 156 for a reserved word, else 102."""
    if token.kind == WORD and token.upper in RESERVED:
        return sql_error(156, token.text, line=token.line)
    return sql_error(102, token.value, line=token.line)


class TokenCursor:
    """A position in a token list that ends with an END token; ``types`` are the user-defined types of the database."""

    def __init__(self, text: str, tokens: list[Token], types: tuple[UserType, ...] = ()) -> None:
        self.text = text
        self.tokens = tokens
        self.types = types
        self.position = 0

    @property
    def token(self) -> Token:
        """The token at the position."""
        return self.tokens[self.position]

    def peek(self, distance: int = 1) -> Token:
        """Return a token after the position; the END token past the end."""
        return self.tokens[min(self.position + distance, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Step over a token and return it."""
        token = self.token
        if token.kind != END:
            self.position += 1
        return token

    def error(self) -> SqlError:
        """Return the syntax error at the position; at the end of the text it shows the last token."""
        if self.token.kind == END and self.position:
            return syntax_error(self.tokens[self.position - 1])
        return syntax_error(self.token)

    def at_word(self, *words: str) -> bool:
        """Whether the token is one of these bare words."""
        return self.token.kind == WORD and self.token.upper in words

    def at_words(self, *words: str) -> bool:
        """Whether the next tokens are these bare words."""
        return all(self.peek(index).kind == WORD and self.peek(index).upper == word for index, word in enumerate(words))

    def at_operator(self, *operators: str) -> bool:
        """Whether the token is one of these operators."""
        return self.token.kind == OPERATOR and self.token.text in operators

    def accept_word(self, *words: str) -> Token | None:
        """Step over the token if it is one of these words."""
        return self.advance() if self.at_word(*words) else None

    def accept_operator(self, *operators: str) -> Token | None:
        """Step over the token if it is one of these operators."""
        return self.advance() if self.at_operator(*operators) else None

    def expect_word(self, *words: str) -> Token:
        """Step over one of these words or raise."""
        if not self.at_word(*words):
            raise self.error()
        return self.advance()

    def expect_operator(self, operator: str) -> Token:
        """Step over this operator or raise."""
        if not self.at_operator(operator):
            raise self.error()
        return self.advance()

    def expect_variable(self) -> Token:
        """Step over a local variable (@x, not @@x) or raise."""
        if self.token.kind != VARIABLE or self.token.text.startswith("@@"):
            raise self.error()
        return self.advance()

    def expect_integer(self) -> int:
        """Step over a whole number or raise."""
        if self.token.kind != NUMBER or not self.token.text.isdigit():
            raise self.error()
        return int(self.advance().text)

    def expect_identifier(self) -> str:
        """Step over a quoted name or an unreserved word or raise."""
        token = self.token
        if token.kind == QUOTED or (token.kind == WORD and token.upper not in RESERVED):
            return self.advance().value
        raise self.error()

    def name(self) -> tuple[str, ...]:
        """Step over a multi-part name; an empty middle part (``db..t``) becomes dbo, an empty first part is dropped."""
        while self.accept_operator("."):
            pass
        parts = [self.expect_identifier()]
        while self.accept_operator("."):
            if self.at_operator("."):
                parts.append("dbo")
            else:
                parts.append(self.expect_identifier())
        return tuple(parts)

    def text_since(self, first: int) -> str:
        """Return the text from token index ``first`` up to, not including, the position."""
        return self.text[self.tokens[first].start : self.tokens[self.position - 1].end]

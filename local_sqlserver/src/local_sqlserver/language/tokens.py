"""The tokenizer: it cuts T-SQL text into tokens with offsets and line numbers (QUOTED_IDENTIFIER ON)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_sqlserver.errors import sql_error

WORD = "word"
QUOTED = "quoted"
STRING = "string"
NUMBER = "number"
BINARY = "binary"
VARIABLE = "variable"
OPERATOR = "operator"
END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``text`` as written, ``value`` without quotes; ``upper`` is a bare word in capitals.

    ``start`` and ``end`` are offsets in the text; ``line`` is 1-based, relative to the line of the text.
    """

    kind: str
    text: str
    value: str
    upper: str
    start: int
    end: int
    line: int

    @property
    def is_name(self) -> bool:
        """Whether the token can be an identifier: a quoted name or a bare word (reserved or not)."""
        return self.kind in (WORD, QUOTED)


_TOKEN = re.compile(
    r"""
    (?P<space>[\s\ufeff\u200b]+)
  | (?P<line_comment>--[^\n]*)
  | (?P<block_comment>/\*)
  | (?P<string>[Nn]?'(?:[^']|'')*')
  | (?P<bracket>\[(?:[^\]]|\]\])*\])
  | (?P<double>"(?:[^"]|"")*")
  | (?P<binary>0[xX][0-9a-fA-F]*)
  | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE](?:[+-]?\d+)?)?)
  | (?P<money>[$£€][-+]?(?:\d+(?:\.\d*)?|\.\d+)|\$(?!\w))
  | (?P<variable>@[\w@#$]*)
  | (?P<word>[^\W\d][\w@#$]*|\#[\w@#$]+|\$[^\W\d][\w@#$]*)
  | (?P<operator><>|!=|<=|>=|!<|!>|\+=|-=|\*=|/=|%=|&=|\|=|\^=|::|\|\||[-+*/%=<>!&|^~.,;()\]:?{}\\])
    """,
    re.VERBOSE,
)

_KINDS = {
    "string": STRING,
    "bracket": QUOTED,
    "double": QUOTED,
    "binary": BINARY,
    "number": NUMBER,
    "money": NUMBER,
    "variable": VARIABLE,
    "word": WORD,
    "operator": OPERATOR,
}


def _value(group: str, text: str) -> str:
    if group == "string":
        return text[text.index("'") + 1 : -1].replace("''", "'")
    if group == "bracket":
        return text[1:-1].replace("]]", "]")
    if group == "double":
        return text[1:-1].replace('""', '"')
    return text


def _skip_block_comment(text: str, start: int, line: int) -> int:
    """Return the offset after a block comment; T-SQL nests block comments."""
    depth, position = 1, start + 2
    while depth:
        opened, closed = text.find("/*", position), text.find("*/", position)
        if closed < 0:
            raise sql_error(113, line=line)
        if 0 <= opened < closed:
            depth, position = depth + 1, opened + 2
        else:
            depth, position = depth - 1, closed + 2
    return position


def tokenize(text: str, line: int = 1) -> list[Token]:
    """All tokens of a text that starts on ``line``, with an END token at the end.

    Raises SqlError 102, 105 (unclosed quotation mark) and 113 (unclosed comment).
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            if text[position] in "'\"[":
                rest = text[position + 1 :]
                raise sql_error(105, rest, line=line)
            raise sql_error(102, text[position], line=line)
        group = match.lastgroup
        end = match.end()
        if group == "block_comment":
            end = _skip_block_comment(text, position, line)
        elif group not in ("space", "line_comment"):
            written = match.group()
            upper = written.upper() if group == "word" else ""
            tokens.append(Token(_KINDS[group], written, _value(group, written), upper, position, end, line))
        line += text.count("\n", position, end)
        position = end
    tokens.append(Token(END, "", "", "", len(text), len(text), line))
    return tokens

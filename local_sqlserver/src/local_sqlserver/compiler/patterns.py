"""LIKE, and the patterns of LIKE and PATINDEX as regular expressions."""

from __future__ import annotations

import re
import unicodedata

from local_sqlserver.compiler.fragments import Cost, Predicate, Value, folded, native, quote
from local_sqlserver.types import UNICODE


def like(value: Value, pattern: Value, escape: str) -> Predicate:
    """Text LIKE pattern; a constant pattern becomes a DuckDB LIKE or a regular expression.

    Trailing blanks of VARCHAR do not count, those of NVARCHAR and of the pattern do. Without _ and [ in the pattern,
    the texts that = takes for equal match. With them, which count characters, only case, composition and the flags of
    the collation are ignored, so that no character becomes two.
    """
    unicode = not {value.type.name, pattern.type.name}.isdisjoint(UNICODE)
    options = "s" if value.case_counts else "si"
    if pattern.constant is None:
        exact = "true" if value.case_counts else "false"
        blanks = "" if unicode else " *"
        by_character = f"tsql_like({value.sql}, {pattern.sql}, {quote(escape)}, {exact}, {quote(blanks)})"
        if value.compares_by.binary or escape or not unicode:
            return Predicate(by_character)
        # Only the run knows whether the pattern has _ or [, so both ways are compiled.
        escaped = f"replace({pattern.sql}, '\\', '\\\\')"
        marked = Value(escaped, pattern.type, collation=value.collation, cost=native(pattern))
        by_text = f"{folded(value, expand=True)} LIKE {folded(marked, expand=True)} ESCAPE '\\'"
        return Predicate(f"CASE WHEN regexp_matches({pattern.sql}, '[_[]') THEN {by_character} ELSE {by_text} END")
    # The folded text is composed, so the pattern must be too.
    text = unicodedata.normalize("NFC", pattern.constant) if not value.compares_by.binary else pattern.constant
    if "[" in text or escape or not (unicode or text.endswith("%")):
        searched = folded(value, expand=False)
        regex = like_regex(text, escape)
        if found := _ONE_OF_A_SET.fullmatch(regex):  # RE2 sees sooner that a text has no other characters
            others = quote(f"[{'' if found['negated'] else '^'}{found['members']}]*")
            return Predicate(f"(NOT regexp_full_match({searched}, {others}, '{options}'))", native(value))
        regex = quote(regex + ("" if unicode else " *"))
        return Predicate(f"regexp_full_match({searched}, {regex}, '{options}')", native(value))
    literal = text.replace("\\", "\\\\")
    matched = Value(quote(literal), pattern.type, constant=literal, collation=value.collation, cost=Cost.NAME)
    expand = "_" not in text
    test = f"({folded(value, expand=expand)} LIKE {folded(matched, expand=expand)} ESCAPE '\\')"
    return Predicate(test, native(value))


_ONE_OF_A_SET = re.compile(r"\.\*\[(?P<negated>\^?)(?P<members>(?:[^\]\\]|\\.)+)\]\.\*", re.DOTALL)
"""The regular expression of the pattern %[…]%."""

_NOTHING = r"[^\x00-\x{10FFFF}]"
"""The regular expression that no text matches."""


def like_regex(pattern: str, escape: str = "") -> str:
    """The RE2 regular expression that matches the whole of a text that is LIKE a pattern."""
    result = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if escape and character == escape and position + 1 < len(pattern):
            position += 1
            result.append(re.escape(pattern[position]))
        elif character == "%":
            result.append(".*")
        elif character == "_":
            result.append(".")
        elif character == "[":
            end = pattern.find("]", position + 1)
            if end < 0:
                return _NOTHING  # an unclosed set matches nothing
            inner = pattern[position + 1 : end]
            negated = inner.startswith("^")
            members = inner[1:] if negated else inner
            # A range that ends before it begins has no members.
            members = re.sub(r"(?s)(.)-(.)", lambda range_: range_[0] if range_[1] <= range_[2] else "", members)
            if not members:
                result.append("." if negated else _NOTHING)
                position = end + 1
                continue
            members = re.sub(r"([\\\[\]^&~])", r"\\\1", members)
            result.append(f"[{'^' if negated else ''}{members}]")
            position = end
        else:
            result.append(re.escape(character))
        position += 1
    return "".join(result)


def patindex_regex(pattern: str, blanks: str) -> str:
    """The regular expression of PATINDEX; its first group is the text before the match. ``blanks`` may follow it."""
    start = "(.*?)" if pattern.startswith("%") else "()"
    end = "" if pattern.endswith("%") else f"{blanks}$"
    return f"^{start}(?:{like_regex(pattern.strip('%'))}){end}"

"""Collation keys of text: DuckDB SQL that gives equal strings for texts that a collation takes for equal.

DuckDB's own collations do not know SQL Server's rules, so text is compared, grouped and indexed by this key, and sorted
by ``sorted_text`` of it.
Printable ASCII needs only case folding. Other text loses characters without weight, is composed (NFC), and letters
that compare as two become two.

There are two forms with the same results. Statements call ``folded_text``, a Python function, for text in the
database's collation that is not printable ASCII: DuckDB plans every call of a statement anew (0.1 ms each), also calls
that no row reaches, and the form in SQL has twenty. Indexes use the form in SQL, because an index accepts only DuckDB's
own functions; so do the other collations.
Source: MS-UCODEREF 3.1.5.2, Windows Sorting Weight Tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from local_sqlserver.collation import DATABASE, Collation

FUNCTION = "tsql_folded_text"
"""The name of ``folded_text`` in DuckDB."""

_NO_WEIGHT = (
    r"\x{0}-\x{8}\x{E}-\x{1F}\x{7F}-\x{84}\x{86}-\x{9F}\x{AD}\x{34F}\x{61C}\x{180B}-\x{180E}\x{200B}-\x{200F}"
    r"\x{202A}-\x{202E}\x{2060}-\x{206F}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFF9}-\x{FFFB}"
)
"""Control and format characters, as an RE2 set: all collations except the binary ones ignore them."""

_NO_WEIGHT_BEFORE_100 = (
    r"\x{4D0}-\x{4FF}\x{1200}-\x{137F}\x{1400}-\x{167F}\x{3358}-\x{3376}\x{3400}-\x{4DBF}\x{10000}-\x{10FFFF}"
)
"""Further characters that collations before version 100 ignore, as far as known; there are more."""

_EXPANSIONS = {
    "Æ": "AE", "æ": "ae", "Ǽ": "ÁE", "ǽ": "áe", "Ǣ": "ĀE", "ǣ": "āe", "Œ": "OE", "œ": "oe", "Þ": "TH", "þ": "th",
    "ß": "ss", "ẞ": "SS", "Ĳ": "IJ", "ĳ": "ij", "Ǆ": "DŽ", "ǅ": "Dž", "ǆ": "dž", "Ǉ": "LJ", "ǈ": "Lj", "ǉ": "lj",
    "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj", "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi",
    "ﬄ": "ffl", "ﬆ": "st", "װ": "וו", "ױ": "וי", "ײ": "יי",
}  # fmt: skip
"""Letters that compare as two."""

_SMALL_EXPANSIONS = {letter: two for letter, two in _EXPANSIONS.items() if letter == letter.lower()}

_RAISED = {character: unicodedata.normalize("NFKC", character) for character in "ªº¹²³⁰ⁱ⁴⁵⁶⁷⁸⁹ⁿ₀₁₂₃₄₅₆₇₈₉"}
"""Superscripts and subscripts, which differ from their base as small letters from capitals."""

_DOTTED, _SMALL_DOTTED = "İ", "i\u0307"
"""The capital that lower() takes for that of i; only with the accents ignored it is equal to it."""

_HIRAGANA = {chr(code): chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
_OTHER_WIDTH = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFF01, 0xFF5F), 0x3000)} | {
    chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF66, 0xFF9E)
}

PLAIN = r"[\t-\r -~]*"
"""RE2 that matches a whole text of printable ASCII and white space, which folding changes only in case."""


@cache  # each comparison quotes the same letters
def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _mapped(sql: str, table: dict[str, str]) -> str:
    return f"translate({sql}, {_quoted(''.join(table))}, {_quoted(''.join(table.values()))})"


def _expanded(sql: str, letters: dict[str, str], others: dict[str, str]) -> str:
    """SQL of a text with each of ``letters`` replaced by two, and each of ``others`` by one.

    Letters with the same second letter share a call, because DuckDB binds every call anew in every statement.
    """
    seconds: dict[str, dict[str, str]] = {}
    for letter, two in letters.items():
        seconds.setdefault(two[1:], {})[letter] = two[0]
    firsts = dict(others)
    for second, of_letters in seconds.items():
        if len(of_letters) == 1:
            ((letter, first),) = of_letters.items()
            sql = f"replace({sql}, {_quoted(letter)}, {_quoted(first + second)})"
        else:
            sql = f"regexp_replace({sql}, '([{''.join(of_letters)}])', '\\1{second}', 'g')"
            firsts |= of_letters
    return _mapped(sql, firsts) if firsts else sql


def fold(sql: str, collation: Collation, *, expand: bool = True) -> str:
    """SQL of a text folded by a collation, with its trailing blanks; it contains ``sql`` three times.

    Without ``expand`` each character stays one, because the wildcard _ of LIKE counts characters.
    """
    if collation.binary:
        return sql
    folded = _folded_in_a_statement(sql, collation, expand=expand)
    return f"CASE WHEN {_plain(sql)} THEN {_cased(sql, collation)} ELSE {folded} END"


def key(sql: str, collation: Collation) -> str:
    """SQL of the key by which a text compares and groups: folded, without trailing blanks."""
    if collation.binary:
        return f"rtrim({sql}, ' ')"
    # Of plain text rtrim without a set removes the same, and takes a third of the time.
    plain = f"rtrim({_cased(sql, collation)})"
    other = f"rtrim({_folded_in_a_statement(sql, collation, expand=True)}, ' ')"
    return f"CASE WHEN {_plain(sql)} THEN {plain} ELSE {other} END"


def index_key(sql: str, collation: Collation) -> str:
    """SQL of the same key as ``key``, of DuckDB's own functions alone."""
    if collation.binary:
        return f"CASE WHEN ends_with({sql}, ' ') THEN rtrim({sql}, ' ') ELSE {sql} END"
    folded = f"rtrim({_folded(sql, collation, expand=True)}, ' ')"
    return f"CASE WHEN {_plain(sql)} THEN rtrim({_cased(sql, collation)}, ' ') ELSE {folded} END"


class _Small(dict[int, str | None]):
    """Of each character the small letter, as DuckDB's lower() gives it: one character; None if it has no weight."""

    def __missing__(self, code: int) -> str:
        self[code] = small = chr(code).lower()[0]
        return small


def _codes(re2_set: str) -> Iterator[int]:
    """The characters of an RE2 set of hexadecimal codes and ranges of them."""
    for first, last in re.findall(r"\\x\{(\w+)\}(?:-\\x\{(\w+)\})?", re2_set):
        yield from range(int(first, 16), int(last or first, 16) + 1)


_SMALL = _Small()
_WEIGHTED_SMALL = _Small(dict.fromkeys(_codes(_NO_WEIGHT)) | {ord(_DOTTED): _SMALL_DOTTED})
_RAISED_ONE = str.maketrans(_RAISED)
_RAISED_AND_TWO = str.maketrans(_RAISED | _SMALL_EXPANSIONS)


def folded_text(text: str, expand: bool = True) -> str:
    """Fold a text by the database's collation; ``expand`` as in ``fold``. Statements call it as ``FUNCTION``."""
    small = text.translate(_WEIGHTED_SMALL if expand else _SMALL)
    return unicodedata.normalize("NFC", small).translate(_RAISED_AND_TWO if expand else _RAISED_ONE)


def fold_constant(text: str, collation: Collation, *, expand: bool = True) -> str | None:
    """Fold a text as ``fold`` does; None if only DuckDB can."""
    if collation.binary or re.fullmatch(PLAIN, text):
        return text if collation.binary or collation.case else text.lower()
    return folded_text(text, expand) if collation.column() == DATABASE else None


def _plain(sql: str) -> str:
    return f"regexp_full_match({sql}, '{PLAIN}')"


def _cased(sql: str, collation: Collation) -> str:
    return sql if collation.case else f"lower({sql})"


def _folded_in_a_statement(sql: str, collation: Collation, *, expand: bool) -> str:
    if collation.column() == DATABASE:
        return f"{FUNCTION}({sql}, {'true' if expand else 'false'})"
    return _folded(sql, collation, expand=expand)


def _folded(sql: str, collation: Collation, *, expand: bool) -> str:
    """SQL of a folded text; ``expand`` makes two letters of one and removes characters without weight."""
    letters, others = _EXPANSIONS, {}
    if not collation.case:
        if expand:
            sql = f"replace({sql}, '{_DOTTED}', '{_SMALL_DOTTED}')"
        sql, letters, others = f"lower({sql})", _SMALL_EXPANSIONS, _RAISED
    # Characters without weight are removed first, so that the letters around them can compose.
    if expand:
        ignored = _NO_WEIGHT + (_NO_WEIGHT_BEFORE_100 if collation.version < 100 else "")
        sql = f"regexp_replace({sql}, '[{ignored}]', '', 'g')"
    sql = f"nfc_normalize({sql})"
    sql = _expanded(sql, letters if expand else {}, others)
    if not collation.accents:
        sql = f"strip_accents({sql})"
    if not collation.width:
        sql = _mapped(sql, _OTHER_WIDTH)
    if not collation.kana:
        sql = _mapped(sql, _HIRAGANA)
    return sql


_SYMBOLS = '\t\n\v\f\r !"#$%&()*,./:;?@[\\]^_`{|}~+<=>'
"""White space and symbols of ASCII in their order, before digits and letters; ' and - have no place of their own."""

_PLACES = dict(zip(_SYMBOLS, map(chr, range(2, 2 + len(_SYMBOLS))), strict=True))
_PRIMARY = str.maketrans(_PLACES | {"'": None, "-": None})
_ACCENTS = {"\u0301": 14, "\u0300": 15, "\u0302": 18, "\u0308": 19, "\u0303": 25, "\u030a": 26, "\u0327": 28}
"""Weights of the accents of Latin letters; others follow by their code."""

SORTED = "tsql_sorted_text"
"""The name of ``sorted_text`` in DuckDB."""


def sorted_text(key: str) -> str:
    """Return a text whose code points give the order of the text with this key (``key``).

    First count the letters, digits and symbols, then the accents, then small letters before capitals, at last hyphens
    and apostrophes (word sort). Source: MS-UCODEREF 3.1.5.2, Windows Sorting Weight Tables.
    """
    if key.isascii() and not re.search("[A-Z]", key):
        first = key.translate(_PRIMARY)
        return first if len(first) == len(key) else f"{first}\1\1\1{key}"
    letters: list[str] = []
    accents: list[int] = []
    for character in unicodedata.normalize("NFD", key):
        if letters and (weight := unicodedata.combining(character) and _accent(character)):
            accents[-1] = weight
        else:
            letters.append(character)
            accents.append(2)
    small = "".join(letters)
    first = small.lower().translate(_PRIMARY)
    second = "".join(map(chr, accents)).rstrip("\2")
    cased = small.swapcase() if small != small.lower() else ""
    if not second and not cased and not re.search("['-]", key):
        return first
    return f"{first}\1{second}\1{cased}\1{key}"


def _accent(character: str) -> int:
    return _ACCENTS.get(character, ord(character))


def order(key_sql: str) -> str:
    """SQL of ``sorted_text`` of a key; ``key_sql`` is named several times.

    DuckDB itself computes it for small letters, digits, blanks, hyphens and apostrophes, several times as fast.
    """
    placed = f"replace({key_sql}, ' ', {_quoted(_PLACES[' '])})"
    apart = f"concat(replace(replace({placed}, '-', ''), '''', ''), '\1\1\1', {key_sql})"
    by_duckdb = f"CASE WHEN regexp_matches({key_sql}, '[''-]') THEN {apart} ELSE {placed} END"
    return f"CASE WHEN regexp_full_match({key_sql}, '[a-z0-9 ''-]*') THEN {by_duckdb} ELSE {SORTED}({key_sql}) END"


_KEPT = "ßµıſǅǈǋǲ\u0345ϐϑϕϖϰϱϵ\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87\u1c88ẛ\u1fbe"
_ASIDE = "".join(chr(0xFDD1 + index) for index in range(len(_KEPT)))
"""Noncharacters of Unicode, which replace the kept letters while DuckDB's upper() runs."""


def upper(sql: str) -> str:
    """SQL of UPPER: no letter becomes two, and a letter that LOWER would not restore stays (ß, ı, ſ, µ).

    Source: the up-case table of Windows, as printed in the specification of exFAT.
    """
    # As many bytes as characters: the text is ASCII, and upper() needs no care.
    aside = f"translate({sql}, '{_KEPT}', '{_ASIDE}')"
    return f"CASE WHEN strlen({sql}) = length({sql}) THEN upper({sql}) ELSE " + (
        f"translate(upper({aside}), '{_ASIDE}', '{_KEPT}') END"
    )
